"""Cells: what people and Excel write for a text, a day, a number or a word.

Nothing is guessed. What Excel has spoilt (1.1E+17), or what may mean two things, is
a fault with a name.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from dispatch.exchange.faults import BadCell, Fault
from dispatch.exchange.files import Value

Reader = Callable[[Value], object]

_NOTHING_SEEN: Final = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_EXACT: Final = 10**15  # above it a number in a sheet has lost digits
_POWER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?E[+-]?\d+", re.IGNORECASE)
_SHEET_ERROR: Final = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_DAY_EIGHT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK: Final = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_SERIALS: Final = range(367, 73_051)  # 1901 to 2099
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_LANDLINE: Final = re.compile(r"0\d{9,11}|[2-9]\d{6,7}")
_YES: Final = frozenset(["是", "有", "√", "✓", "Y", "YES", "TRUE", "1", "对"])
_NO: Final = frozenset(["否", "无", "×", "X", "N", "NO", "FALSE", "0", "没有", "不是"])
_BETWEEN: Final = re.compile(r"[、,，;；/\s]+")


def is_blank(value: Value) -> bool:
    """Nothing was written here."""
    return isinstance(value, str) and not tidy(value)


def tidy(text: str) -> str:
    """Without what nobody sees: marks of direction, spaces around and in rows."""
    return re.sub(r"\s+", " ", _NOTHING_SEEN.sub("", text)).strip().removeprefix("'")


def plain(value: Value) -> str:
    """The cell as text; a whole number without its point.

    Raises:
        BadCell: an error of the sheet, or a number that has lost digits.
    """
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) >= _EXACT:
            raise BadCell(Fault.LOST_DIGITS, _LOST)
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, str):
        text = tidy(value)
        if _SHEET_ERROR.fullmatch(text):
            raise BadCell(Fault.SHEET_ERROR, "这一格是公式错误，请改成内容")
        return text
    return str(value)


def text(longest: int) -> Reader:
    """A text of at most so many characters."""

    def read(value: Value) -> str:
        found = plain(value)
        if len(found) > longest:
            raise BadCell(Fault.TOO_LONG, f"超过 {longest} 个字")
        return found

    return read


def code(value: Value) -> str:
    """Digits and letters as they are kept: half-width, in capitals, no spaces.

    Raises:
        BadCell: Excel has kept only the first fifteen digits.
    """
    found = unicodedata.normalize("NFKC", plain(value)).upper()
    found = re.sub(r"[\s-]", "", found)
    if _POWER.fullmatch(found):
        raise BadCell(Fault.LOST_DIGITS, _LOST)
    if len(found) > 40:
        raise BadCell(Fault.TOO_LONG, "号码太长")
    return found


def phone(value: Value) -> str:
    """A mobile or a landline with its area code."""
    found = code(value)
    if _MOBILE.fullmatch(found) or _LANDLINE.fullmatch(found):
        return found
    if re.search(r"[/,;、，；]", found):
        raise BadCell(Fault.BAD_PHONE, "一格只能填一个电话号码")
    raise BadCell(Fault.BAD_PHONE, "电话号码位数或开头不对（固话要带区号和开头的 0）")


def day(value: Value) -> date:
    """A day: a date cell, Excel's serial number, or one of the ways people write it."""
    if isinstance(value, datetime):
        return _in_range(value.date())
    if isinstance(value, date):
        return _in_range(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value == int(value) and int(value) in _SERIALS:
            return _EXCEL_EPOCH + timedelta(days=int(value))
        value = plain(value)
    found = _CLOCK.sub("", unicodedata.normalize("NFKC", plain(value)))
    written = _DAY.fullmatch(found) or _DAY_EIGHT.fullmatch(found)
    if written is None:
        if found.isdigit() and int(found) in _SERIALS:
            return _EXCEL_EPOCH + timedelta(days=int(found))
        raise BadCell(Fault.IMPOSSIBLE_DATE, "日期要写到日，如 1945-03-12")
    try:
        return _in_range(date(*map(int, written.groups())))
    except ValueError:
        raise BadCell(Fault.IMPOSSIBLE_DATE, "没有这一天") from None


def _in_range(found: date) -> date:
    if not 1880 <= found.year <= 2100:
        raise BadCell(Fault.IMPOSSIBLE_DATE, "年份不合理")
    return found


def whole(low: int, high: int) -> Reader:
    """A whole number between two."""

    def read(value: Value) -> int:
        try:
            number = float(code(value).rstrip("层楼级份元分钟"))
        except ValueError:
            raise BadCell(Fault.BAD_NUMBER, "要填整数") from None
        if number != int(number) or not low <= number <= high:
            raise BadCell(Fault.BAD_NUMBER, f"要填 {low} 到 {high} 的整数")
        return int(number)

    return read


def signed_whole(low: int, high: int) -> Reader:
    """A whole number that may be below zero, such as a floor."""

    def read(value: Value) -> int:
        found = unicodedata.normalize("NFKC", plain(value)).upper()
        found = re.sub(r"[\s层楼F]", "", found).replace("B", "-").replace("负", "-")
        try:
            number = int(float(found))
        except ValueError:
            raise BadCell(Fault.BAD_NUMBER, "要填整数") from None
        if float(found) != number or not low <= number <= high:
            raise BadCell(Fault.BAD_NUMBER, f"要填 {low} 到 {high} 的整数")
        return number

    return read


def degrees(value: Value) -> float:
    """A longitude or a latitude in degrees with its decimals."""
    found = unicodedata.normalize("NFKC", plain(value)).rstrip("°EN东经北纬 ")
    try:
        number = float(found)
    except ValueError:
        raise BadCell(Fault.BAD_NUMBER, "坐标要填带小数的度数") from None
    if not math.isfinite(number):
        raise BadCell(Fault.BAD_NUMBER, "坐标要填带小数的度数")
    return number


def yes_no(value: Value) -> bool:
    """Yes or no, in one of the ways people say it."""
    found = unicodedata.normalize("NFKC", plain(value)).upper()
    if found in _YES:
        return True
    if found in _NO:
        return False
    raise BadCell(Fault.UNKNOWN_WORD, "要填“是”或“否”")


def one_of(words: Mapping[str, object]) -> Reader:
    """One of these words."""
    known = {name.upper(): meant for name, meant in words.items()}

    def read(value: Value) -> object:
        found = unicodedata.normalize("NFKC", plain(value)).upper()
        if found not in known:
            listed = "、".join(list(words)[:8])
            raise BadCell(Fault.UNKNOWN_WORD, f"没有这个词，可填：{listed}")
        return known[found]

    return read


def some_of(words: Mapping[str, str] | None, longest: int = 20) -> Reader:
    """Several words, divided as people divide them; "无" is none of them."""

    def read(value: Value) -> list[str]:
        found = [part for part in _BETWEEN.split(plain(value)) if part]
        if found in (["无"], ["没有"]):
            return []
        if words is None:
            if any(len(part) > longest for part in found):
                raise BadCell(Fault.TOO_LONG, f"每个词不超过 {longest} 个字")
            return sorted(set(found))
        if any(part not in words for part in found):
            listed = "、".join(list(words)[:8])
            raise BadCell(Fault.UNKNOWN_WORD, f"有不认识的词，可填：{listed}")
        return sorted({words[part] for part in found})

    return read


_LOST: Final = "号码被 Excel 改成了数字，后几位已丢失；请把这一列设为文本再重填"
