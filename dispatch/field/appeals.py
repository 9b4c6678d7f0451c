"""Appeals against a grade (凭证申诉): a fact that the phone could not tell.

Nobody sets a grade, on appeal neither: somebody names what the proof got wrong, a
second person finds whether it is so, and the grade is computed again with that fact.
A box past its time stays past its time, whoever appeals.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.field.events import Trust
from dispatch.field.grading import HandFacts, Place, VisitFacts
from dispatch.field.merging import HONEST
from dispatch.store.columns import Instant, narrow, word


class Claim(StrEnum):
    """What the proof got wrong."""

    PLACE = "place"  # the phone's position was wrong: it says nothing
    TIME = "time"  # it was on time; the phone's clock was not
    NAMED = "named"  # who took it is known by name
    AGREED = "agreed"  # leaving it there was agreed on paper
    LASTED = "lasted"  # the visit began before somebody tapped


OF_MEALS: Final = frozenset({Claim.PLACE, Claim.TIME, Claim.NAMED, Claim.AGREED})
OF_VISITS: Final = frozenset({Claim.PLACE, Claim.TIME, Claim.LASTED})


class GradeAppeal(SQLModel, table=True):
    """One appeal; its words are in the vault. Who decides it is never who asked."""

    __tablename__ = "grade_appeal"
    __table_args__ = (
        CheckConstraint(
            "(upheld IS NULL) = (decided_at IS NULL) "
            "AND (upheld IS NULL) = (decided_by IS NULL)",
            name="decided_whole",
        ),
        CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by", name="two_people"
        ),
        CheckConstraint(
            "(claim = 'lasted') = (minutes IS NOT NULL)", name="minutes_of_a_visit"
        ),
        CheckConstraint("minutes BETWEEN 1 AND 720", name="some_minutes"),
        narrow(
            "one_open_appeal", "field_event_id", where="upheld IS NULL", unique=True
        ),
        Index("appeals_of_a_proof", "field_event_id"),
        Index("appeals_of_a_station", "station_id", "asked_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    field_event_id: UUID = Field(foreign_key="field_event.id")
    order_id: UUID = Field(foreign_key="orders.id", index=True)
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    claim: Claim = Field(sa_type=word(Claim))
    minutes: int | None = None
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=Instant)
    upheld: bool | None = None
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Instant)


def upheld_of(session: Session, field_event_id: UUID) -> list[GradeAppeal]:
    """What a second person found to be so about this proof."""
    query = select(GradeAppeal).where(
        GradeAppeal.field_event_id == field_event_id, col(GradeAppeal.upheld).is_(True)
    )
    return list(session.exec(query.order_by(col(GradeAppeal.id))))


def hand_facts_as_found(facts: HandFacts, found: Collection[GradeAppeal]) -> HandFacts:
    """The facts of a handing-over with what was found on appeal."""
    claims = {one.claim for one in found}
    return replace(
        facts,
        place=_place(facts.place, claims),
        in_window=facts.in_window or Claim.TIME in claims,
        trust=_trust(facts.trust, claims),
        named=facts.named or Claim.NAMED in claims,
        agreed=facts.agreed or Claim.AGREED in claims,
    )


def visit_facts_as_found(
    facts: VisitFacts, found: Collection[GradeAppeal]
) -> VisitFacts:
    """The facts of a visit with what was found on appeal."""
    claims = {one.claim for one in found}
    minutes = [one.minutes for one in found if one.minutes is not None]
    lasted = max([facts.lasted_seconds or 0, *(each * 60 for each in minutes)])
    return replace(
        facts,
        place=_place(facts.place, claims),
        in_window=facts.in_window or Claim.TIME in claims,
        trust=_trust(facts.trust, claims),
        lasted_seconds=lasted if minutes else facts.lasted_seconds,
    )


def _place(place: Place, claims: Collection[Claim]) -> Place:
    """A position that was wrong is none: nobody can say afterwards that it fitted."""
    wrong = Claim.PLACE in claims and place is Place.ELSEWHERE
    return Place.UNKNOWN if wrong else place


def _trust(trust: Trust, claims: Collection[Claim]) -> Trust:
    doubted = trust not in HONEST and Claim.TIME in claims
    return Trust.CORRECTED if doubted else trust
