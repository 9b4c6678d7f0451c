"""Complaints as people read them; the words are unsealed for who must answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case
from sqlmodel import col, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.orders.orders import Order
from dispatch.people.places import Station
from dispatch.people.showing import shown_name
from dispatch.people.vault import unseal
from dispatch.quality.complaining import ANSWER, SAID, draft_answers
from dispatch.quality.complaints import Complaint, ComplaintState
from dispatch.store.paging import AT_ONCE, page_of
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.concluding import MAY_CONCLUDE


@dataclass(frozen=True, kw_only=True)
class ComplaintRow:
    """One ticket, its words, and an answer made ready. `late`: past its day."""

    id: UUID
    source: str
    ticket_no: str
    got_on: date
    due_on: date
    late: bool
    state: str
    outcome: str | None
    station: str | None
    elder_name: str | None
    order_id: UUID | None
    order_number: str | None
    words: str
    answer: str | None
    draft: str | None
    answered_by: str | None
    answered_at: datetime | None
    may_close: bool


@dataclass(frozen=True)
class ComplaintPage:
    """A part of the tickets, and how many there are."""

    total: int
    complaints: list[ComplaintRow]


def list_complaints(
    uow: UnitOfWork, *, limit: int = AT_ONCE, offset: int = 0
) -> ComplaintPage:
    """Within reach: what is open by the day it is due, then what was closed last."""
    is_closed = col(Complaint.state) == ComplaintState.CLOSED
    order = (
        case((is_closed, 1), else_=0),
        case((~is_closed, col(Complaint.due_on))),
        col(Complaint.closed_at).desc(),
        col(Complaint.id),
    )
    query = scoped(uow.actor, Complaint)
    total, rows = page_of(uow.session, query, *order, limit=limit, offset=offset)
    return ComplaintPage(total, _show(uow, rows))


def _show(uow: UnitOfWork, rows: Sequence[Complaint]) -> list[ComplaintRow]:
    session, today = uow.session, town_day(uow.now)
    words = unseal(session, [one.id for one in rows], [SAID, ANSWER])
    names = unseal(session, {one.elder_id for one in rows if one.elder_id}, ["name"])
    titles = titles_of(session, [one.answered_by for one in rows])
    numbers = _named(uow, Order.id, Order.number, {one.order_id for one in rows})
    unanswered = [one for one in rows if one.state is ComplaintState.OPEN]
    drafts = draft_answers(session, unanswered)
    points = _named(uow, Station.id, Station.name, {one.station_id for one in rows})
    return [
        ComplaintRow(
            id=one.id,
            source=one.source.value,
            ticket_no=one.ticket_no,
            got_on=one.got_on,
            due_on=one.due_on,
            late=one.state is ComplaintState.OPEN and today > one.due_on,
            state=one.state.value,
            outcome=one.outcome.value if one.outcome else None,
            station=points.get(one.station_id),
            elder_name=shown_name(uow.actor, names[one.elder_id].get("name", "？"))
            if one.elder_id
            else None,
            order_id=one.order_id,
            order_number=numbers.get(one.order_id),
            words=words[one.id].get(SAID, ""),
            answer=words[one.id].get(ANSWER),
            draft=drafts.get(one.id),
            answered_by=titles.get(one.answered_by),
            answered_at=one.answered_at,
            may_close=one.state is ComplaintState.ANSWERED
            and uow.actor.role in MAY_CONCLUDE,
        )
        for one in rows
    ]


def _named(
    uow: UnitOfWork, key: Any, name: Any, ids: set[UUID | None]
) -> dict[UUID | None, str]:
    wanted = sorted(one for one in ids if one is not None)
    query: Any = select(key, name).where(col(key).in_(wanted))
    return dict(uow.session.exec(query).all())
