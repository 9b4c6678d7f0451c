"""Safety cases as people see them: one file with its ladder, and the alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.accounts import Account
from dispatch.access.masking import called, mask_phone
from dispatch.access.scope import get_scoped, scoped
from dispatch.log.events import list_story
from dispatch.people.elders import Elder
from dispatch.people.vault import unseal
from dispatch.safety.cases import (
    Case,
    CaseRung,
    CaseStep,
    list_rungs,
    list_steps,
    standing_rung,
)
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """One alarm. `age_seconds` counts from the closed door, not from the report."""

    id: UUID
    kind: str
    order_id: UUID
    elder_id: UUID
    elder_label: str
    happened_at: datetime
    age_seconds: int
    opened_at: datetime
    rung: int
    rung_name: str
    owner: str
    deadline_at: datetime
    state: str
    outcome: str | None


@dataclass(frozen=True, kw_only=True)
class RungRow:
    """One rung: who is to be asked, by when, and what came of it."""

    rung: int
    kind: str
    name: str
    who: str
    phone_masked: str | None
    deadline_at: datetime
    done_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, kw_only=True)
class StoryLine:
    """One thing that was done, missed or heard."""

    at: datetime
    kind: str
    words: str
    actor: str | None


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """What `GET /api/cases/{id}` answers."""

    case: CaseRow
    ladder: list[RungRow]
    story: list[StoryLine]


def case_view(uow: UnitOfWork, case_id: UUID) -> CaseFile:
    """One case within the actor's reach. Raises: NotFound."""
    case = get_scoped(uow, Case, case_id)
    ladder = list_rungs(uow.session, case.id)
    steps = list_steps(uow.session, case.id)
    return CaseFile(
        case=show_cases(uow, [case])[0],
        ladder=_ladder(uow, case, ladder),
        story=_story(uow, case, steps),
    )


def alarms(uow: UnitOfWork) -> list[CaseRow]:
    """The open cases within the actor's reach, the most pressing first."""
    query = scoped(uow.actor, Case).where(col(Case.closed_at).is_(None))
    ordered = query.order_by(col(Case.deadline_at), col(Case.id))
    return show_cases(uow, uow.session.exec(ordered).all())


def show_cases(uow: UnitOfWork, cases: Sequence[Case]) -> list[CaseRow]:
    """Rows for cases that the caller found within reach; three queries."""
    elder_ids = sorted({case.elder_id for case in cases})
    query = select(Elder.id, Elder.sex).where(col(Elder.id).in_(elder_ids))
    sexes = dict(uow.session.exec(query).all())
    names = unseal(uow.session, elder_ids, ["name"])
    standing = _standing(uow, cases)
    return [
        CaseRow(
            id=case.id,
            kind=case.kind.value,
            order_id=case.order_id,
            elder_id=case.elder_id,
            elder_label=called(
                names[case.elder_id].get("name", "？"), sexes[case.elder_id]
            ),
            happened_at=case.happened_at,
            age_seconds=round((uow.now - case.happened_at).total_seconds()),
            opened_at=case.opened_at,
            rung=standing[case.id].seq,
            rung_name=say("rung", case.rung.value),
            owner=case.owner,
            deadline_at=case.deadline_at,
            state="open" if case.closed_at is None else "closed",
            outcome=case.outcome.value if case.outcome else None,
        )
        for case in cases
    ]


def _standing(uow: UnitOfWork, cases: Sequence[Case]) -> dict[UUID, CaseRung]:
    query = select(CaseRung).where(
        col(CaseRung.case_id).in_([case.id for case in cases])
    )
    ladders: dict[UUID, list[CaseRung]] = {}
    for rung in uow.session.exec(query.order_by(col(CaseRung.seq))):
        ladders.setdefault(rung.case_id, []).append(rung)
    return {case_id: standing_rung(ladder) for case_id, ladder in ladders.items()}


def _ladder(uow: UnitOfWork, case: Case, ladder: list[CaseRung]) -> list[RungRow]:
    owners = {rung.contact_id for rung in ladder if rung.contact_id} | {case.elder_id}
    phones = unseal(uow.session, sorted(owners), ["phone"])
    rows = []
    for rung in ladder:
        asked = rung.contact_id or (case.elder_id if rung.seq == 1 else None)
        phone = phones[asked].get("phone") if asked else None
        rows.append(
            RungRow(
                rung=rung.seq,
                kind=rung.rung.value,
                name=say("rung", rung.rung.value),
                who=rung.who,
                phone_masked=mask_phone(phone) if phone else None,
                deadline_at=rung.deadline_at,
                done_at=rung.done_at,
                outcome=rung.outcome,
            )
        )
    return rows


def _story(uow: UnitOfWork, case: Case, steps: list[CaseStep]) -> list[StoryLine]:
    people = _titles(uow, {step.account_id for step in steps if step.account_id})
    lines = [
        StoryLine(
            at=step.at,
            kind=f"{step.rung.value}.{step.outcome}",
            words=_words(step),
            actor=people.get(step.account_id) if step.account_id else None,
        )
        for step in steps
    ]
    opened = next(
        (e for e in list_story(uow.session, case.id) if e.kind == "case.opened"), None
    )
    if opened is not None:
        said = say("case", case.kind.value)
        lines.insert(
            0, StoryLine(at=opened.at, kind="case.opened", words=said, actor=None)
        )
    return lines


def _words(step: CaseStep) -> str:
    said = f"{say('rung', step.rung.value)}：{say('outcome', step.outcome)}"
    return f"{said}，{step.words}" if step.words else said


def _titles(uow: UnitOfWork, ids: set[UUID]) -> dict[UUID, str]:
    query = select(Account.id, Account.title).where(col(Account.id).in_(ids))
    return dict(uow.session.exec(query).all())
