"""What a form is: its columns, and rows of fields from the database."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from dispatch.access.masking import mask_id_number, mask_name, mask_phone
from dispatch.exchange.workbooks import Cell
from dispatch.people.categories import categories_on
from dispatch.people.elder_facts import History, histories_of
from dispatch.people.elders import Elder
from dispatch.people.places import Station, Street
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork

T = TypeVar("T", bound=SQLModel)
Row = dict[str, Cell]
SEALED: Final = ("name", "id_number", "phone", "address")
CATEGORY_WORDS: Final[Mapping[str, str]] = {
    "TK": "特困",
    "DB": "低保",
    "DBBY": "低保边缘",
    "JSTS": "计生特殊家庭",
    "YF": "重点优抚",
    "SN1": "轻度失能",
    "SN2": "中度失能",
    "SN3": "重度失能",
    "SN4": "完全失能",
    "SZ": "失智",
    "ZC": "重残",
    "GL80": "高龄 80+",
    "GL90": "高龄 90+",
    "GL100": "百岁",
    "DJ": "独居",
    "KC": "空巢",
    "LS": "留守",
    "GX": "孤寡",
    "LLR": "老老人",
}


@dataclass(frozen=True)
class Span:
    """Which days, both included, and which station; None: all within reach."""

    from_on: date
    until_on: date
    station_id: UUID | None = None


@dataclass(frozen=True)
class Form:
    """One form. A column is (field, title); a field that no row has is left to fill in
    by hand, as on paper."""

    word: str
    title: str
    columns: Sequence[tuple[str, str]]
    rows: Callable[[UnitOfWork, Span, "Opened"], list[Row]]

    @property
    def fields(self) -> set[str]:
        return {field for field, _ in self.columns}

    @property
    def sealed(self) -> set[str]:
        """What it shows of persons that is masked unless somebody may see it."""
        return self.fields & set(SEALED)


Opened = frozenset[str]  # the sealed fields that are shown in full


class People:
    """Elders of a form: who they are, as far as the form may show it."""

    def __init__(
        self, uow: UnitOfWork, ids: Iterable[UUID], opened: Opened, on: date
    ) -> None:
        self._on, self._opened = on, opened
        self.elders = by_id(uow.session, Elder, ids)
        homes = [one.household_id for one in self.elders.values()]
        owners = [*self.elders, *homes]
        self._kept = unseal(uow.session, owners, SEALED)
        self._histories: dict[UUID, History] = histories_of(
            uow.session, list(self.elders)
        )

    def of(self, elder_id: UUID, on: date | None = None) -> Row:
        """Name, numbers, address and categories of an elder on a day."""
        elder = self.elders[elder_id]
        kept = {**self._kept[elder.household_id], **self._kept[elder_id]}
        told = categories_on(elder, self._histories[elder_id], on or self._on)
        words = [CATEGORY_WORDS.get(each.code, each.code) for each in told]
        return {
            "elder_number": elder.number,
            "sex": "女" if elder.sex == "F" else "男",
            "categories": "、".join(words),
            **{name: self._shown(name, kept.get(name, "")) for name in SEALED},
        }

    def _shown(self, name: str, value: str) -> str:
        return value if name in self._opened else _MASKS[name](value)


def by_id(session: Session, model: type[T], ids: Iterable[Any]) -> dict[Any, T]:
    """Rows of a table by their id, five hundred at a time."""
    wanted, found = sorted({one for one in ids if one is not None}, key=str), {}
    key: Any = model.id  # type: ignore[attr-defined]
    for start in range(0, len(wanted), 500):
        query = select(model).where(key.in_(wanted[start : start + 500]))
        found.update({row.id: row for row in session.exec(query)})  # type: ignore[attr-defined]
    return found


def by_order(session: Session, model: type[T], ids: Collection[UUID]) -> list[T]:
    """Rows of a table that belong to these orders."""
    wanted = list(ids)
    found: list[T] = []
    key: Any = model.order_id  # type: ignore[attr-defined]
    for start in range(0, len(wanted), 500):
        found += session.exec(select(model).where(key.in_(wanted[start : start + 500])))
    return found


def station_names(session: Session) -> dict[UUID, Station]:
    """Every station by its id."""
    return {one.id: one for one in session.exec(select(Station))}


def street_names(session: Session) -> dict[str, str]:
    """Streets by their code."""
    query = select(Street).order_by(col(Street.code))
    return {one.code: one.name for one in session.exec(query)}


def _mask_address(address: str) -> str:
    """To the street or the estate: what follows the first number is left out."""
    for at, letter in enumerate(address):
        if letter.isdigit():
            return address[:at] + "***"
    return address


_MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": lambda value: mask_name(value) if value else "",
    "id_number": lambda value: mask_id_number(value) if value else "",
    "phone": lambda value: mask_phone(value) if value else "",
    "address": _mask_address,
}
