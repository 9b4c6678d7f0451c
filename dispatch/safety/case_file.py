"""A safety case as people see it: its ladder, whose turn it is, and its story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.accounts import titles_of
from dispatch.access.masking import called, mask_phone
from dispatch.orders.showing import label_helpers
from dispatch.people.elders import Elder
from dispatch.people.vault import unseal
from dispatch.safety.cases import (
    OUTCOMES,
    Case,
    CaseKind,
    CaseOutcome,
    CaseRung,
    CaseStep,
    Rung,
    list_rungs,
    list_steps,
    standing_rung,
)
from dispatch.safety.duty import CaseDuty
from dispatch.safety.reaching import cases_in_reach, get_in_reach
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say

_ON_THE_PHONE: Final = frozenset(
    {Rung.PHONE_ELDER, Rung.CONTACTS, Rung.NEIGHBOUR, Rung.PHONE_HELPER}
)


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """A case with its clock: which rung, whose turn, until when.

    `age_seconds` counts from the closed door, not from when we heard of it.
    """

    id: UUID
    kind: str
    order_id: UUID | None
    elder_id: UUID | None
    elder_label: str  # of a case about a helper alone, the helper
    happened_at: datetime
    age_seconds: int
    opened_at: datetime
    rung: int
    rung_code: str
    rung_name: str
    owner: str
    owner_id: UUID | None
    taken_at: datetime | None  # None: they were asked and have not answered
    deadline_at: datetime
    state: str
    outcome: str | None


@dataclass(frozen=True, kw_only=True)
class RungRow:
    """One rung; its number is masked, the full one is revealed for a reason."""

    rung: int
    code: str
    name: str
    who: str
    phone_masked: str | None
    deadline_at: datetime
    done_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One thing that was done or missed."""

    at: datetime
    kind: str
    words: str
    actor: str


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    case: CaseRow
    outcomes: list[str]  # how a case of this kind may end
    ladder: list[RungRow]
    story: list[StepLine]


def show_case(uow: UnitOfWork, case_id: UUID) -> CaseFile:
    """One case within reach. Raises: NotFound."""
    case = get_in_reach(uow, case_id)
    ladder = list_rungs(uow.session, case.id)
    return CaseFile(
        case=show_cases(uow, [case])[0],
        outcomes=[one.value for one in CaseOutcome if one in OUTCOMES[case.kind]],
        ladder=_ladder(uow, case, ladder),
        story=_story(uow, case.kind, list_steps(uow.session, case.id)),
    )


def list_open(uow: UnitOfWork) -> list[CaseRow]:
    """The open cases within reach, the nearest deadline first."""
    query = cases_in_reach(uow.actor).where(col(Case.closed_at).is_(None))
    ordered = query.order_by(col(Case.deadline_at), col(Case.id))
    return show_cases(uow, uow.session.exec(ordered).all())


def show_cases(uow: UnitOfWork, cases: Sequence[Case]) -> list[CaseRow]:
    """Rows for cases that the caller found within reach; three queries, or none."""
    if not cases:
        return []
    labels = _labels(uow, cases)
    standing = _standing(uow, cases)
    duties = _duties(uow, cases)
    return [
        CaseRow(
            id=case.id,
            kind=case.kind.value,
            order_id=case.order_id,
            elder_id=case.elder_id,
            elder_label=labels[case.id],
            happened_at=case.happened_at,
            age_seconds=round((uow.now - case.happened_at).total_seconds()),
            opened_at=case.opened_at,
            rung=standing.get(case.id, 1),
            rung_code=case.rung.value,
            rung_name=name_of(case.kind, case.rung),
            owner=case.owner,
            owner_id=duties[case.id].account_id if case.id in duties else None,
            taken_at=duties[case.id].taken_at if case.id in duties else None,
            deadline_at=case.deadline_at,
            state="open" if case.closed_at is None else "closed",
            outcome=case.outcome.value if case.outcome else None,
        )
        for case in cases
    ]


def _labels(uow: UnitOfWork, cases: Sequence[Case]) -> dict[UUID, str]:
    """Per case whom it is about: the elder, else the helper."""
    wanted = sorted({case.elder_id for case in cases if case.elder_id})
    query = select(Elder.id, Elder.sex).where(col(Elder.id).in_(wanted))
    sexes = dict(uow.session.exec(query).all())
    names = unseal(uow.session, wanted, ["name"])
    alone = {one.helper_id for one in cases if not one.elder_id and one.helper_id}
    helpers = label_helpers(uow.session, alone)
    return {
        case.id: called(names[case.elder_id].get("name", "？"), sexes[case.elder_id])
        if case.elder_id
        else helpers.get(case.helper_id or case.id, "")
        for case in cases
    }


def _duties(uow: UnitOfWork, cases: Sequence[Case]) -> dict[UUID, CaseDuty]:
    ids = [case.id for case in cases]
    query = select(CaseDuty).where(col(CaseDuty.case_id).in_(ids))
    return {one.case_id: one for one in uow.session.exec(query)}


def _standing(uow: UnitOfWork, cases: Sequence[Case]) -> dict[UUID, int]:
    """Per case the number of the rung that stands."""
    ladders: dict[UUID, list[CaseRung]] = {}
    rungs = uow.session.exec(
        select(CaseRung)
        .where(col(CaseRung.case_id).in_([case.id for case in cases]))
        .order_by(col(CaseRung.case_id), col(CaseRung.seq))
    )
    for one in rungs:
        ladders.setdefault(one.case_id, []).append(one)
    return {case_id: standing_rung(rows).seq for case_id, rows in ladders.items()}


def _ladder(uow: UnitOfWork, case: Case, ladder: Sequence[CaseRung]) -> list[RungRow]:
    people = {one.contact_id for one in ladder} | {case.elder_id, case.helper_id}
    phones = unseal(uow.session, {one for one in people if one}, ["phone"])
    rows = []
    for one in ladder:
        whose = one.contact_id
        if one.rung is Rung.PHONE_ELDER:
            whose = case.elder_id
        elif one.rung is Rung.PHONE_HELPER:
            whose = case.helper_id
        phone = phones.get(whose, {}).get("phone") if whose else None
        rows.append(
            RungRow(
                rung=one.seq,
                code=one.rung.value,
                name=name_of(case.kind, one.rung),
                who=one.who,
                phone_masked=mask_phone(phone)
                if phone and one.rung in _ON_THE_PHONE
                else None,
                deadline_at=one.deadline_at,
                done_at=one.done_at,
                outcome=one.outcome,
            )
        )
    return rows


def name_of(kind: CaseKind, rung: Rung) -> str:
    """A rung in words. To a helper who calls for help nobody goes 'once more'."""
    if kind is CaseKind.SOS_HELPER and rung is Rung.SECOND_VISIT:
        return say("rung", "go_to_helper")
    return say("rung", rung.value)


def _story(
    uow: UnitOfWork, kind: CaseKind, steps: Sequence[CaseStep]
) -> list[StepLine]:
    titles = titles_of(uow.session, (one.account_id for one in steps))
    system = say("role", "system")
    return [
        StepLine(
            at=one.at,
            kind=one.outcome,
            words=_sentence(kind, one),
            actor=titles.get(one.account_id, system),
        )
        for one in steps
    ]


def _sentence(kind: CaseKind, step: CaseStep) -> str:
    parts = [name_of(kind, step.rung), say("outcome", step.outcome)]
    said = say("list", "colon").join(parts)
    return f"{said}{say('list', 'stop')}{step.words}" if step.words else said
