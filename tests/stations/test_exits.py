"""When a point exits, everybody and every open order of it finds a home, or none."""

from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Account, Role
from dispatch.catalogue.sittings import MenuItem, Serving, Sitting
from dispatch.clock import town_moment
from dispatch.log.events import list_story
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.elders import Elder, Household
from dispatch.people.helpers import Helper
from dispatch.people.operators import MicroPoint, Operation, stars_on
from dispatch.people.places import Kitchen, Station, StationKind
from dispatch.promises.checking import Look, Premises
from dispatch.promises.orders import check_orders
from dispatch.stations.entering import (
    KeeperMayNot,
    OneKeeper,
    PointDraft,
    enter_station,
    give_star,
)
from dispatch.stations.exiting import (
    ExitChanged,
    StillServing,
    exit_station,
    preview_exit,
)
from dispatch.stations.exits import (
    ExitedAlready,
    ExitPreview,
    FeedsOthers,
    NoOtherPoint,
)
from dispatch.stations.operating import (
    RunAlready,
    StillRuns,
    add_operator,
    end_operator,
    hand_to_operator,
)
from dispatch.stations.showing import list_points
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from tests.little_town import LAT, LON, STREET, TODAY, LittleTown

TOMORROW = TODAY + timedelta(days=1)


class Leaving:
    """The town's station, which leaves, and another one with its own kitchen."""

    def __init__(self, town: LittleTown, capacity: int = 1) -> None:
        self.town = town
        self.office = town.add_account("office", Role.DISTRICT)
        self.near = self._point("near", LAT + 0.003, capacity)
        self.far = self._point("far", LAT + 0.02, capacity)
        self._lunch(town.kitchen_id, 50)

    def _point(self, code: str, lat: float, capacity: int) -> UUID:
        kitchen = Kitchen(
            name=code, street_code=STREET, lat=lat, lon=LON, lunch_capacity=9
        )
        station = self.town.station(uuid4(), code, STREET)
        station.kitchen_id, station.lat = kitchen.id, lat
        with Session(self.town.engine, expire_on_commit=False) as session:
            session.add(kitchen)
            session.flush()
            session.add(station)
            session.commit()
        self._lunch(kitchen.id, capacity)
        return station.id

    def _lunch(self, kitchen_id: UUID, capacity: int) -> None:
        sitting = Sitting(
            id=uuid4(),
            kitchen_id=kitchen_id,
            serve_on=TOMORROW,
            serving=Serving.LUNCH,
            capacity=capacity,
            cut_off_at=town_moment(TOMORROW, 9 * 3600),
            ready_at=town_moment(TOMORROW, 10 * 3600),
            door_from_at=town_moment(TOMORROW, 11 * 3600),
            door_until_at=town_moment(TOMORROW, 12 * 3600),
            eat_by_at=town_moment(TOMORROW, 13 * 3600),
        )
        with Session(self.town.engine) as session:
            session.add(sitting)
            session.flush()
            session.add(
                MenuItem(sitting_id=sitting.id, code="A", name="豆腐", price_fen=1200)
            )
            session.commit()

    def order(self, elder: UUID, **about: Any) -> UUID:
        draft = self.town.lunch(elder, **({"serve_on": TOMORROW} | about))
        return in_one_transaction(
            self.town.engine,
            lambda uow: place_order(uow, draft, key=uuid4().hex),
            actor=self.town.staff,
        ).id

    def preview(self) -> ExitPreview:
        with picture(self.town.engine, self.office) as uow:
            return preview_exit(uow, self.town.station_id)

    def leave(self, digest: str) -> ExitPreview:
        return in_one_transaction(
            self.town.engine,
            lambda uow: exit_station(uow, self.town.station_id, digest),
            actor=self.office,
        )


def orders_of(town: LittleTown) -> dict[UUID, Order]:
    with Session(town.engine) as session:
        return {order.id: order for order in session.exec(select(Order))}


