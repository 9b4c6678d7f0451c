"""Plans, pauses, changes, walk-ins and no-shows never lose a meal, nor double one."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import Serving
from dispatch.counter.serving import Handing, Identity, serve, walk_in
from dispatch.errors import Refusal
from dispatch.orders.cancelling import cancel_order, undo_cancel
from dispatch.orders.keeping_plans import PlanDraft, keep_plan, preview_plan
from dispatch.orders.ordering import Override, place_order
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.orders.pausing import PauseDraft, pause, resume
from dispatch.orders.sitting_close import close_sitting, cook
from dispatch.orders.standing_run import run_standing
from dispatch.people.pauses import Pause, PauseReason
from dispatch.promises.checking import Look, Premises
from dispatch.promises.orders import check_orders
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.engines import SQLITE, Engines
from tests.little_town import ELEVEN, TODAY, LittleTown

ELDERS: Final = 3
_WAYS: Final = {
    Channel.DINE_IN: "MEAL_DINEIN",
    Channel.PICKUP: "MEAL_PICKUP",
    Channel.DELIVERY: "MEAL_DELIVERY",
}
who = st.integers(0, ELDERS - 1)
way = st.sampled_from(list(_WAYS))
deeds = st.one_of(
    st.tuples(st.sampled_from(["order", "plan", "late"]), who, way),
    st.tuples(
        st.sampled_from(["cancel", "undo", "pause", "resume", "serve", "walk_in"]),
        who,
        st.just(Channel.DINE_IN),
    ),
    st.tuples(
        st.sampled_from(["night", "cut_off", "close"]), who, st.just(Channel.DINE_IN)
    ),
)


class Lunch:
    """One lunch, and everything that can happen to it."""

    def __init__(self, town: LittleTown) -> None:
        self.town = town
        self.elders = [town.add_elder() for _ in range(ELDERS)]

    def do(self, name: str, at: int, channel: Channel) -> None:
        """Try it; what is refused must change nothing."""
        elder_id = self.elders[at]
        try:
            if name == "night":
                while run_standing(self.town.engine):
                    pass
            elif name == "cut_off":
                self.town.at(ELEVEN)
                self._change(lambda uow: cook(uow, self.town.sitting_id))
            else:
                self._change(lambda uow: self._act(uow, name, elder_id, channel))
        except Refusal:
            pass

    def _act(
        self, uow: UnitOfWork, name: str, elder_id: UUID, channel: Channel
    ) -> object:
        draft = self.town.lunch(elder_id, channel=channel, service=_WAYS[channel])
        key = uuid4().hex
        match name:
            case "order":
                return place_order(uow, draft, key=key)
            case "late":
                late = Override("cut_off", "刚回来")
                wanted = self.town.lunch(
                    elder_id, channel=channel, service=_WAYS[channel], override=late
                )
                return place_order(uow, wanted, key=key)
            case "walk_in":
                return walk_in(uow, draft, Identity.CARD, None, key=key)
            case "plan":
                plan = PlanDraft(
                    elder_id,
                    frozenset({TODAY.weekday()}),
                    Serving.LUNCH,
                    channel,
                    TODAY,
                )
                return keep_plan(uow, plan, preview_plan(uow, plan).seen)
            case "pause":
                wanted_pause = PauseDraft(elder_id, TODAY, PauseReason.AWAY)
                return pause(uow, wanted_pause, key=key)
            case "close":
                return close_sitting(uow, self.town.sitting_id)
        return self._act_on_what_is_there(uow, name, elder_id)

    def _act_on_what_is_there(
        self, uow: UnitOfWork, name: str, elder_id: UUID
    ) -> object:
        if name == "resume":
            query = select(Pause.id).where(Pause.elder_id == elder_id)
            standing = uow.session.exec(query.where(col(Pause.resumed_on).is_(None)))
            found = standing.first()
            return found and resume(uow, found)
        mine = select(Order.id).where(Order.elder_id == elder_id)
        order_id = uow.session.exec(mine.order_by(col(Order.number))).first()
        act: dict[str, Callable[[UUID], object]] = {
            "cancel": lambda one: cancel_order(uow, one, "by_elder"),
            "undo": lambda one: undo_cancel(uow, one),
            "serve": lambda one: serve(uow, one, Handing(Identity.CARD)),
        }
        return order_id and act[name](order_id)

    def _change(self, do: Callable[[UnitOfWork], object]) -> None:
        in_one_transaction(self.town.engine, do, actor=self.town.staff)

    def must_tie(self) -> None:
        """The promise about orders holds, and nobody has two lunches."""
        with Session(self.town.engine) as session:
            look = Look()
            check_orders(Premises(session=session), look)
            live = session.exec(
                select(Order.elder_id).where(Order.state != OrderState.CANCELLED)
            )
            twice = [one for one, many in Counter(live).items() if many > 1]
        assert look.broken == []
        assert twice == []


def play(engines: Engines, todo: list[tuple[str, int, Channel]]) -> None:
    """Everything in its order; the sums are looked at after each deed."""
    with engines.fresh(SQLITE) as url, engines.engine(url) as engine:
        lunch = Lunch(LittleTown(engine))
        for name, at, channel in todo:
            lunch.do(name, at, channel)
            lunch.must_tie()
        lunch.town.at(ELEVEN + timedelta(hours=3))
        lunch.do("close", 0, Channel.DINE_IN)
        lunch.must_tie()


@given(todo=st.lists(deeds, min_size=5, max_size=12))
@settings(max_examples=6)
def test_whatever_happens_every_portion_is_where_it_says(
    engines: Engines, todo: list[tuple[str, int, Channel]]
) -> None:
    play(engines, todo)


@pytest.mark.long
@pytest.mark.timeout(1_800)
@given(todo=st.lists(deeds, min_size=10, max_size=30))
@settings(max_examples=200)
def test_whatever_happens_for_long_every_portion_is_where_it_says(
    engines: Engines, todo: list[tuple[str, int, Channel]]
) -> None:
    play(engines, todo)
