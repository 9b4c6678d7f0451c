"""Files that people send, good ones and bad ones, read without a database."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
import xlsxwriter
import xlwt

from dispatch.errors import BadInput
from dispatch.exchange.cells import day, phone, plain, yes_no
from dispatch.exchange.columns import NoHeader, corrected, find_header
from dispatch.exchange.elder_columns import ELDER_COLUMNS
from dispatch.exchange.faults import BadCell, Fault
from dispatch.exchange.files import (
    EmptySheet,
    LockedSheet,
    NotASheet,
    PackedSheet,
    SheetTooLarge,
    TooManyRows,
    letters,
    read_table,
)

ROWS: list[list[Any]] = [["姓名", "电话"], ["王小英", "01088880000"]]


def xlsx(rows: list[list[Any]], *, at: int = 0) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows, start=at):
            page.write_row(number, 0, row)
    return kept.getvalue()


def xls(rows: list[list[Any]]) -> bytes:
    book, kept = xlwt.Workbook(), io.BytesIO()
    page = book.add_sheet("名单")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            page.write(at, column, value)
    book.save(kept)
    return kept.getvalue()


def lines(*, between: str = ",") -> str:
    return "".join(between.join(row) + "\r\n" for row in ROWS)


@pytest.mark.parametrize(
    "content",
    [
        xlsx(ROWS),
        xls(ROWS),
        lines().encode(),
        lines().encode("utf-8-sig"),
        lines().encode("gbk"),
        lines(between="\t").encode("gb18030"),
        lines(between="\t").encode("utf-16"),
        '姓名;电话\n王小英;="01088880000"\n'.encode(),
    ],
    ids=["xlsx", "xls", "utf-8", "bom", "gbk", "tabs", "unicode-text", "semicolons"],
)
@pytest.mark.proves("F73")
def test_a_sheet_reads_the_same_in_every_dress(content: bytes) -> None:
    rows = [list(row) for row in read_table(content).rows]

    assert rows[:2] == ROWS


def bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", bytes(210_000_000))
    return kept.getvalue()


def locked() -> bytes:
    """What Excel makes of a workbook with a password: an old file with a packed one."""
    made = bytearray(xls(ROWS))
    stream = "Workbook".encode("utf-16-le")
    at = made.index(stream)
    name = "EncryptedPackage".encode("utf-16-le")
    made[at : at + len(name)] = name
    made[at + 64 : at + 66] = (len(name) + 2).to_bytes(2, "little")
    return bytes(made)


def packed(content: bytes, *, locked: bool = False) -> bytes:
    """A sheet inside an archive; with a password its parts carry a mark."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("名单.xlsx", content)
    made = bytearray(kept.getvalue())
    for head, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(head) + flags] |= locked
    return bytes(made)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (packed(b"a,b"), PackedSheet),
        (packed(b"a,b", locked=True), LockedSheet),
        (locked(), LockedSheet),
        (b"", EmptySheet),
        (xlsx([]), EmptySheet),
        (b" \n ,,\n", EmptySheet),
        (b"%PDF-1.7\n\x00\x01\x02\x93\x8c\x8b", NotASheet),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), NotASheet),
        (b"PK\x03\x04 and then nothing", NotASheet),
        (xlsx(ROWS)[:-200], NotASheet),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), NotASheet),
        (bytes(50_000_000), SheetTooLarge),
        (xlsx([["姓名"]], at=400_000), TooManyRows),
        (b"a,b\n" * 30_000, TooManyRows),
    ],
    ids=[
        *(
            "archive",
            "locked-archive",
            "password",
            "nothing",
            "no-cells",
            "blank-lines",
            "pdf",
            "picture",
            "broken",
            "cut-off",
        ),
        *("broken-xls", "50-mb", "far-off-cell", "too-long"),
    ],
)
@pytest.mark.proves("F71")
def test_what_is_no_usable_sheet_is_refused_in_words(
    content: bytes, refusal: type[BadInput]
) -> None:
    with pytest.raises(refusal, match="没有导入"):
        read_table(content)


@pytest.mark.proves("F72")
def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(SheetTooLarge):
        read_table(bomb())


@pytest.mark.parametrize(
    "written",
    [
        *("1945-03-12", "1945/3/12", "1945.3.12", "1945年3月12日", "19450312"),
        *("１９４５－３－１２", 16508, 16508.0, 19450312, "1945-03-12 00:00:00"),
        date(1945, 3, 12),
    ],
)
def test_a_day_is_read_however_it_is_written(written: Any) -> None:
    assert day(written) == date(1945, 3, 12)


@pytest.mark.parametrize(
    ("read", "written", "fault"),
    [
        (plain, 1.1990019500101e17, Fault.LOST_DIGITS),
        (phone, "1.38E+10", Fault.LOST_DIGITS),
        (phone, 1088880000, Fault.BAD_PHONE),
        (phone, "13800000000/13900000000", Fault.BAD_PHONE),
        (day, "45-3-12", Fault.IMPOSSIBLE_DATE),
        (day, "1945-02-30", Fault.IMPOSSIBLE_DATE),
        (day, "1945-03", Fault.IMPOSSIBLE_DATE),
        (yes_no, "大概", Fault.UNKNOWN_WORD),
        (plain, "#N/A", Fault.SHEET_ERROR),
    ],
)
def test_what_may_mean_two_things_is_a_fault(
    read: Any, written: Any, fault: Fault
) -> None:
    with pytest.raises(BadCell) as bad:
        read(written)
    assert bad.value.fault is fault


def test_headers_are_known_by_many_names_and_can_be_corrected() -> None:
    table = read_table(
        xlsx([["某区名单"], ["序号", "老人姓名*", "证件号码", "手 机", "称呼"], [1]])
    )

    header = find_header(table, ELDER_COLUMNS)
    other = corrected(header, ELDER_COLUMNS, {"name": 4, "phone": None})

    assert header.row == 2
    assert header.mapping == {"name": 1, "id_number": 2, "phone": 3}
    assert other.mapping == {"name": 4, "id_number": 2}


def test_a_sheet_without_a_header_is_refused() -> None:
    with pytest.raises(NoHeader):
        find_header(read_table(xlsx([[1, 2], [3, 4]])), ELDER_COLUMNS)


def test_columns_have_letters() -> None:
    assert [letters(at) for at in (0, 25, 26, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"),
    ]
