"""Standing plans: what an elder eats on which weekday until they say otherwise."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.catalogue.sittings import Serving
from dispatch.orders.orders import Channel
from dispatch.store.columns import Instant, narrow, word

_MEAL_CHANNEL = "channel IN ('delivery','pickup','proxy','dine_in')"


class StandingPlan(SQLModel, table=True):
    """One meal of one weekday, from a day on, perhaps until another.

    Several may lie over each other: the one made last counts, so that a plan for a
    fortnight gives way to the lasting one when it is over. `dish` is the key on the
    grid (A, B …), or None for whatever suits.
    """

    __tablename__ = "standing_plan"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="a_weekday"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="plan_forward"),
        CheckConstraint(_MEAL_CHANNEL, name="plan_of_a_meal"),
        narrow("standing_plans_in_force", "weekday", where="ended_at IS NULL"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    weekday: int = Field(ge=0, le=6)  # 0 is Monday
    serving: Serving = Field(sa_type=word(Serving))
    dish: str | None = Field(default=None, max_length=2)
    channel: Channel = Field(sa_type=word(Channel))
    from_on: date
    until_on: date | None = None
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    made_at: datetime = Field(sa_type=Instant)
    number: int = Field(default=0, ge=0)  # which of an elder's plans was made later
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_why: str | None = Field(default=None, max_length=60)

    def covers(self, on: date) -> bool:
        """This plan speaks of this day."""
        if self.ended_at is not None or on.weekday() != self.weekday:
            return False
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


class Outcome(StrEnum):
    MADE = "made"  # an order was made, whatever became of it
    MISSED = "missed"  # not made; why says the refusal's code; tried again each night
    SETTLED = "settled"  # not made, and somebody decided so; never tried again


class StandingDay(SQLModel, table=True):
    """What the nightly run did about one elder's one meal. One row, one decision.

    The key is what makes the run repeatable: whoever finds the row does nothing.
    """

    __tablename__ = "standing_day"
    __table_args__ = (
        CheckConstraint(
            "(outcome = 'made') = (order_id IS NOT NULL)", name="made_has_order"
        ),
        CheckConstraint(
            "(outcome = 'made') = (why IS NULL)", name="what_is_missing_says_why"
        ),
        Index("standing_days_of_a_day", "serve_on", "outcome"),
    )

    elder_id: UUID = Field(foreign_key="elder.id", primary_key=True)
    serve_on: date = Field(primary_key=True)
    serving: Serving = Field(sa_type=word(Serving), primary_key=True)
    plan_id: UUID = Field(foreign_key="standing_plan.id")
    outcome: Outcome = Field(sa_type=word(Outcome))
    order_id: UUID | None = Field(default=None, foreign_key="orders.id", unique=True)
    why: str | None = Field(default=None, max_length=40)
    tried_at: datetime = Field(sa_type=Instant)


class StandingRun(SQLModel, table=True):
    """One night's run: begun, and, when nothing was left to do, done."""

    __tablename__ = "standing_run"

    run_on: date = Field(primary_key=True)
    began_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


def plan_for(
    plans: Iterable[StandingPlan], on: date, serving: Serving
) -> StandingPlan | None:
    """The plan that counts on a day: of those that speak of it, the one made last."""
    speaking = [plan for plan in plans if plan.serving is serving and plan.covers(on)]
    return max(speaking, key=lambda plan: plan.number, default=None)


def list_plans(session: Session, elder_id: UUID) -> list[StandingPlan]:
    """An elder's plans in force or to come, in the order in which they were made."""
    query = select(StandingPlan).where(
        StandingPlan.elder_id == elder_id, col(StandingPlan.ended_at).is_(None)
    )
    return list(session.exec(query.order_by(col(StandingPlan.number))))


def list_plans_of(session: Session, elder_ids: Collection[UUID]) -> list[StandingPlan]:
    """The plans of several elders that are in force or to come; one query."""
    query = select(StandingPlan).where(
        col(StandingPlan.elder_id).in_(elder_ids), col(StandingPlan.ended_at).is_(None)
    )
    return list(session.exec(query.order_by(col(StandingPlan.number))))


def find_day(
    session: Session, elder_id: UUID, on: date, serving: Serving
) -> StandingDay | None:
    """What was done about this meal, if anything."""
    return session.get(StandingDay, (elder_id, on, serving), populate_existing=True)
