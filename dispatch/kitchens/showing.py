"""A kitchen's day as its people see it: what is on, until when, what is missing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import MenuItem, Sitting, list_sittings
from dispatch.catalogue.week_menus import monday_of
from dispatch.clock import town_moment
from dispatch.kitchens.batches import Batch, MealBox, list_batches
from dispatch.kitchens.boxing import count_boxes
from dispatch.kitchens.menu_showing import MenuChange, list_changes
from dispatch.kitchens.reach import is_own, seen_kitchen
from dispatch.kitchens.readings import Reading, last_readings, list_readings
from dispatch.kitchens.samples import FoodSample, list_kept, samples_of
from dispatch.kitchens.tasting import TastingRow, show_tasting
from dispatch.kitchens.tastings import find_tasting
from dispatch.orders.orders import ENDED_STATES, Order, OrderState
from dispatch.planning.plans import Round, RoundState, Stop, StopKind, StopOrder
from dispatch.safety.cases import Case
from dispatch.safety.illness import BatchCase
from dispatch.store.unit_of_work import UnitOfWork

_DAY_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class BatchRow:
    """One batch. `late_boxes` are planned at a door after they must be eaten."""

    id: UUID
    number: str
    code: str
    dish: str
    portions: int
    boxes: int
    returnable: bool
    started_at: datetime
    cooked_at: datetime | None
    eat_by_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_why: str | None
    celsius: float | None
    celsius_at: datetime | None
    samples: int
    seals: str | None
    late_boxes: int
    case_open: bool


@dataclass(frozen=True, kw_only=True)
class MealRow:
    """One set meal: how many are ordered, and how many no batch cooks yet."""

    menu_item_id: UUID
    code: str
    name: str
    ordered: int
    open: int


@dataclass(frozen=True, kw_only=True)
class ServingRow:
    sitting_id: UUID
    serving: str
    cut_off_at: datetime
    ready_at: datetime
    eat_by_at: datetime
    counted: bool  # the cut-off is over, what is ordered stands
    closed: bool  # whoever did not come is known, what was left over has gone
    meals: list[MealRow]
    batches: list[BatchRow]


@dataclass(frozen=True, kw_only=True)
class SampleRow:
    id: UUID
    batch: str
    dish: str
    grams: int
    fridge: str
    taken_at: datetime
    keep_until_at: datetime
    due: bool  # it may be thrown away


@dataclass(frozen=True, kw_only=True)
class ReadingRow:
    id: UUID
    at: datetime
    place: str
    batch: str | None
    celsius: float
    in_range: bool
    action: str | None
    note: str


@dataclass(frozen=True, kw_only=True)
class KitchenDay:
    """One kitchen's day. `own`: the reader works here and may write."""

    kitchen_id: UUID
    kitchen: str
    own: bool
    on: date
    servings: list[ServingRow]
    samples: list[SampleRow]
    readings: list[ReadingRow]
    tasting: TastingRow | None
    changes: list[MenuChange]


def show_kitchen(uow: UnitOfWork, on: date, kitchen_id: UUID | None) -> KitchenDay:
    """A kitchen's day, in a stated number of queries however much is cooked.

    Raises:
        NotFound
    """
    session, kitchen = uow.session, seen_kitchen(uow, kitchen_id)
    sittings = list_sittings(session, on, kitchen.id)
    batches = list_batches(session, [one.id for one in sittings])
    numbers = {batch.id: batch.number for batch in batches}
    first, last = town_moment(on, 0), town_moment(on, _DAY_SECONDS)
    readings = list_readings(session, kitchen.id, first, last)
    week_on = monday_of(on)
    return KitchenDay(
        kitchen_id=kitchen.id,
        kitchen=kitchen.name,
        own=is_own(uow, kitchen),
        on=on,
        servings=_servings(session, sittings, batches),
        samples=_samples(uow, list_kept(session, kitchen.id)),
        readings=[_reading(one, numbers) for one in readings],
        tasting=None  # on whose round it rides is no affair of whoever only cooks
        if uow.actor.role == "kitchen"
        else show_tasting(session, find_tasting(session, kitchen.id, week_on)),
        changes=list_changes(uow, kitchen.id, week_on, week_on + timedelta(days=13)),
    )


