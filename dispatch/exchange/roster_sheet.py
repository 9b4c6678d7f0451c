"""A whole roster (全量名单) beside our files: new, changed, gone, as proposals.

金民工程, the police or the registry send everybody they know. What a column does not
say is not compared; a file whose person is missing in the list is proposed as gone.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.exchange import cells
from dispatch.exchange.columns import Column
from dispatch.exchange.elder_columns import (
    ABILITIES,
    GRADES,
    HUKOU,
    LIVINGS,
    RELIEFS,
    SEXES,
)
from dispatch.exchange.faults import Fault
from dispatch.exchange.lines import Act, Line, Sheet, twice
from dispatch.exchange.persons import elders_of, judge_day, judge_identity, known_by
from dispatch.people.drafting import TOLD_NUMBER
from dispatch.people.elder_facts import NOTHING, FactKind, keep_value
from dispatch.people.elders import Elder
from dispatch.people.proposals import Proposal, ProposalKind, propose
from dispatch.people.vault import blind_index, seal, unseal
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork

_COMPARED: Final[dict[FactKind, str]] = {
    FactKind.RELIEF: "relief",
    FactKind.ABILITY: "ability_level",
    FactKind.DEMENTIA: "dementia",
    FactKind.DISABILITY: "disability_grade",
    FactKind.FAMILY: "family_special",
    FactKind.VETERAN: "veteran",
    FactKind.HUKOU: "hukou_in_district",
    FactKind.LIVING: "living",
}

ROSTER_COLUMNS: Final = (
    Column("name", "姓名", cells.text(40), ("老人姓名", "对象姓名"), True),
    Column("id_number", "身份证号", cells.code,
           ("身份证", "身份证号码", "证件号码", "公民身份号码"), True),
    Column("sex", "性别", cells.one_of(SEXES)),
    Column("born_on", "出生日期", cells.day, ("出生年月日",)),
    Column("relief", "救助类别", cells.one_of(RELIEFS), ("困难类别", "保障类别")),
    Column("ability_level", "能力等级", cells.one_of(ABILITIES), ("失能等级",)),
    Column("dementia", "失智", cells.yes_no, ("是否失智",)),
    Column("disability_grade", "残疾等级", cells.one_of(GRADES), ("残疾级别",)),
    Column("family_special", "计生特殊家庭", cells.yes_no, ("是否失独",)),
    Column("veteran", "重点优抚", cells.yes_no, ("是否优抚",)),
    Column("hukou_in_district", "户籍", cells.one_of(HUKOU), ("户籍情况",)),
    Column("living", "居住情况", cells.one_of(LIVINGS), ("居住状况",)),
    Column("died_on", "死亡日期", cells.day, ("去世日期", "注销日期")),
)  # fmt: skip


def judge_roster(uow: UnitOfWork, sheet: Sheet) -> None:
    """Create: nobody on file; update: a fact differs; same: as we have it."""
    today = town_day(uow.now)
    for line in sheet.lines:
        judge_identity(sheet, line)
        for name in ("born_on", "died_on"):
            judge_day(sheet, line, name, today)
    list(twice(sheet, lambda line: line.values.get("id_number"), "id_number"))
    owners = known_by(uow.session, sheet)
    elders = elders_of(uow.session, owners.values())
    kept = unseal(uow.session, list(elders), ["name"])
    proposed, told = _proposed(uow, sheet), _told(uow, sheet)
    for line in sheet.good():
        elder = elders.get(owners.get(line.values["id_number"], UUID(int=0)))
        line.plan = elder
        if elder is None:
            subject = blind_index("id_number", line.values["id_number"])
            line.act = Act.SAME if ("new", subject) in proposed else Act.CREATE
            continue
        line.known_id = elder.id
        if kept[elder.id].get("name") != line.values["name"]:
            words = "此证号已有档案，姓名与本行不同"
            sheet.fault(line, "name", Fault.KNOWN_OTHERWISE, words)
            continue
        line.changes = tuple(
            name
            for name in _differences(line, elder)
            if (elder.id, name, _written(line.values[name])) not in told
        )
        line.act = Act.UPDATE if line.changes else Act.SAME
    _count_gone(uow, sheet, set(owners.values()))


def keep_roster(uow: UnitOfWork, sheet: Sheet, _run_id: UUID) -> None:
    """One proposal for each person new or gone, and for each fact that differs."""
    for line in sheet.to_do():
        if line.plan is None:
            _propose_new(uow, sheet, line)
            continue
        elder = uow.session.get_one(Elder, line.plan.id, with_for_update=True)
        if "died_on" in line.changes:
            propose(
                uow, ProposalKind.DECEASED, elder, line.values["died_on"],
                source=_source(sheet),
            )  # fmt: skip
        for kind, name in _COMPARED.items():
            if name in line.changes:
                _propose_fact(uow, sheet, line, elder, kind)
    for elder_id in sheet.gone:
        elder = uow.session.get_one(Elder, elder_id, with_for_update=True)
        on = town_day(uow.now)
        propose(uow, ProposalKind.GONE, elder, on, source=_source(sheet))


def _source(sheet: Sheet) -> str:
    return sheet.source or sheet.kind.title


def _differences(line: Line, elder: Elder) -> tuple[str, ...]:
    names = [*_COMPARED.values(), "died_on"]
    return tuple(
        name
        for name in names
        if name in line.values and getattr(elder, name) != line.values[name]
    )


def _proposed(uow: UnitOfWork, sheet: Sheet) -> set[tuple[str, str]]:
    query = select(Proposal.kind, Proposal.subject).where(
        Proposal.source == _source(sheet), Proposal.kind == ProposalKind.NEW
    )
    return {(str(kind), subject) for kind, subject in uow.session.exec(query)}


def _told(uow: UnitOfWork, sheet: Sheet) -> set[tuple[UUID | None, str, object]]:
    """What this source has proposed of known people: whom, which fact, its value."""
    source = _source(sheet)
    ways = [source, *(_fact_source(sheet, kind) for kind in _COMPARED)]
    query = select(Proposal).where(
        col(Proposal.source).in_(ways), col(Proposal.elder_id).is_not(None)
    )
    told: set[tuple[UUID | None, str, object]] = set()
    for one in uow.session.exec(query):
        if one.kind is ProposalKind.DECEASED:
            told.add((one.elder_id, "died_on", one.happened_on.isoformat()))
        for name, value in one.facts.get("value", {}).items():
            told.add((one.elder_id, name, value))
    return told


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _fact_source(sheet: Sheet, kind: FactKind) -> str:
    """Each fact of one day is a proposal of its own."""
    return f"{_source(sheet)[:28]}·{kind.value}"


def _count_gone(uow: UnitOfWork, sheet: Sheet, listed: set[UUID]) -> None:
    """Files within reach whose person the list does not know; a station's list is
    never taken for the whole district's."""
    query = scoped(uow.actor, Elder).where(
        col(Elder.died_on).is_(None), col(Elder.left_on).is_(None)
    )
    there = {elder.id for elder in uow.session.exec(query)}
    told = select(Proposal.elder_id).where(
        Proposal.source == _source(sheet), Proposal.kind == ProposalKind.GONE
    )
    said = set(uow.session.exec(told))
    sheet.gone = sorted(there - listed - said)


