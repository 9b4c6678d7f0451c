"""Files that people send: XLSX, XLS or CSV, read into rows of cells.

A file is somebody else's: it may be empty, a picture, locked, or made to eat all
memory. Each is refused in words before anything is read into a list.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from dispatch.errors import BadInput

Value = int | float | str | bool | date | datetime | time | timedelta
Row = Sequence[Value]

MAX_BYTES: Final = 20_000_000
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 200
_MAX_UNPACKED: Final = 200_000_000
_CHUNK: Final = 1 << 20
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED_IN_OLD: Final = "EncryptedPackage".encode("utf-16-le")  # XLSX with a password
_ENCRYPTED: Final = 0x1  # of a zip's part
_OFFICE_PARTS: Final = {"[Content_Types].xml", "mimetype"}  # Office's, OpenDocument's
_CELL: Final = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
_LONGEST_TAG: Final = 400
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")
_FORMULA_TEXT: Final = re.compile(r'="(.*)"')


class NotASheet(BadInput):
    """这个文件不是表格（应为 XLSX、XLS 或 CSV），没有导入。请另存为 XLSX 后再传。"""

    code = "not_a_sheet"


class EmptySheet(BadInput):
    """表格里没有内容，没有导入。"""

    code = "empty_sheet"


class LockedSheet(BadInput):
    """这个表格有打开密码，没有导入。请去掉密码后再传。"""

    code = "locked_sheet"


class PackedSheet(BadInput):
    """这是压缩包，没有导入。请先解压，再传里面的表格。"""

    code = "packed_sheet"


class SheetTooLarge(BadInput):
    """文件太大（超过 20 MB，或展开后过大），没有导入。请分成几份再传。"""

    code = "sheet_too_large"


class TooManyRows(BadInput):
    """表格超过 20,000 行或 200 列，没有导入。请分成几份再传。"""

    code = "too_many_rows"


@dataclass(frozen=True)
class Table:
    """One sheet. `rows[0]` is the sheet's first row, `rows[0][0]` its A1."""

    name: str
    rows: Sequence[Row]
    other_sheets: tuple[str, ...] = ()

    def cell(self, row: int, column: int) -> Value:
        """The cell of a row (from 1) and a column (from 0); "" where there is none."""
        cells = self.rows[row - 1]
        return cells[column] if column < len(cells) else ""


def letters(column: int) -> str:
    """A column's letters: 0 → A, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def read_table(content: bytes, sheet: str | None = None) -> Table:
    """The first visible sheet with anything on it, or the one that is named.

    Raises:
        NotASheet, EmptySheet, LockedSheet, PackedSheet, SheetTooLarge, TooManyRows
    """
    if not content:
        raise EmptySheet
    if len(content) > MAX_BYTES:
        raise SheetTooLarge
    if content.startswith(_ZIP):
        _look_inside(content)
        table = _workbook(content, sheet)
    elif content.startswith(_OLD_EXCEL):
        if _LOCKED_IN_OLD in content:
            raise LockedSheet
        table = _workbook(content, sheet)
    else:
        table = Table("CSV", _text_rows(content))
    if not any(map(_says_something, table.rows)):
        raise EmptySheet
    return table


def _says_something(row: Row) -> bool:
    return any(not isinstance(cell, str) or cell.strip() for cell in row)


def _look_inside(content: bytes) -> None:
    """Unpack by the piece, before anybody else does: sizes, checksums, far-off cells.

    One cell in the last row of the last column would be a table of seventeen
    milliards.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            if any(part.flag_bits & _ENCRYPTED for part in packed.infolist()):
                raise LockedSheet
            if "xl/workbook.xml" not in names:
                raise NotASheet if _OFFICE_PARTS & {*names} else PackedSheet
            left = _MAX_UNPACKED
            for name in names:
                is_sheet = name.startswith("xl/worksheets/")
                for piece in _pieces(packed, name):
                    left -= len(piece) - _LONGEST_TAG
                    if left < 0:
                        raise SheetTooLarge
                    if is_sheet:
                        _refuse_far_cells(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as trouble:
        raise NotASheet from trouble
    except NotImplementedError as trouble:
        raise NotASheet from trouble


def _pieces(packed: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part's text in pieces; each begins with the end of the piece before."""
    tail = b""
    with packed.open(name) as part:
        while piece := part.read(_CHUNK):
            yield tail.rjust(_LONGEST_TAG) + piece
            tail = piece[-_LONGEST_TAG:]


def _refuse_far_cells(piece: bytes) -> None:
    for column, row in _CELL.findall(piece):
        if int(row) > MAX_ROWS + 100 or _number(column) > MAX_COLUMNS:
            raise TooManyRows


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _workbook(content: bytes, sheet: str | None) -> Table:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            shown = [
                each.name
                for each in book.sheets_metadata
                if each.typ is SheetTypeEnum.WorkSheet
                and each.visible is SheetVisibleEnum.Visible
            ]
            if sheet is not None and sheet not in shown:
                raise NotASheet("文件里没有这个工作表，没有导入。")
            for name in [sheet] if sheet else shown:
                rows = _sheet_rows(book, name)
                if any(map(_says_something, rows)):
                    others = tuple(each for each in shown if each != name)
                    return Table(name, rows, others)
    except PasswordError as trouble:
        raise LockedSheet from trouble
    except (CalamineError, OSError, ValueError) as trouble:
        raise NotASheet from trouble
    raise EmptySheet


def _sheet_rows(book: CalamineWorkbook, name: str) -> list[list[Value]]:
    page = book.get_sheet_by_name(name)
    if page.total_height > MAX_ROWS + 100 or page.total_width > MAX_COLUMNS:
        raise TooManyRows
    rows: list[list[Value]] = page.to_python(skip_empty_area=False)
    return rows


def _text_rows(content: bytes) -> list[list[Value]]:
    text = _decoded(content)
    if _UNPRINTABLE.search(text):
        raise NotASheet
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    rows: list[list[Value]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(rows) > MAX_ROWS + 100 or len(row) > MAX_COLUMNS:
                raise TooManyRows
            rows.append([_FORMULA_TEXT.sub(r"\1", cell) for cell in row])
    except csv.Error as trouble:
        raise NotASheet from trouble
    return rows


def _decoded(content: bytes) -> str:
    """UTF-8 with or without a mark, Excel's "Unicode text", or GBK and its heirs."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotASheet
