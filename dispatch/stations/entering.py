"""Points enter and get their stars; micro-points open under a keeper."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict, NotFound
from dispatch.people.datum import to_wgs84
from dispatch.people.elders import Datum
from dispatch.people.helpers import Helper
from dispatch.people.operators import MicroPoint, StarGiven, list_stars, stars_on
from dispatch.people.places import Kitchen, Station, StationKind, Street
from dispatch.stations.exits import must_be_open
from dispatch.stations.telling import tell_point
from dispatch.store.unit_of_work import UnitOfWork


class CodeTaken(Conflict):
    """这个站点编号已经有了，没有保存。"""

    code = "code_taken"


class OneKeeper(Conflict):
    """这位助老员已经负责另一个睦邻点，没有保存。"""

    code = "one_keeper"


class KeeperMayNot(Conflict):
    """睦邻点的负责人须年满十八周岁、没有停岗，没有保存。"""

    code = "keeper_may_not"


class OneKitchen(BadInput):
    """请选一个供餐厨房，或填写自己厨房的午餐份数，没有保存。"""

    code = "one_kitchen"


@dataclass(frozen=True, kw_only=True)
class PointDraft:
    """A point that opens; a micro-point names its keeper and its radius."""

    code: str
    name: str
    kind: StationKind
    street_code: str
    lat: float
    lon: float
    phone: str
    datum: Datum = Datum.WGS84
    kitchen_id: UUID | None = None  # another's, or
    lunch_capacity: int | None = None  # one of its own
    rural: bool = False
    keeper_id: UUID | None = None
    radius_metres: int = 500


def enter_station(uow: UnitOfWork, draft: PointDraft) -> Station:
    """A new point, open from today on. A micro-point's keeper works by paper.

    Raises:
        NotFound: no such street or kitchen, or no such keeper within reach.
        BadPoint, OneKitchen, CodeTaken, OneKeeper, KeeperMayNot: nothing was kept.
    """
    if uow.session.get(Street, draft.street_code) is None:
        raise NotFound("没有找到这个街道。")
    lat, lon = to_wgs84(draft.lat, draft.lon, draft.datum)
    station = Station(
        id=uuid4(),
        code=draft.code,
        name=draft.name,
        kind=draft.kind,
        street_code=draft.street_code,
        kitchen_id=_kitchen(uow, draft),
        lat=lat,
        lon=lon,
        phone=draft.phone,
        rural=draft.rural,
        entered_on=town_day(uow.now),
    )
    _keep(uow, station, CodeTaken)
    if draft.kind is StationKind.MICRO_POINT:
        _give_keeper(uow, station, draft)
    tell_point(uow, station, "station.entered", {"kind": draft.kind.value})
    return station


def give_star(uow: UnitOfWork, station_id: UUID, star: int, from_on: date) -> Station:
    """The star of a point from a day on; the days before keep theirs.

    Raises:
        NotFound: no such point within reach.
        ExitedAlready
    """
    station = must_be_open(get_scoped(uow, Station, station_id, lock=True))
    if station.entered_on < from_on and not list_stars(uow.session, station.id):
        _keep_star(uow, station, station.star, station.entered_on)
    _keep_star(uow, station, star, from_on)
    station.star = stars_on(uow.session, [station], town_day(uow.now))[station.id]
    uow.session.add(station)
    said = {"star": star, "from_on": from_on.isoformat()}
    tell_point(uow, station, "station.star", said)
    return station


def _keep_star(uow: UnitOfWork, station: Station, star: int, from_on: date) -> None:
    uow.session.merge(StarGiven(station_id=station.id, from_on=from_on, star=star))
    uow.session.flush()


def _kitchen(uow: UnitOfWork, draft: PointDraft) -> UUID:
    """The kitchen that feeds it; one of its own stands at the same place."""
    if (draft.kitchen_id is None) is (draft.lunch_capacity is None):
        raise OneKitchen
    if draft.kitchen_id is not None:
        if uow.session.get(Kitchen, draft.kitchen_id) is None:
            raise NotFound("没有找到这个厨房。")
        return draft.kitchen_id
    lat, lon = to_wgs84(draft.lat, draft.lon, draft.datum)
    own = Kitchen(
        id=uuid4(),
        name=f"{draft.name}厨房"[:60],
        street_code=draft.street_code,
        lat=lat,
        lon=lon,
        lunch_capacity=draft.lunch_capacity or 0,
    )
    uow.session.add(own)
    uow.session.flush()
    return own.id


def _give_keeper(uow: UnitOfWork, station: Station, draft: PointDraft) -> None:
    if draft.keeper_id is None:
        raise NotFound("睦邻点要有一位负责人。")
    keeper = get_scoped(uow, Helper, draft.keeper_id, lock=True)
    if keeper.suspended or keeper.is_minor_on(town_day(uow.now)):
        raise KeeperMayNot
    keeper.paper, keeper.station_id = True, station.id
    uow.session.add(keeper)
    point = MicroPoint(
        station_id=station.id, keeper_id=keeper.id, radius_metres=draft.radius_metres
    )
    _keep(uow, point, OneKeeper)


def _keep(uow: UnitOfWork, row: Station | MicroPoint, twin: type[Conflict]) -> None:
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
            uow.session.flush()
    except IntegrityError as known:
        raise twin from known