def _servings(
    session: Session, sittings: Sequence[Sitting], batches: Sequence[Batch]
) -> list[ServingRow]:
    ids = [one.id for one in sittings]
    items = session.exec(
        select(MenuItem)
        .where(col(MenuItem.sitting_id).in_(ids))
        .order_by(col(MenuItem.code))
    ).all()
    ordered = _ordered(session, ids)
    begun: Counter[UUID] = Counter()
    for batch in batches:
        if batch.withdrawn_at is None:
            begun[batch.menu_item_id] += batch.portions
    rows = _batch_rows(session, batches, {item.id: item for item in items})
    return [
        ServingRow(
            sitting_id=one.id,
            serving=one.serving.value,
            cut_off_at=one.cut_off_at,
            ready_at=one.ready_at,
            eat_by_at=one.eat_by_at,
            counted=one.cooked is not None,
            closed=one.closed_at is not None,
            meals=[
                MealRow(
                    menu_item_id=item.id,
                    code=item.code,
                    name=item.name,
                    ordered=ordered[item.id],
                    open=max(0, ordered[item.id] - begun[item.id]),
                )
                for item in items
                if item.sitting_id == one.id
            ],
            batches=[rows[b.id] for b in batches if b.sitting_id == one.id],
        )
        for one in sorted(sittings, key=lambda each: each.ready_at)
    ]


def _ordered(session: Session, sitting_ids: Sequence[UUID]) -> Counter[UUID]:
    rows = session.exec(
        select(Order.menu_item_id, func.count())
        .where(col(Order.sitting_id).in_(sitting_ids))
        .where(Order.state != OrderState.CANCELLED)
        .group_by(col(Order.menu_item_id))
    )
    return Counter({item: int(number) for item, number in rows if item is not None})


def _batch_rows(
    session: Session, batches: Sequence[Batch], items: dict[UUID, MenuItem]
) -> dict[UUID, BatchRow]:
    ids = [one.id for one in batches]
    boxes, samples = count_boxes(session, ids), samples_of(session, ids)
    last, seals = last_readings(session, ids), _seals(session, ids)
    late, cases = _late_boxes(session, ids), _cases(session, ids)
    rows = {}
    for one in batches:
        item, read = items[one.menu_item_id], last.get(one.id)
        rows[one.id] = BatchRow(
            id=one.id,
            number=one.number,
            code=item.code,
            dish=item.name,
            portions=one.portions,
            boxes=boxes[one.id],
            returnable=one.returnable,
            started_at=one.started_at,
            cooked_at=one.cooked_at,
            eat_by_at=one.eat_by_at,
            withdrawn_at=one.withdrawn_at,
            withdrawn_why=one.withdrawn_why,
            celsius=read.tenths / 10 if read else None,
            celsius_at=read.taken_at if read else None,
            samples=len(samples[one.id]),
            seals=seals.get(one.id),
            late_boxes=late[one.id],
            case_open=one.id in cases,
        )
    return rows


def _seals(session: Session, batch_ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = session.exec(
        select(MealBox.batch_id, func.min(MealBox.seal), func.max(MealBox.seal))
        .where(col(MealBox.batch_id).in_(batch_ids), col(MealBox.seal).is_not(None))
        .group_by(col(MealBox.batch_id))
    )
    return {
        batch_id: str(first) if first == last else f"{first} – {last}"
        for batch_id, first, last in rows
    }


def _late_boxes(session: Session, batch_ids: Sequence[UUID]) -> Counter[UUID]:
    """Per batch the boxes whose door is planned after they must be eaten."""
    rows = session.exec(
        select(MealBox.batch_id, func.count(func.distinct(MealBox.order_id)))
        .join(Order, col(Order.id) == MealBox.order_id)
        .join(StopOrder, col(StopOrder.order_id) == MealBox.order_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .where(col(MealBox.batch_id).in_(batch_ids), Stop.kind == StopKind.DOOR)
        .where(Round.state != RoundState.DROPPED, Stop.at > MealBox.eat_by_at)
        .where(col(Order.state).not_in(ENDED_STATES))
        .group_by(col(MealBox.batch_id))
    )
    return Counter({batch_id: int(number) for batch_id, number in rows})


def _cases(session: Session, batch_ids: Sequence[UUID]) -> set[UUID]:
    query = (
        select(BatchCase.batch_id)
        .join(Case, col(Case.id) == BatchCase.case_id)
        .where(col(BatchCase.batch_id).in_(batch_ids), col(Case.closed_at).is_(None))
    )
    return set(session.exec(query))


def _samples(uow: UnitOfWork, kept: Sequence[FoodSample]) -> list[SampleRow]:
    query = select(Batch.id, Batch.number)
    ids = {one.batch_id for one in kept}
    numbers = dict(uow.session.exec(query.where(col(Batch.id).in_(ids))).all())
    return [
        SampleRow(
            id=one.id,
            batch=numbers[one.batch_id],
            dish=one.dish,
            grams=one.grams,
            fridge=one.fridge,
            taken_at=one.taken_at,
            keep_until_at=one.keep_until_at,
            due=one.keep_until_at <= uow.now,
        )
        for one in kept
    ]


def _reading(one: Reading, numbers: dict[UUID, str]) -> ReadingRow:
    return ReadingRow(
        id=one.id,
        at=one.taken_at,
        place=one.place.value,
        batch=numbers.get(one.batch_id) if one.batch_id else None,
        celsius=one.tenths / 10,
        in_range=one.in_range,
        action=one.action.value if one.action else None,
        note=one.note,
    )
