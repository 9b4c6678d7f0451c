"""What coordinators have said of a wave's plan, and every later plan obeys.

Somebody is named for an order, an order is kept off the rounds, somebody works longer
today, the weather is bad. It holds until it is ended, or the wave is over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, and_
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, Json, narrow, word


class DirectionKind(StrEnum):
    PIN = "pin"  # this helper, or these two, and nobody else
    KEEP_OFF = "keep_off"  # it waits for a person, whoever plans
    SHIFT = "shift"  # this helper's shift ends so many seconds later
    MAX_WORK = "max_work"  # this helper works so many seconds longer today
    WEATHER = "weather"  # every way takes so many per cent of its time
    WINDOW = "window"  # this order's door closes so many seconds later
    KITCHEN_LATE = "kitchen_late"  # a kitchen's boxes are ready so much later


KEPT: Final = frozenset(
    {
        DirectionKind.PIN,
        DirectionKind.KEEP_OFF,
        DirectionKind.SHIFT,
        DirectionKind.MAX_WORK,
        DirectionKind.WEATHER,
    }
)
LONGER: Final = frozenset({DirectionKind.SHIFT, DirectionKind.MAX_WORK})
OF_AN_ORDER: Final = frozenset({DirectionKind.PIN, DirectionKind.KEEP_OFF})


@dataclass(frozen=True)
class Direction:
    """One thing that somebody wants of a plan.

    `partner_id` is the second of the two whom a pinned order for two people names.
    `value` is seconds for shift, max_work, window and kitchen_late, per cent for
    weather. `order_id` of shift and max_work is the order that it is done for;
    without a helper anybody's may be longer, and the plan finds out whose.
    """

    kind: DirectionKind
    order_id: UUID | None = None
    helper_id: UUID | None = None
    kitchen_id: UUID | None = None
    value: int | None = None
    partner_id: UUID | None = None

    @property
    def named(self) -> frozenset[UUID]:
        """Who is told to do it: nobody, one or two."""
        return frozenset(each for each in (self.helper_id, self.partner_id) if each)

    def to_json(self) -> Json:
        said = asdict(self)
        return {k: v if isinstance(v, int) else str(v) for k, v in said.items() if v}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Direction":
        ids = {
            name: UUID(said[name])
            for name in ("order_id", "helper_id", "kitchen_id", "partner_id")
            if name in said
        }
        kind = DirectionKind(said["kind"])
        return cls(kind=kind, value=said.get("value"), **ids)


class PlanDirection(SQLModel, table=True):
    """A direction that is in force for a wave until `ended_at`."""

    __tablename__ = "plan_direction"
    __table_args__ = (
        narrow("one_direction_each", "order_id", where="ended_at IS NULL", unique=True),
        CheckConstraint(
            "(kind IN ('pin', 'keep_off')) = (order_id IS NOT NULL)", name="whose_order"
        ),
        CheckConstraint(
            "(kind IN ('pin', 'shift', 'max_work')) = (helper_id IS NOT NULL)",
            name="whose_round",
        ),
        CheckConstraint(
            "(kind IN ('shift', 'max_work', 'weather')) = (value IS NOT NULL)",
            name="how_much",
        ),
        CheckConstraint("value BETWEEN 1 AND 86400", name="bounds"),
        CheckConstraint(
            "partner_id IS NULL OR kind = 'pin'", name="only_a_pin_is_for_two"
        ),
        CheckConstraint("partner_id <> helper_id", name="two_are_not_one"),
        CheckConstraint(
            "kind NOT IN ('window', 'kitchen_late')", name="others_are_done_at_once"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    wave_id: UUID = Field(foreign_key="wave.id", index=True)
    kind: DirectionKind = Field(sa_type=word(DirectionKind))
    order_id: UUID | None = Field(default=None, foreign_key="orders.id")
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    partner_id: UUID | None = Field(default=None, foreign_key="helper.id")
    value: int | None = None
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")
    ended_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def direction(self) -> Direction:
        return Direction(
            DirectionKind(self.kind),
            self.order_id,
            self.helper_id,
            value=self.value,
            partner_id=self.partner_id,
        )


def list_rows(session: Session, wave_id: UUID) -> list[PlanDirection]:
    """What is in force for a wave, first said first."""
    query = select(PlanDirection).where(
        PlanDirection.wave_id == wave_id, col(PlanDirection.ended_at).is_(None)
    )
    by = col(PlanDirection.made_at), col(PlanDirection.id)
    return list(session.exec(query.order_by(*by)))


def directions_for(
    session: Session, wave_id: UUID, asked: Iterable[Direction] = ()
) -> list[Direction]:
    """What is in force for a wave, with what somebody asks for in its stead."""
    wanted = list(asked)
    orders = {each.order_id for each in wanted if each.kind in OF_AN_ORDER}
    weather = any(each.kind is DirectionKind.WEATHER for each in wanted)
    stands = [
        each.direction
        for each in list_rows(session, wave_id)
        if each.order_id is None or each.order_id not in orders
    ]
    kept = [e for e in stands if not (weather and e.kind is DirectionKind.WEATHER)]
    return [*kept, *wanted]


def keep(
    session: Session,
    wave_id: UUID,
    asked: Iterable[Direction],
    *,
    at: datetime,
    by: UUID | None,
) -> None:
    """Put directions in force; each takes the place of what it contradicts.

    Longer duty adds to longer duty. Where nobody was found for it, nothing holds.
    """
    for each in asked:
        longer = each.kind in LONGER
        if each.kind not in KEPT or (longer and each.helper_id is None):
            continue
        own = each.kind in OF_AN_ORDER
        if not longer:
            end_rows(session, wave_id, each, at=at)
        session.add(
            PlanDirection(
                wave_id=wave_id,
                kind=each.kind,
                order_id=each.order_id if own else None,
                helper_id=each.helper_id,
                partner_id=each.partner_id,
                value=each.value,
                made_at=at,
                made_by=by,
            )
        )
        session.flush()


def end_rows(session: Session, wave_id: UUID, like: Direction, *, at: datetime) -> int:
    """End what is in force of the same order, of the whole wave's weather, or of the
    same helper's longer duty.

    Returns:
        how many were ended.
    """
    if like.kind in OF_AN_ORDER:
        same = col(PlanDirection.order_id) == like.order_id
    elif like.kind in KEPT:
        same = col(PlanDirection.kind) == like.kind
    else:
        return 0
    if like.kind in LONGER:
        same = and_(same, col(PlanDirection.helper_id) == like.helper_id)
    query = select(PlanDirection).where(
        PlanDirection.wave_id == wave_id, col(PlanDirection.ended_at).is_(None), same
    )
    rows = session.exec(query.with_for_update()).all()
    for row in rows:
        row.ended_at = at
        session.add(row)
    session.flush()
    return len(rows)