def test_elders_and_orders_move_to_the_nearest_point_in_one_step(
    town: LittleTown,
) -> None:
    here = Leaving(town)
    close, away = town.add_elder(), town.add_elder(lat=LAT + 0.019, lon=LON)
    lost = town.add_elder(lat=None, lon=None)
    town.add_helper()
    visit = here.order(close, service="VISIT_HOME", channel=Channel.VISIT)
    seated = here.order(close)
    town.at(town_moment(TODAY, 8 * 3600 + 1))  # the last portion goes by time
    full = here.order(lost, channel=Channel.DINE_IN, service="MEAL_DINEIN")

    seen = here.preview()

    assert {(home.station_id, home.elders) for home in seen.homes} == {
        (here.near, 2),
        (here.far, 1),
    }
    counts = (seen.orders_moved, seen.orders_reseated, seen.orders_held)
    assert (seen.elders, *counts) == (3, 1, 1, 1)
    assert (seen.helpers, seen.accounts, seen.still_open) == (1, 1, 0)

    assert here.leave(seen.digest) == seen

    with Session(town.engine) as session:
        homes = {e.id: e.station_id for e in session.exec(select(Elder))}
        doors = {d.station_id for d in session.exec(select(Household))}
        assert session.get_one(Station, town.station_id).exited_on == TODAY
        assert not session.get_one(Account, town.staff.account_id).active
        assert {h.station_id for h in session.exec(select(Helper))} == {here.near}
        look = Look()
        check_orders(Premises(session, None), look)
        story = [event.kind for event in list_story(session, seated)]
    assert homes == {close: here.near, away: here.far, lost: here.near}
    assert doors == {here.near, here.far}
    orders = orders_of(town)
    assert {o.station_id for o in orders.values()} == {here.near}
    assert orders[visit].state is orders[seated].state is OrderState.WAITING
    assert orders[seated].price_fen == 1200
    assert (orders[full].state, orders[full].reason) == ("held", "station_exit")
    assert story == ["order.placed", "order.new_point"]
    assert look.broken == []
    with pytest.raises(ExitedAlready):
        here.preview()


def test_an_exit_that_was_not_previewed_so_does_nothing(town: LittleTown) -> None:
    here = Leaving(town)
    elder = town.add_elder()
    seen = here.preview()
    order = here.order(elder)

    with pytest.raises(ExitChanged):
        here.leave(seen.digest)
    today = here.order(elder, serve_on=TODAY)
    with pytest.raises(StillServing):
        here.leave(here.preview().digest)

    orders = orders_of(town)
    assert {orders[order].station_id, orders[today].station_id} == {town.station_id}
    with Session(town.engine) as session:
        assert session.get_one(Elder, elder).station_id == town.station_id


def test_nobody_exits_who_feeds_others_or_is_the_last(town: LittleTown) -> None:
    office = town.add_account("office", Role.DISTRICT)
    town.add_elder()

    def look() -> ExitPreview:
        with picture(town.engine, office) as uow:
            return preview_exit(uow, town.station_id)

    with pytest.raises(NoOtherPoint):
        look()
    with Session(town.engine) as session:
        session.add(town.station(uuid4(), "fed", STREET))
        session.commit()
    with pytest.raises(FeedsOthers):
        look()


def test_points_enter_with_star_operator_and_a_keeper_of_their_own(
    town: LittleTown,
) -> None:
    keeper = town.add_helper()
    office = town.add_account("office", Role.DISTRICT)
    draft = PointDraft(
        code="m1",
        name="三号楼睦邻点",
        kind=StationKind.MICRO_POINT,
        street_code=STREET,
        kitchen_id=town.kitchen_id,
        lat=LAT,
        lon=LON,
        phone="01088880001",
        keeper_id=keeper,
        radius_metres=150,
    )

    def open_point(uow: UnitOfWork) -> UUID:
        point = enter_station(uow, draft)
        give_star(uow, point.id, 3, TODAY)
        first = add_operator(uow, "清河社区服务中心", None, TODAY - timedelta(days=9))
        second = add_operator(uow, "幸福里", None, TODAY)
        hand_to_operator(uow, point.id, first.id, TODAY - timedelta(days=5))
        hand_to_operator(uow, point.id, first.id, TODAY + timedelta(days=3))
        hand_to_operator(uow, point.id, second.id, TODAY)
        give_star(uow, point.id, 5, TODAY + timedelta(days=30))
        with pytest.raises(RunAlready):
            hand_to_operator(uow, point.id, first.id, TODAY)
        with pytest.raises(StillRuns):
            end_operator(uow, second.id, TODAY)
        end_operator(uow, first.id, TODAY)
        return point.id

    made = in_one_transaction(town.engine, open_point, actor=office)

    with Session(town.engine) as session:
        point = session.get_one(Station, made)
        runs = session.exec(select(Operation).order_by("from_on")).all()
        kept = session.get_one(MicroPoint, made)
        helper = session.get_one(Helper, keeper)
    assert (point.star, point.entered_on, kept.keeper_id) == (3, TODAY, keeper)
    assert helper.paper
    assert [run.until_on for run in runs] == [TODAY - timedelta(days=1), None]
    with picture(town.engine, office) as seen:
        stars = stars_on(seen.session, [point], TODAY + timedelta(days=30))
        [row] = [one for one in list_points(seen) if one.id == made]
    assert (stars[made], row.star, row.operator) == (5, 3, "幸福里")
    child = town.add_helper(born_on=date(TODAY.year - 15, 1, 1))
    resting = town.add_helper(suspended=True)
    for unfit, why in (
        (keeper, OneKeeper),
        (child, KeeperMayNot),
        (resting, KeeperMayNot),
    ):
        again = PointDraft(**(vars(draft) | {"code": "m2", "keeper_id": unfit}))
        with pytest.raises(why):
            in_one_transaction(
                town.engine, partial(enter_station, draft=again), actor=office
            )
