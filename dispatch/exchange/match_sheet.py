"""The sheet of matches (数据比对结果): events that a registry tells of people on file.

Each becomes a proposal; nothing about anybody changes until a person accepts it.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlmodel import select

from dispatch.clock import town_day
from dispatch.exchange import cells
from dispatch.exchange.columns import Column
from dispatch.exchange.elders_named import ELDER_KEYS, NamedElders
from dispatch.exchange.lines import Act, Line, Sheet, twice
from dispatch.exchange.persons import judge_day
from dispatch.people.elders import Elder
from dispatch.people.proposals import Proposal, ProposalKind, propose
from dispatch.store.unit_of_work import UnitOfWork

_EVENTS: Final = {
    "死亡": ProposalKind.DECEASED,
    "去世": ProposalKind.DECEASED,
    "火化": ProposalKind.DECEASED,
    "注销户口": ProposalKind.DECEASED,
    "迁出": ProposalKind.MOVED,
    "户口迁出": ProposalKind.MOVED,
    "入住机构": ProposalKind.INSTITUTION,
    "入住养老机构": ProposalKind.INSTITUTION,
}
_WORDS: Final = {
    ProposalKind.DECEASED: "登记为去世",
    ProposalKind.MOVED: "登记为迁出",
    ProposalKind.INSTITUTION: "登记为入住机构",
}
_LOOK_WITHIN: Final = timedelta(days=30)  # a match must be looked into

MATCH_COLUMNS: Final = (
    *ELDER_KEYS,
    Column("event", "事件", cells.one_of(_EVENTS), ("比对结果", "变动", "原因"), True),
    Column("happened_on", "日期", cells.day,
           ("发生日期", "死亡日期", "迁出日期", "变动日期"), True),
    Column("source", "来源", cells.text(40), ("数据来源", "来源部门")),
)  # fmt: skip


def judge_matches(uow: UnitOfWork, sheet: Sheet) -> None:
    """Whom each concerns; what was proposed before is the same proposal."""
    named, today = NamedElders(uow, sheet), town_day(uow.now)
    for line in sheet.lines:
        line.plan = named.judge(sheet, line)
        judge_day(sheet, line, "happened_on", today)
        line.values.setdefault("source", sheet.source or sheet.kind.title)
    list(twice(sheet, _same, "event"))
    said = {
        (one.source, one.kind, one.subject, one.happened_on)
        for one in uow.session.exec(select(Proposal))
    }
    for line in sheet.good():
        told = _WORDS[line.values["event"]]
        line.notes.append(f"{told} · {line.values['happened_on']}")
        key = (
            line.values["source"],
            line.values["event"],
            str(line.plan.id),
            line.values["happened_on"],
        )
        if key in said:
            line.act, line.known_id = Act.SAME, line.plan.id


def keep_matches(uow: UnitOfWork, sheet: Sheet, _run_id: UUID) -> None:
    """Propose; the elder's row is held meanwhile."""
    due_on = town_day(uow.now) + _LOOK_WITHIN
    for line in sheet.to_do():
        elder = uow.session.get_one(Elder, line.plan.id, with_for_update=True)
        values = line.values
        propose(
            uow, values["event"], elder, values["happened_on"],
            source=values["source"], due_on=due_on,
        )  # fmt: skip


def _same(line: Line) -> object:
    return (line.plan.id, line.values.get("event")) if line.plan else None
