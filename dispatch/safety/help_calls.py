"""Calls for urgent help (助急): who, what, where; who was asked, and the clock.

A call is no order: nobody asks for entitlement before somebody goes. What was said, who
it is when no file knows them, and where in words lie in the vault, by the call's id.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, Session, SQLModel, col, or_, select

from dispatch.people.offers import OfferState
from dispatch.people.places import ON_EARTH
from dispatch.store.columns import Instant, Json, facts, narrow, word

# Fields of the vault, by call; the last says what was found there.
WHAT, WHO, WHERE, ENDED = "what", "who", "where", "ended"


class HelpPlace(StrEnum):
    HOME = "home"
    ELSEWHERE = "elsewhere"  # a point that somebody showed on the map
    STATION = "station"  # nobody knows the point: reckoned from the station


class HelpOutcome(StrEnum):
    HELPED = "helped"
    HOSPITAL = "hospital"
    HANDED_ON = "handed_on"  # to 120, 119 or 110
    NOT_FOUND = "not_found"
    NOT_NEEDED = "not_needed"


class HelpCall(SQLModel, table=True):
    """One call, and its clock: called, accepted, on the way, on the scene, closed.

    `free_at` is when its helper is expected to be free again, `back_at` when they are
    expected at the next stop of their round. `act_at` is when nobody's doing anything
    becomes somebody's task: the sweep looks for it.
    """

    __tablename__ = "help_call"
    __table_args__ = (
        CheckConstraint(ON_EARTH, name="help_on_earth"),
        CheckConstraint(
            "(accepted_at IS NULL) = (helper_id IS NULL)",
            name="help_accepted_by_somebody",
        ),
        CheckConstraint(
            "accepted_at IS NOT NULL OR (on_way_at IS NULL AND on_scene_at IS NULL)",
            name="help_accepted_first",
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name="help_closed_by_outcome"
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)", name="help_closed_by_a_person"
        ),
        narrow(
            "one_call_at_a_time", "helper_id", where="closed_at IS NULL", unique=True
        ),
        narrow("help_to_act_on", "act_at", where="act_at IS NOT NULL"),
        Index("help_of_a_street", "street_code", "called_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID | None = Field(default=None, foreign_key="elder.id", index=True)
    station_id: UUID = Field(foreign_key="station.id", index=True)
    street_code: str = Field(foreign_key="street.code", max_length=12)
    service: str = Field(foreign_key="service.code", max_length=24)
    place: HelpPlace = Field(sa_type=word(HelpPlace))
    lat: float
    lon: float
    called_at: datetime = Field(sa_type=Instant)
    owner_id: UUID = Field(foreign_key="account.id")
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    on_way_at: datetime | None = Field(default=None, sa_type=Instant)
    on_scene_at: datetime | None = Field(default=None, sa_type=Instant)
    expected_at: datetime | None = Field(default=None, sa_type=Instant)
    free_at: datetime | None = Field(default=None, sa_type=Instant)
    back_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: HelpOutcome | None = Field(default=None, sa_type=word(HelpOutcome))
    closed_by: UUID | None = Field(default=None, foreign_key="account.id")
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    act_at: datetime | None = Field(default=None, sa_type=Instant)


class HelpAsk(SQLModel, table=True):
    """One helper was asked to go, until a moment, with what that would do to others.

    `effect` is what was told when they were asked: the times, and the orders that are
    reached later by it.
    """

    __tablename__ = "help_ask"
    __table_args__ = (
        narrow(
            "one_standing_ask",
            "call_id",
            where="state IN ('open', 'accepted')",
            unique=True,
        ),
        Index("asks_of_a_helper", "helper_id", "asked_at"),
        CheckConstraint("asked_at < expires_at", name="ask_forward"),
        CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name="ask_answered_once"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    call_id: UUID = Field(foreign_key="help_call.id", index=True)
    helper_id: UUID = Field(foreign_key="helper.id")
    state: OfferState = Field(default=OfferState.OPEN, sa_type=word(OfferState))
    asked_at: datetime = Field(sa_type=Instant)
    asked_by: UUID | None = Field(default=None, foreign_key="account.id")  # None: sweep
    expires_at: datetime = Field(sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    effect: Json = Field(
        default_factory=dict, sa_column=Column(facts(), nullable=False)
    )


STANDING: Final = (OfferState.OPEN, OfferState.ACCEPTED)


def find_call(session: Session, call_id: UUID) -> HelpCall | None:
    """A call, held and fresh, whoever may see it."""
    return session.get(HelpCall, call_id, with_for_update=True, populate_existing=True)


def list_asks(session: Session, call_ids: Collection[UUID]) -> list[HelpAsk]:
    """Whoever was asked for some calls, first to last."""
    query = select(HelpAsk).where(col(HelpAsk.call_id).in_(call_ids))
    return list(session.exec(query.order_by(col(HelpAsk.asked_at), col(HelpAsk.id))))


def find_standing(session: Session, call_id: UUID) -> HelpAsk | None:
    """Who is being asked, or has accepted."""
    query = select(HelpAsk).where(
        HelpAsk.call_id == call_id, col(HelpAsk.state).in_(STANDING)
    )
    return session.exec(query.execution_options(populate_existing=True)).first()


@dataclass(frozen=True)
class Away:
    """A helper is away from their round for a call, and is expected back.

    `back_at` is at the next stop of their round; None where they had none.
    """

    call_id: UUID
    from_at: datetime
    free_at: datetime
    back_at: datetime | None

    def expected(self, at: datetime, now: datetime) -> datetime:
        """When a stop that was to begin then can begin at the earliest."""
        return max(at, now, self.back_at or self.free_at)


def list_away(
    session: Session,
    helper_ids: Collection[UUID] | None = None,
    at: datetime | None = None,
) -> dict[UUID, Away]:
    """Which helpers are away for a call, by their id.

    Args:
        helper_ids: of these; None: of all.
        at: a moment that may have been; now when it is not told.
    """
    if helper_ids is not None and not helper_ids:
        return {}
    over = col(HelpCall.closed_at)
    query = select(HelpCall).where(
        col(HelpCall.helper_id).is_not(None),
        over.is_(None) if at is None else or_(over.is_(None), over > at),
    )
    if at is not None:
        query = query.where(col(HelpCall.accepted_at) <= at)
    away = {}
    for call in session.exec(query):  # a handful in a whole district
        asked = helper_ids is None or call.helper_id in helper_ids
        if asked and call.accepted_at and call.free_at:
            spent = (call.accepted_at, call.free_at, call.back_at)
            away[call.helper_id] = Away(call.id, *spent)
    return {helper_id: one for helper_id, one in away.items() if helper_id}