def _propose_fact(
    uow: UnitOfWork, sheet: Sheet, line: Line, elder: Elder, kind: FactKind
) -> None:
    value = {
        name: line.values.get(name, getattr(elder, name)) for name in NOTHING[kind]
    }
    if kind is FactKind.HUKOU and value["hukou_in_district"]:
        value["home_street"] = elder.home_street or elder.street_code
    propose(
        uow,
        ProposalKind.FACT,
        elder,
        town_day(uow.now),
        source=_fact_source(sheet, kind),
        facts={"kind": kind.value, "value": keep_value(value)},
    )


def _propose_new(uow: UnitOfWork, sheet: Sheet, line: Line) -> None:
    """Somebody of whom there is no file; who it is lies in the vault."""
    values = line.values
    made = Proposal(
        kind=ProposalKind.NEW,
        source=_source(sheet),
        subject=blind_index("id_number", values["id_number"]),
        street_code=uow.actor.street_code,
        happened_on=town_day(uow.now),
        facts={
            "born_on": values["born_on"].isoformat(),
            "identity_kind": values["identity_kind"].value,
            "told": _told_of(values),
        },
        made_at=uow.now,
    )
    uow.session.add(made)
    uow.session.flush()
    number = {TOLD_NUMBER: values["id_number"]}
    seal(uow.session, made.id, {"name": values["name"], **number})


def _told_of(values: Mapping[str, Any]) -> list[Json]:
    """The facts that the list says of somebody, where it says more than nothing."""
    found: list[Json] = []
    for kind, name in _COMPARED.items():
        value = {**NOTHING[kind], name: values.get(name)}
        if kind is FactKind.HUKOU:
            if values.get(name) is False:
                found.append({"kind": kind.value, "value": keep_value(value)})
        elif values.get(name) not in (None, NOTHING[kind][name]):
            found.append({"kind": kind.value, "value": keep_value(value)})
    return found
