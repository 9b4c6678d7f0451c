"""A helper's walk for tests: orders on a published round, and a phone that tells."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlmodel import Session, SQLModel, col, select

from dispatch.access.accounts import Role
from dispatch.field.batches import Batch
from dispatch.field.events import FieldEvent, flags_of
from dispatch.field.evidence import Evidence
from dispatch.field.sync import Answer, merge
from dispatch.log.events import list_story
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order, OrderState, move_order
from dispatch.people.elders import Elder
from dispatch.people.vault import seal
from dispatch.planning.plans import (
    Plan,
    PlanRound,
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    find_plan,
    list_rounds,
)
from dispatch.planning.waves import Wave
from dispatch.safety.cases import Case
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from tests.little_town import EIGHT, ELEVEN, LAT, LON, NOON, LittleTown

Row = TypeVar("Row", bound=SQLModel)
AT_DOOR = {"lat": LAT + 0.002, "lon": LON, "accuracy_m": 15, "datum": "wgs84"}
FORM = dict.fromkeys(("health", "mind", "safety", "hygiene", "home"), "good")
HALF_PAST = ELEVEN + timedelta(minutes=30)


@dataclass
class Walk:
    """One published round: a kitchen stop, then one door or visit per order."""

    town: LittleTown
    helper_id: UUID
    actor: Actor
    wave_id: UUID
    round_id: UUID
    pickup_id: UUID | None
    orders: list[UUID] = field(default_factory=list)
    stops: list[UUID] = field(default_factory=list)

    def post(self, batch: Batch, *, at: datetime | None = None) -> list[Answer]:
        """Send a batch; the answers as they come back."""
        if at:
            self.town.at(at)

        def do(uow: UnitOfWork) -> list[Answer]:
            return merge(uow, self.helper_id, batch).results

        return in_one_transaction(self.town.engine, do, actor=self.actor)

    def order(self, n: int = 0) -> Order:
        return self._get(Order, self.orders[n])

    def stop(self, n: int = 0) -> Stop:
        return self._get(Stop, self.stops[n])

    def round(self) -> Round:
        return self._get(Round, self.round_id)

    def elder(self, n: int = 0) -> Elder:
        return self._get(Elder, self.order(n).elder_id)

    def proofs(self, n: int = 0) -> list[Evidence]:
        with Session(self.town.engine) as session:
            query = select(Evidence).where(Evidence.order_id == self.orders[n])
            return list(session.exec(query.order_by(col(Evidence.counts).desc())))

    def cases(self) -> list[Case]:
        with Session(self.town.engine) as session:
            query = select(Case).where(col(Case.order_id).in_(self.orders))
            return list(session.exec(query))

    def cases_in(self, uow: UnitOfWork) -> list[UUID]:
        """The ids of the cases, read in the caller's own transaction."""
        query = select(Case.id).where(col(Case.order_id).in_(self.orders))
        return list(uow.session.exec(query))

    def stop_household(self, n: int = 0) -> UUID:
        return self.order(n).household_id

    def kept(self, event_id: str) -> FieldEvent:
        return self._get(FieldEvent, UUID(event_id))

    def flags(self, event_id: str) -> set[str]:
        with Session(self.town.engine) as session:
            return flags_of(session, [UUID(event_id)])[UUID(event_id)]

    def _get(self, model: type[Row], row_id: UUID) -> Row:
        with Session(self.town.engine) as session:
            return session.get_one(model, row_id)


def make_walk(
    town: LittleTown,
    *elders: UUID,
    visits: Sequence[UUID] = (),
    helper_id: UUID | None = None,
    published_at: datetime = ELEVEN,
    one_stop: bool = False,
    keep: bool = True,
) -> Walk:
    """Orders for these elders, planned on one helper's round, published at eleven."""
    helper_id = helper_id or town.add_helper()
    helper = town.add_account("helper", Role.HELPER, helper_id=helper_id)
    town.at(EIGHT)  # orders are placed in the morning
    placed = [_place(town, each, visit=False) for each in elders]
    placed += [_place(town, each, visit=True) for each in visits]

    def do(uow: UnitOfWork) -> Walk:
        return publish_walk(
            uow,
            town,
            helper,
            placed,
            published_at=published_at,
            one_stop=one_stop,
            keep=keep,
        )

    town.at(published_at)
    return in_one_transaction(town.engine, do)


