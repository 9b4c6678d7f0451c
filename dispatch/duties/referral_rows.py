"""Referrals as people see them: what is still followed, the longest due first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from dispatch.duties.referrals import Referral, list_open
from dispatch.people.elders import Elder
from dispatch.people.showing import shown_name
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ReferralRow:
    """One referral, with the elder's name as the role sees it."""

    id: UUID
    elder_id: UUID
    elder_name: str
    elder_number: str
    need: str
    urgency: str
    words: str
    state: str
    raised_at: datetime
    due_at: datetime
    overdue: bool
    accepted_by: str | None
    outcome: str | None


def show_open(uow: UnitOfWork, station_id: UUID) -> list[ReferralRow]:
    """What a station still follows; overdue ones stand first."""
    return show_referrals(uow, list_open(uow.session, station_id))


def show_referrals(uow: UnitOfWork, referrals: list[Referral]) -> list[ReferralRow]:
    """Rows for these referrals, in their order; two queries."""
    wanted = {one.elder_id for one in referrals}
    kept = unseal(uow.session, sorted(wanted), ["name"])
    query = select(Elder.id, Elder.number).where(col(Elder.id).in_(wanted))
    numbers = dict(uow.session.exec(query).all())
    return [
        ReferralRow(
            id=one.id,
            elder_id=one.elder_id,
            elder_name=shown_name(uow.actor, kept[one.elder_id].get("name", "")),
            elder_number=numbers[one.elder_id],
            need=one.need.value,
            urgency=one.urgency.value,
            words=one.words,
            state=one.state.value,
            raised_at=one.raised_at,
            due_at=one.due_at,
            overdue=one.is_overdue(uow.now),
            accepted_by=one.accepted_by,
            outcome=one.outcome,
        )
        for one in referrals
    ]
