"""Orders that are wanted at once: somebody leaves, beside the plan that stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count

from sqlmodel import Session

from dispatch.catalogue.sittings import Serving
from dispatch.clock import set_clock
from dispatch.orders.orders import OrderState
from dispatch.people.helpers import TravelMode
from dispatch.planning.begun import list_begun
from dispatch.planning.on_demand.means import Means, TravelOf
from dispatch.planning.on_demand.minding import Minder
from dispatch.planning.plans import RoundState, list_rounds_of_wave
from dispatch.planning.roads import travel_of
from dispatch.planning.spots import Spot
from dispatch.store.unit_of_work import picture
from routing import Matrix, Speed
from tests.little_town import ELEVEN, LittleTown
from tests.planning.lunch_wave import order_lunch, order_of, order_visit, plan, wave_of


def test_somebody_leaves_in_time_and_not_before(town: LittleTown) -> None:
    town.add_helper()
    ready_at = ELEVEN + timedelta(minutes=30)
    wanted = order_lunch(town, ready_at=ready_at)
    minder = Minder(town.engine)
    town.at(ELEVEN)
    assert minder.look() == 0
    assert order_of(town, wanted).state is OrderState.WAITING
    town.at(ready_at)
    assert minder.look() == 1
    order = order_of(town, wanted)
    assert (order.state, order.plan_version) == (OrderState.PLANNED, 1)
    assert minder.look() == 0


def test_a_plan_and_an_order_wanted_at_once_leave_each_other_alone(
    town: LittleTown,
) -> None:
    for _ in range(2):
        town.add_helper()
    planned = order_lunch(town)
    wanted = order_lunch(town, ready_at=ELEVEN)
    plan(town)
    assert order_of(town, wanted).state is OrderState.WAITING
    before = order_of(town, planned)
    town.at(ELEVEN)
    assert Minder(town.engine).look() == 1
    assert order_of(town, planned).state is before.state
    assert order_of(town, wanted).state is OrderState.PLANNED
    with picture(town.engine) as seen:
        wave_id = order_of(town, wanted).wave_id
        assert wave_id is not None
        rounds = list_rounds_of_wave(seen.session, wave_id)
        assert {each.state for each in rounds} == {RoundState.READY}
        begun = list_begun(seen.session, wave_id, seen.now)
        assert any(each.made_in_version == 2 for each in begun)


def test_somebody_leaves_while_the_clock_runs(town: LittleTown) -> None:
    town.add_helper()
    wanted = order_lunch(town, ready_at=ELEVEN)
    run_from(town, ELEVEN, speed=2)
    assert Minder(town.engine, Means(grace_seconds=60)).look() == 1
    assert order_of(town, wanted).state is OrderState.PLANNED


def test_a_trip_whose_moment_is_past_makes_no_empty_plan(town: LittleTown) -> None:
    town.add_helper()
    wanted = order_lunch(town, ready_at=ELEVEN)
    run_from(town, ELEVEN, speed=600)
    assert Minder(town.engine, Means(grace_seconds=0)).look() == 0
    assert order_of(town, wanted).state is OrderState.WAITING
    assert wave_of(town).plan_version == 0


def test_one_wave_in_trouble_keeps_no_other_from_leaving(town: LittleTown) -> None:
    for _ in range(2):
        town.add_helper()
    window = (ELEVEN, ELEVEN + timedelta(hours=1))
    lunch = order_visit(town, window=window, ready_at=ELEVEN)
    other = order_visit(town, window=window, ready_at=ELEVEN, serving=Serving.DINNER)
    town.at(ELEVEN)
    assert Minder(town.engine, Means(travel=_breaks_at_first())).look() == 1
    states = {order_of(town, each).state for each in (lunch, other)}
    assert states == {OrderState.WAITING, OrderState.PLANNED}


def run_from(town: LittleTown, at: datetime, *, speed: float) -> None:
    """From now on time goes by, as it does in production."""
    with Session(town.engine) as session:
        set_clock(session, at, speed=speed)
        session.commit()


def _breaks_at_first() -> TravelOf:
    asked = count()

    def travel(
        modes: Iterable[TravelMode], spots: Sequence[Spot]
    ) -> Mapping[str, Speed | Matrix]:
        if next(asked) == 0:
            raise ZeroDivisionError
        return travel_of(modes, spots)

    return travel
