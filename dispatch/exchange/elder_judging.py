"""Judging a sheet of elders: each row by itself, in the file, and beside our files."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.exchange.elder_columns import CATEGORIES
from dispatch.exchange.faults import Fault
from dispatch.exchange.lines import Act, Line, Sheet, refuse_missing, twice
from dispatch.exchange.persons import (
    elders_of,
    judge_day,
    judge_identity,
    judge_place,
    known_by,
)
from dispatch.exchange.stations_named import NamedStations
from dispatch.people.elder_facts import (
    NOTHING,
    FactKind,
    may_be_unsaid,
    written_kinds,
)
from dispatch.people.elders import Elder, age_on
from dispatch.people.places import Station
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork

_OLD: Final = 60
SEALED: Final = ("phone", "card")
PLAIN: Final = ("language", "diet_tags", "allergies", "swallowing_level")
FACTS: Final = (
    *("ability_level", "assessed_on", "dementia", "relief", "disability_grade"),
    *("family_special", "veteran", "hukou_in_district", "living", "no_kin"),
    "left_behind",
)
_KINDS: Final = {name: kind for kind, names in NOTHING.items() for name in names}


@dataclass
class ElderPlan:
    """What keeping a line needs: the station, and for somebody known the file."""

    station: Station
    elder: Elder | None = None


def judge_elders(uow: UnitOfWork, sheet: Sheet) -> None:
    """Name every mistake, and say of each good line whether it is new or known."""
    stations, today = NamedStations(uow), town_day(uow.now)
    for line in sheet.lines:
        _judge_alone(sheet, line, stations, today)
    _judge_twins(sheet)
    _judge_known(uow, sheet)
    _judge_strangers(uow, sheet)


def _judge_alone(
    sheet: Sheet, line: Line, stations: NamedStations, today: date
) -> None:
    judge_identity(sheet, line)
    _spread_categories(sheet, line)
    for name in ("born_on", "assessed_on"):
        judge_day(sheet, line, name, today)
    judge_place(sheet, line)
    # A number with a mistake in it is one cause: what it would have told is not missed.
    if not any(each.field == "id_number" for each in line.faults):
        for name in ("born_on", "sex"):
            refuse_missing(sheet, line, name, "没有证号时必填")
    if "address" not in line.values and "building" not in line.values:
        refuse_missing(sheet, line, "address", "居住地址和楼栋至少填一项")
    if "contact_name" in line.values or "contact_relation" in line.values:
        refuse_missing(sheet, line, "contact_phone", "填了联系人要填联系人电话")
    if (hukou := line.values.get("hukou")) is not None:
        line.values["hukou_in_district"] = hukou
    station = stations.judge(sheet, line)
    if station is not None:
        line.plan = ElderPlan(station)
    if not line.faults and age_on(line.values["born_on"], today) < _OLD:
        line.notes.append("不满 60 周岁")


def _spread_categories(sheet: Sheet, line: Line) -> None:
    """A list of categories says what single columns say; two must not differ."""
    for word in line.values.get("categories", ()):
        name, value = CATEGORIES[word]
        if line.values.setdefault(name, value) != value:
            words = f"“{word}”与同一行的其他列不一致"
            sheet.fault(line, "categories", Fault.UNKNOWN_WORD, words)


def _judge_twins(sheet: Sheet) -> None:
    def person(line: Line) -> object:
        number = line.values.get("id_number")
        return number or (line.values.get("name"), line.values.get("born_on"))

    for key, name in ((person, "id_number"), (_card, "card"), (_number, "number")):
        list(twice(sheet, key, name))


def _card(line: Line) -> object:
    return line.values.get("card")


def _number(line: Line) -> object:
    return line.values.get("number")


def _judge_known(uow: UnitOfWork, sheet: Sheet) -> None:
    owners = known_by(uow.session, sheet)
    cards = known_by(uow.session, sheet, "card")
    elders = elders_of(uow.session, [*owners.values(), *cards.values()])
    mine = _within_reach(uow, elders)
    kept = unseal(uow.session, list(elders), ("name", *SEALED))
    written = written_kinds(uow.session, elders)
    for line in sheet.good():
        elder = elders.get(owners.get(line.values.get("id_number", ""), UUID(int=0)))
        holder = cards.get(line.values.get("card", ""))
        if holder in elders and (elder is None or elder.id != holder):
            words = "这个卡号登记在另一位老人名下"
            sheet.fault(line, "card", Fault.KNOWN_OTHERWISE, words)
        elif elder is not None:
            known = _Known(elder, kept[elder.id], written[elder.id])
            _compare(sheet, line, known, mine=elder.id in mine)


def _within_reach(uow: UnitOfWork, elders: dict[UUID, Elder]) -> set[UUID]:
    if uow.actor.role == "system":
        return set(elders)
    reach = uow.session.exec(scoped(uow.actor, Elder).with_only_columns(Elder.id))  # type: ignore[call-overload]
    return set(elders) & set(reach)


@dataclass(frozen=True)
class _Known:
    """Somebody on file: what is sealed of them, and which facts were written down."""

    elder: Elder
    kept: dict[str, str]
    written: set[FactKind]

    def agrees(self, name: str, value: object) -> bool:
        """It is on file already, and said; not only taken to be so."""
        if name in SEALED:
            return self.kept.get(name) == value
        on_file: object = getattr(self.elder, name)
        return on_file == value and not self._is_unsaid(name)

    def _is_unsaid(self, name: str) -> bool:
        kind = _KINDS.get(name)
        if kind is None or kind in self.written:
            return False
        return may_be_unsaid(kind, {n: getattr(self.elder, n) for n in NOTHING[kind]})


def _compare(sheet: Sheet, line: Line, known: _Known, *, mine: bool) -> None:
    """Somebody on file: the same, changed, or a contradiction."""
    plan: ElderPlan = line.plan
    elder = known.elder
    if elder.died_on is not None or elder.left_on is not None:
        words = "此人已登记去世或迁出，档案已结束"
        sheet.fault(line, "id_number", Fault.KNOWN_OTHERWISE, words)
        return
    if not mine or plan.station.id != elder.station_id:
        words = "此人已有档案，在另一驿站；换驿站请在老人档案里办“搬家”"
        sheet.fault(line, "id_number", Fault.KNOWN_OTHERWISE, words)
        return
    if known.kept.get("name") != line.values["name"]:
        words = "此证号已有档案，姓名与本行不同"
        sheet.fault(line, "name", Fault.KNOWN_OTHERWISE, words)
        return
    plan.elder, line.known_id = elder, elder.id
    line.changes = tuple(
        name
        for name in (*SEALED, *PLAIN, *FACTS)
        if name in line.values and not known.agrees(name, line.values[name])
    )
    line.act = Act.UPDATE if line.changes else Act.SAME


def _judge_strangers(uow: UnitOfWork, sheet: Sheet) -> None:
    """Without a number somebody is known by name and birthday, or by our own number."""
    unnumbered = [
        line
        for line in sheet.good()
        if line.known_id is None
        and (not line.values.get("id_number") or "number" in line.values)
    ]
    if not unnumbered:
        return
    elders = uow.session.exec(scoped(uow.actor, Elder)).all()
    names = unseal(uow.session, [elder.id for elder in elders], ["name", *SEALED])
    written = written_kinds(uow.session, [elder.id for elder in elders])
    by_name = {(names[one.id].get("name"), one.born_on): one for one in elders}
    by_number = {one.number: one for one in elders}
    for line in unnumbered:
        same = by_number.get(line.values.get("number", ""))
        if same is None and not line.values.get("id_number"):
            said = (line.values["name"], line.values["born_on"])
            same = by_name.get(said)
        if same is None:
            continue
        if line.values.get("id_number"):
            words = "这个编号已是另一份档案的编号"
            sheet.fault(line, "number", Fault.KNOWN_OTHERWISE, words)
        else:
            known = _Known(same, names[same.id], written[same.id])
            _compare(sheet, line, known, mine=True)
