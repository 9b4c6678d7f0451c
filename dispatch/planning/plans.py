"""Plans: immutable versions made of rounds; a round lives on while it is the same."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Index,
    Integer,
    UniqueConstraint,
    and_,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import Select

from dispatch.errors import NotFound
from dispatch.planning.waves import Wave
from dispatch.store.columns import Instant, Json, facts, word


def _own_version(context: DefaultExecutionContext) -> int:
    said: dict[str, int] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return said["version"]


class Plan(SQLModel, table=True):
    """One published version of a wave's plan, and what decided it.

    The rounds of a version that only adds stand beside those of `base_version` and of
    the versions since, which it does not name again; 0: nothing is beneath. Every
    other version stands alone: it is its own base.
    """

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("wave_id", "version", name="one_version"),
        CheckConstraint("base_version BETWEEN 0 AND version", name="base"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    wave_id: UUID = Field(foreign_key="wave.id", index=True)
    version: int = Field(ge=1)
    base_version: int = Field(
        default=None, sa_column=Column(Integer, nullable=False, default=_own_version)
    )
    request_id: UUID | None = Field(default=None, foreign_key="plan_request.id")
    decided_by: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    fallback: bool = False  # the solver failed; the quick plan was published
    travel_seconds: int = 0
    left_out: Json = Field(
        default_factory=dict, sa_column=Column(facts(), nullable=False)
    )
    problem_sha256: str = Field(max_length=64)
    published_at: datetime = Field(sa_type=Instant)


class RoundState(StrEnum):
    READY = "ready"  # published; nothing is taken yet
    LOADED = "loaded"  # the boxes are counted at the kitchen
    UNDER_WAY = "under_way"
    ENDED = "ended"
    DROPPED = "dropped"  # a later plan has another round instead


GOING_STATES = frozenset({RoundState.LOADED, RoundState.UNDER_WAY})


class Round(SQLModel, table=True):
    """One helper's way through one wave, in the order of its stops."""

    __tablename__ = "round"
    __table_args__ = (
        Index("rounds_of_a_helper", "helper_id", "leaves_at"),
        Index("rounds_that_leave", "leaves_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    wave_id: UUID = Field(foreign_key="wave.id", index=True)
    helper_id: UUID = Field(foreign_key="helper.id")
    state: RoundState = Field(sa_type=word(RoundState))
    made_in_version: int = Field(ge=1)
    leaves_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    path: list[list[float]] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )  # [lat, lon] along the streets


class PlanRound(SQLModel, table=True):
    """This round belongs to this plan; an unchanged round belongs to several.

    In the plans from a base to the last that adds to it each round stands once.
    """

    __tablename__ = "plan_round"

    plan_id: UUID = Field(foreign_key="plan.id", primary_key=True)
    round_id: UUID = Field(foreign_key="round.id", primary_key=True, index=True)


class StopKind(StrEnum):
    PICKUP = "pickup"  # at a kitchen
    DOOR = "door"  # boxes for one door or building
    VISIT = "visit"


class StopState(StrEnum):
    OPEN = "open"
    ARRIVED = "arrived"
    DONE = "done"


class Stop(SQLModel, table=True):
    """One place on a round; at a door it may serve several orders and persons."""

    __tablename__ = "stop"
    __table_args__ = (
        UniqueConstraint("round_id", "seq", name="one_stop_each"),
        CheckConstraint(
            "(kitchen_id IS NULL) <> (household_id IS NULL)", name="one_place"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    round_id: UUID = Field(foreign_key="round.id", index=True)
    seq: int = Field(ge=1)
    kind: StopKind = Field(sa_type=word(StopKind))
    kitchen_id: UUID | None = Field(default=None, foreign_key="kitchen.id")
    household_id: UUID | None = Field(default=None, foreign_key="household.id")
    lat: float
    lon: float
    at: datetime = Field(sa_type=Instant)  # planned beginning of service
    from_at: datetime = Field(sa_type=Instant)
    until_at: datetime = Field(sa_type=Instant)
    leaves_at: datetime = Field(sa_type=Instant)  # planned end of service
    state: StopState = Field(default=StopState.OPEN, sa_type=word(StopState))
    arrived_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def served_at(self) -> datetime:
        """When the work here should be done: who came late is given its time, too."""
        return (self.arrived_at or self.at) + (self.leaves_at - self.at)


class StopOrder(SQLModel, table=True):
    """This order is handled at this stop, in this box.

    What needs two people is handled at two stops, of two rounds, at one time. Whoever
    gives an order back gives it back for both, at one moment; the stops stand,
    without it.
    """

    __tablename__ = "stop_order"

    stop_id: UUID = Field(foreign_key="stop.id", primary_key=True)
    order_id: UUID = Field(foreign_key="orders.id", primary_key=True, index=True)
    box: str = Field(default="", max_length=8)
    given_back_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def given_back(self) -> bool:
        """At this stop it is not to be done any more."""
        return self.given_back_at is not None


def not_given_back() -> ColumnElement[bool]:
    """The order is still to be done at this stop."""
    return col(StopOrder.given_back_at).is_(None)


def get_round(session: Session, round_id: UUID, *, lock: bool = False) -> Round:
    """Raises: NotFound."""
    found = session.get(
        Round, round_id, with_for_update=lock or None, populate_existing=lock
    )
    if found is None:
        raise NotFound("没有找到这条路线。")
    return found


def find_plan(session: Session, wave_id: UUID, version: int) -> Plan | None:
    """One version of a wave's plan."""
    return session.exec(
        select(Plan).where(Plan.wave_id == wave_id, Plan.version == version)
    ).first()


def stands_in(shown: type[Plan]) -> ColumnElement[bool]:
    """The rounds of a plan stand in another one, too: in itself, or in what adds to it.

    Args:
        shown: the other one, as an alias.
    """
    return and_(
        col(Plan.wave_id) == col(shown.wave_id),
        col(Plan.version).between(col(shown.base_version), col(shown.version)),
    )


def is_in_force() -> ColumnElement[bool]:
    """The rounds of a plan stand in the plan that its wave shows."""
    shown = aliased(Plan)
    in_the_shown = (
        select(shown.id)
        .where(stands_in(shown), col(shown.version) == col(Wave.shown_version))
        .where(col(shown.wave_id) == col(Wave.id))
    )
    return in_the_shown.correlate(Plan, Wave).exists()


def rounds_in_force(on: date) -> Select[Round, Wave]:
    """The rounds of a day that stand in the plans shown, with their waves, by start."""
    return (
        select(Round, Wave)
        .join(Wave, col(Wave.id) == Round.wave_id)
        .join(PlanRound, col(PlanRound.round_id) == Round.id)
        .join(Plan, col(Plan.id) == PlanRound.plan_id)
        .where(Wave.serve_on == on, is_in_force())
        .where(Round.state != RoundState.DROPPED)
        .order_by(col(Round.leaves_at), col(Round.id))
    )


def list_rounds(session: Session, plan_id: UUID) -> list[Round]:
    """The rounds that stand in a plan, by their start."""
    shown = aliased(Plan)
    return list(
        session.exec(
            select(Round)
            .join(PlanRound, col(PlanRound.round_id) == Round.id)
            .join(Plan, col(Plan.id) == PlanRound.plan_id)
            .join(shown, stands_in(shown))
            .where(shown.id == plan_id)
            .order_by(col(Round.leaves_at), col(Round.id))
        )
    )


def list_stops(session: Session, round_id: UUID) -> list[Stop]:
    """The stops of a round, first to last."""
    query = select(Stop).where(Stop.round_id == round_id)
    return list(session.exec(query.order_by(col(Stop.seq))))


def find_carriers(session: Session, wave_id: UUID) -> dict[UUID, list[UUID]]:
    """The helper of each order, or both, for the rounds of a wave that stand."""
    query = (
        select(StopOrder.order_id, Round.helper_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .where(Round.wave_id == wave_id, Round.state != RoundState.DROPPED)
        .where(Stop.kind != StopKind.PICKUP, not_given_back())
        .order_by(col(Round.leaves_at), col(Round.id))
    )
    carriers: dict[UUID, list[UUID]] = {}
    for order_id, helper_id in session.exec(query):
        carriers.setdefault(order_id, []).append(helper_id)
    return carriers


def list_rounds_of_wave(
    session: Session, wave_id: UUID, *, lock: bool = False
) -> list[Round]:
    """The rounds of a wave that stand, by id."""
    query = (
        select(Round)
        .where(Round.wave_id == wave_id, Round.state != RoundState.DROPPED)
        .order_by(col(Round.id))
        .execution_options(populate_existing=lock)
    )
    return list(session.exec(query.with_for_update() if lock else query))


def list_stop_orders(
    session: Session, round_ids: Iterable[UUID]
) -> list[tuple[Stop, StopOrder]]:
    """What happens at the stops of some rounds, in the order of each round."""
    query = (
        select(Stop, StopOrder)
        .join(StopOrder, col(StopOrder.stop_id) == Stop.id)
        .where(col(Stop.round_id).in_(list(round_ids)))
        .order_by(col(Stop.round_id), col(Stop.seq), col(StopOrder.order_id))
    )
    return [(stop, served) for stop, served in session.exec(query)]
