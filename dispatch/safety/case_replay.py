"""Open cases as they stood at a moment that has been, told from their events."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import col, or_, select

from dispatch.access.accounts import titles_of
from dispatch.log.events import Event, last_events
from dispatch.safety.case_file import CaseRow, name_of, show_cases
from dispatch.safety.cases import Case, CaseKind, CaseRung
from dispatch.safety.duty import CaseDuty
from dispatch.safety.reaching import cases_in_reach
from dispatch.store.unit_of_work import UnitOfWork


def show_cases_then(uow: UnitOfWork, street_code: str | None) -> list[CaseRow]:
    """The cases within reach that were open at the moment of `uow`, by deadline."""
    query = cases_in_reach(uow.actor).where(Case.opened_at <= uow.now)
    query = query.where(or_(col(Case.closed_at).is_(None), Case.closed_at > uow.now))  # type: ignore[operator]
    if street_code is not None:
        query = query.where(Case.street_code == street_code)
    cases = uow.session.exec(query).all()
    told = last_events(uow.session, (case.id for case in cases), uow.now)
    rungs = _rungs_then(uow, cases)
    owners = _owners_then(uow, cases, told)
    rows = [
        _then(row, told.get(row.id), rungs.get(row.id), owners.get(row.id))
        for row in show_cases(uow, cases)
    ]
    return sorted(rows, key=lambda row: (row.deadline_at, row.id))


Owner = tuple[UUID, str, datetime | None]


def _then(
    row: CaseRow, told: Event | None, rung: CaseRung | None, owner: Owner | None
) -> CaseRow:
    row = replace(row, state="open", outcome=None)
    if rung is not None:
        name = name_of(CaseKind(row.kind), rung.rung)
        row = replace(row, rung=rung.seq, rung_code=rung.rung.value, rung_name=name)
        row = replace(row, deadline_at=rung.deadline_at)
    if told is not None and (until := told.facts.get("deadline_at")):
        row = replace(row, deadline_at=datetime.fromisoformat(until))
    if owner is not None:
        account_id, title, taken_at = owner
        row = replace(row, owner=title, owner_id=account_id, taken_at=taken_at)
    return row


def _rungs_then(uow: UnitOfWork, cases: Sequence[Case]) -> dict[UUID, CaseRung]:
    """Per case the first rung that was not over, else the last."""
    ladders: dict[UUID, list[CaseRung]] = {}
    rungs = uow.session.exec(
        select(CaseRung)
        .where(col(CaseRung.case_id).in_([case.id for case in cases]))
        .order_by(col(CaseRung.case_id), col(CaseRung.seq))
    )
    for one in rungs:
        ladders.setdefault(one.case_id, []).append(one)
    return {
        case_id: next((one for one in ladder if _stood(one, uow.now)), ladder[-1])
        for case_id, ladder in ladders.items()
    }


def _stood(rung: CaseRung, at: datetime) -> bool:
    return rung.done_at is None or rung.done_at > at


def _owners_then(
    uow: UnitOfWork, cases: Sequence[Case], told: dict[UUID, Event]
) -> dict[UUID, Owner]:
    """Whose each case was, and since when they had taken it."""
    ids = [case.id for case in cases]
    query = select(CaseDuty).where(col(CaseDuty.case_id).in_(ids))
    found: dict[UUID, tuple[UUID, datetime | None]] = {}
    for duty in uow.session.exec(query):
        event = told.get(duty.case_id)
        known = event.facts if event else {}
        taken = duty.taken_at is not None and duty.taken_at <= uow.now
        # Whoever takes a ring takes what rang with it: of those nothing is told.
        if "owner_id" not in known or (
            event is not None and taken and event.at <= (duty.taken_at or uow.now)
        ):
            found[duty.case_id] = duty.account_id, duty.taken_at if taken else None
            continue
        since = known.get("taken_at")
        found[duty.case_id] = (
            UUID(known["owner_id"]),
            datetime.fromisoformat(since) if since else None,
        )
    titles = titles_of(uow.session, (account_id for account_id, _ in found.values()))
    return {
        case_id: (account_id, titles.get(account_id, "")[:40], taken_at)
        for case_id, (account_id, taken_at) in found.items()
    }
