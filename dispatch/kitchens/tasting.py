"""Drawing and probing the week's test meal."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import Sitting
from dispatch.catalogue.week_menus import monday_of
from dispatch.errors import Conflict, NotFound
from dispatch.kitchens.reach import seen_kitchen
from dispatch.kitchens.readings import Place, is_right
from dispatch.kitchens.tastings import Tasting, find_tasting
from dispatch.log.events import record
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.elders import Household
from dispatch.people.vault import unseal
from dispatch.planning.plans import Round, RoundState, Stop, StopKind, StopOrder
from dispatch.store.unit_of_work import UnitOfWork


class NobodyCarriesIt(Conflict):
    """这一餐没有送餐路线，试餐无法登记，没有保存。"""

    code = "nobody_carries_it"


@dataclass(frozen=True, kw_only=True)
class TastingRow:
    """The week's test meal: on whose round it rides, to where, and how hot it was."""

    id: UUID
    week_on: date
    serve_on: date
    serving: str
    helper: str
    building: str
    at: datetime | None
    celsius: float | None
    passed: bool | None
    probed_at: datetime | None


def draw_tasting(uow: UnitOfWork, sitting: Sitting) -> Tasting | None:
    """Draw at a cut-off whether this serving sends the week's test meal.

    Each serving of the week that carries meals has the same chance; the last one
    sends it if none did. The draw follows from the sitting's own id, which nobody
    chose, so that it can be done again.
    """
    week_on = monday_of(sitting.serve_on)
    if find_tasting(uow.session, sitting.kitchen_id, week_on):
        return None
    if not _carries(uow.session, sitting):
        return None
    seed = hashlib.sha256(sitting.id.bytes).hexdigest()
    if int(seed, 16) % _left(uow.session, sitting, week_on):
        return None
    drawn = Tasting(
        kitchen_id=sitting.kitchen_id, week_on=week_on, sitting_id=sitting.id, seed=seed
    )
    uow.session.add(drawn)
    uow.session.flush()
    return drawn


def probe_tasting(
    uow: UnitOfWork, tasting_id: UUID, tenths: int, words: str = ""
) -> Tasting:
    """Keep how hot the test meal was at its last stop. It is probed once.

    Raises:
        NotFound, NobodyCarriesIt
        Conflict: it was probed before.
    """
    tasting = uow.session.get(
        Tasting, tasting_id, with_for_update=True, populate_existing=True
    )
    if tasting is None:
        raise NotFound("没有找到这份试餐。")
    kitchen = seen_kitchen(uow, tasting.kitchen_id)
    if tasting.tenths is not None:
        raise Conflict("这份试餐已经登记过，没有再次保存。")
    ride = find_ride(uow.session, tasting)
    if ride is None:
        raise NobodyCarriesIt
    tasting.round_id, tasting.stop_id = ride[0].id, ride[1].id
    tasting.tenths, tasting.words = tenths, words
    tasting.probed_at, tasting.probed_by = uow.now, uow.actor.account_id
    uow.session.add(tasting)
    right = is_right(Place.BATCH, tenths)
    record(
        uow,
        "tasting.probed",
        "tasting",
        tasting.id,
        facts={"tenths": tenths, "passed": right},
        station_id=uow.actor.station_id,
        street_code=kitchen.street_code,
        state="passed" if right else "cold",
    )
    return tasting


def find_ride(session: Session, tasting: Tasting) -> tuple[Round, Stop] | None:
    """The round that takes the test meal, and its last door, as the plan stands."""
    if tasting.round_id is not None and tasting.stop_id is not None:
        stop = session.get_one(Stop, tasting.stop_id)
        return session.get_one(Round, tasting.round_id), stop
    rows = session.exec(
        select(Round, Stop)
        .join(Stop, col(Stop.round_id) == Round.id)
        .join(StopOrder, col(StopOrder.stop_id) == Stop.id)
        .join(Order, col(Order.id) == StopOrder.order_id)
        .where(Order.sitting_id == tasting.sitting_id, Stop.kind == StopKind.DOOR)
        .where(Round.state != RoundState.DROPPED)
        .order_by(col(Round.id), col(Stop.seq))
    )
    last = {round_.id: (round_, stop) for round_, stop in rows}
    rides = list(last.values())
    return rides[int(tasting.seed, 16) % len(rides)] if rides else None


def show_tasting(session: Session, tasting: Tasting | None) -> TastingRow | None:
    """The test meal as the kitchen and the street see it."""
    if tasting is None:
        return None
    sitting = session.get_one(Sitting, tasting.sitting_id)
    ride = find_ride(session, tasting)
    helper, building = "", ""
    if ride is not None:
        round_, stop = ride
        names = unseal(session, [round_.helper_id], ["name"])
        helper = names[round_.helper_id].get("name", "？")
        building = session.get_one(Household, stop.household_id).building
    return TastingRow(
        id=tasting.id,
        week_on=tasting.week_on,
        serve_on=sitting.serve_on,
        serving=sitting.serving.value,
        helper=helper,
        building=building,
        at=ride[1].at if ride else None,
        celsius=None if tasting.tenths is None else tasting.tenths / 10,
        passed=None
        if tasting.tenths is None
        else is_right(Place.BATCH, tasting.tenths),
        probed_at=tasting.probed_at,
    )


def _carries(session: Session, sitting: Sitting) -> bool:
    query = select(Order.id).where(
        Order.sitting_id == sitting.id,
        Order.channel == Channel.DELIVERY,
        Order.state != OrderState.CANCELLED,
    )
    return session.exec(query.limit(1)).first() is not None


def _left(session: Session, sitting: Sitting, week_on: date) -> int:
    """How many such servings are still to come in the week, this one among them."""
    query = select(Sitting.id).where(
        Sitting.kitchen_id == sitting.kitchen_id,
        Sitting.serving == sitting.serving,
        col(Sitting.serve_on).between(sitting.serve_on, week_on + timedelta(days=6)),
    )
    return len(session.exec(query).all())