def make_second_plan(town: LittleTown, walk: Walk) -> Walk:
    """The same orders on another helper's round, from twenty past eleven on."""
    helper = town.add_account("other", Role.HELPER, helper_id=town.add_helper())

    def do(uow: UnitOfWork) -> Walk:
        at = HALF_PAST - timedelta(minutes=10)
        return publish_walk(uow, town, helper, walk.orders, published_at=at)

    return in_one_transaction(town.engine, do)


def _place(town: LittleTown, elder_id: UUID, *, visit: bool) -> UUID:
    about: dict[str, Any] = (
        {"service": "VISIT_HOME", "channel": Channel.VISIT} if visit else {}
    )
    draft = town.lunch(elder_id, **about)

    def do(uow: UnitOfWork) -> UUID:
        return place_order(uow, draft, key=uuid4().hex).id

    return in_one_transaction(town.engine, do, actor=town.staff)


def publish_walk(
    uow: UnitOfWork,
    town: LittleTown,
    helper: Actor,
    order_ids: Sequence[UUID],
    *,
    published_at: datetime,
    one_stop: bool = False,
    keep: bool = False,
) -> Walk:
    """Make the next plan of the wave hold one round with these orders.

    `keep`: the rounds of the plan before stay in it.
    """
    session = uow.session
    orders = [session.get_one(Order, each) for each in order_ids]
    assert helper.helper_id
    wave = session.get_one(Wave, orders[0].wave_id)
    wave.plan_version += 1
    wave.shown_version = wave.plan_version
    plan = Plan(
        wave_id=wave.id,
        version=wave.plan_version,
        problem_sha256="0" * 64,
        published_at=published_at,
    )
    round_ = Round(
        wave_id=wave.id,
        helper_id=helper.helper_id,
        state=RoundState.READY,
        made_in_version=wave.plan_version,
        leaves_at=ELEVEN,
        ends_at=NOON,
        path=[[LAT, LON], [LAT + 0.002, LON]],
    )
    session.add_all([wave, plan, round_])
    session.flush()
    session.add(PlanRound(plan_id=plan.id, round_id=round_.id))
    before = find_plan(session, wave.id, wave.plan_version - 1)
    if keep and before is not None:
        for kept in list_rounds(session, before.id):
            session.add(PlanRound(plan_id=plan.id, round_id=kept.id))
    meals = [order for order in orders if order.is_meal]
    walk = Walk(town, helper.helper_id, helper, wave.id, round_.id, None)
    if meals:
        pickup = _stop(round_.id, 1, StopKind.PICKUP, kitchen_id=town.kitchen_id)
        walk.pickup_id = pickup.id
        _serve(session, pickup, meals)
    groups = [orders] if one_stop else [[order] for order in orders]
    for seq, group in enumerate(groups, start=2):
        kind = StopKind.DOOR if group[0].is_meal else StopKind.VISIT
        stop = _stop(round_.id, seq, kind, household_id=group[0].household_id)
        _serve(session, stop, group)
        walk.stops += [stop.id] * (len(group) if one_stop else 1)
    for order in orders:
        walk.orders.append(order.id)
        if order.state is OrderState.WAITING:
            order.plan_version = wave.plan_version
            move_order(uow, order, OrderState.PLANNED)
    return walk


def _serve(session: Session, stop: Stop, orders: Sequence[Order]) -> None:
    session.add(stop)
    session.flush()
    session.add_all(
        StopOrder(stop_id=stop.id, order_id=order.id, box=str(n))
        for n, order in enumerate(orders, start=1)
    )
    session.flush()


def _stop(round_id: UUID, seq: int, kind: StopKind, **place: Any) -> Stop:
    return Stop(
        round_id=round_id,
        seq=seq,
        kind=kind,
        lat=LAT,
        lon=LON,
        at=HALF_PAST,
        from_at=ELEVEN,
        until_at=NOON,
        leaves_at=HALF_PAST + timedelta(minutes=3),
        **place,
    )


def agree_contactless(town: LittleTown, elder_id: UUID) -> None:
    with Session(town.engine) as session:
        elder = session.get_one(Elder, elder_id)
        elder.contactless_agreed = True
        session.add(elder)
        seal(session, elder_id, {"card": "6228000000000001"})
        session.commit()


def story(town: LittleTown, subject_id: UUID) -> list[str]:
    """The kinds of what happened to a subject, first to last."""
    with Session(town.engine) as session:
        return [event.kind for event in list_story(session, subject_id)]
