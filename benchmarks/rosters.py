"""Rosters of elders that nobody has, with mistakes planted where we know them."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import xlsxwriter

from dispatch.demo import names
from dispatch.demo.chance import Chance
from dispatch.exchange.faults import Fault

TITLES: Final = (
    *("姓名", "身份证号", "性别", "出生日期", "联系电话", "驿站", "社区", "楼栋"),
    *("楼层", "房间号", "居住地址", "经度", "纬度", "坐标系", "户籍", "居住状况"),
    *("救助类别", "能力等级", "评估日期", "饮食要求", "紧急联系人", "与老人关系"),
    "紧急联系人电话",
)
Cells = list[object]
_FIRST_ROW: Final = 3  # a title stands above the header
_MADE_AT: Final = datetime(2026, 11, 20)  # noqa: DTZ001 - the same bytes each time


@dataclass(frozen=True)
class Planted:
    """A mistake that we made on purpose: where, and what it should be called."""

    cell: str
    fault: Fault


@dataclass(frozen=True)
class Roster:
    """Rows as they stand in the sheet, the header above them left out."""

    rows: list[Cells]
    planted: list[Planted]

    def xlsx(self) -> bytes:
        """The roster as a workbook."""
        kept = io.BytesIO()
        with xlsxwriter.Workbook(kept, {"constant_memory": True}) as book:
            book.set_properties({"created": _MADE_AT})
            page = book.add_worksheet("老人名单")
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            page.write_string(0, 0, "某某区老年人名单")
            page.write_row(1, 0, TITLES)
            for at, row in enumerate(self.rows, start=_FIRST_ROW - 1):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        page.write_datetime(at, column, value, day)
                    elif value is not None:
                        page.write(at, column, value)
        return kept.getvalue()


def draw_roster(
    count: int, stations: Sequence[str], *, faulty: int = 0, seed: int = 1
) -> Roster:
    """So many people, and so many mistakes, of each kind in turn."""
    chance = Chance(seed, "roster")
    rows = [_person(chance, at, stations[at % len(stations)]) for at in range(count)]
    planted = []
    apart = count // faulty if faulty else 0
    for number in range(faulty):
        at = number * apart + apart - 1
        plant, title, fault = MISTAKES[number % len(MISTAKES)]
        plant(rows, at)
        planted.append(Planted(f"{_letter(title)}{at + _FIRST_ROW}", fault))
    return Roster(rows, planted)


def put(rows: list[Cells], at: int, title: str, value: object) -> None:
    """Write another value into a cell."""
    rows[at][TITLES.index(title)] = value


def _person(chance: Chance, at: int, station: str) -> Cells:
    sex = "F" if at % 9 < 5 else "M"
    born_on = date(1930, 1, 1) + timedelta(days=at % 12_000)
    name = names.person_name(chance, sex)
    number = names.id_number(born_on, sex, at // 12_000)
    building, floor = f"{at % 90 + 1}号楼", at % 6 + 1
    room = f"{floor}0{at % 3 + 1}"
    return [
        *(name, number, "女" if sex == "F" else "男", born_on, names.mobile(at)),
        *(station, f"幸福{at % 40 + 1}社区", building, floor, room),
        f"清和区幸福路{at % 700 + 1}号{building}{room}",
        *(round(117.0 + at % 97 / 1000, 6), round(36.6 + at % 89 / 1000, 6), "高德"),
        *("本区", ("独居", "空巢", "与子女同住")[at % 3]),
        *(("低保", "特困", "无", "")[at % 4], ("完好", "轻度", "中度")[at % 3]),
        *(
            date(2026, 1, 1) + timedelta(days=at % 200),
            ("低盐、软食", "", "清真")[at % 3],
        ),
        *(names.person_name(chance, "F"), "女儿", names.mobile(500_000 + at)),
    ]


def _letter(title: str) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[TITLES.index(title)]


def _cell(title: str, value: object) -> Callable[[list[Cells], int], None]:
    return lambda rows, at: put(rows, at, title, value)


def _wrong_check_digit(rows: list[Cells], at: int) -> None:
    number = str(rows[at][1])
    put(rows, at, "身份证号", number[:17] + ("1" if number[17] != "1" else "2"))


def _swap(rows: list[Cells], at: int) -> None:
    lon, lat = TITLES.index("经度"), TITLES.index("纬度")
    rows[at][lon], rows[at][lat] = rows[at][lat], rows[at][lon]


def _other_sex(rows: list[Cells], at: int) -> None:
    put(rows, at, "性别", "男" if rows[at][2] == "女" else "女")


def _again(rows: list[Cells], at: int) -> None:
    put(rows, at, "身份证号", rows[at - 1][1])
    put(rows, at, "出生日期", rows[at - 1][3])
    put(rows, at, "性别", rows[at - 1][2])


def _lost(rows: list[Cells], at: int) -> None:
    put(rows, at, "身份证号", float(str(rows[at][1])[:17] + "0"))


Plant = Callable[[list[Cells], int], None]
MISTAKES: Final[Sequence[tuple[Plant, str, Fault]]] = (
    (_wrong_check_digit, "身份证号", Fault.BAD_CHECK_DIGIT),
    (_cell("姓名", ""), "姓名", Fault.MISSING),
    (_cell("驿站", "没有的驿站"), "驿站", Fault.UNKNOWN_PLACE),
    (_cell("出生日期", "1945年2月30日"), "出生日期", Fault.IMPOSSIBLE_DATE),
    (_other_sex, "性别", Fault.IDENTITY_DIFFERS),
    (_cell("出生日期", "1951/4/5"), "出生日期", Fault.IDENTITY_DIFFERS),
    (_again, "身份证号", Fault.TWICE_IN_FILE),
    (_cell("联系电话", "1380000"), "联系电话", Fault.BAD_PHONE),
    (_cell("救助类别", "特别困难"), "救助类别", Fault.UNKNOWN_WORD),
    (_swap, "纬度", Fault.BAD_COORDINATES),
    (_cell("评估日期", "2031-01-01"), "评估日期", Fault.FUTURE_DATE),
    (_lost, "身份证号", Fault.LOST_DIGITS),
    (_cell("楼层", "三楼半"), "楼层", Fault.BAD_NUMBER),
)
