"""Points enter, get their stars and operators; micro-points open under a keeper."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict, NotFound
from dispatch.log.audit import write_down
from dispatch.log.events import record
from dispatch.people.helpers import Helper
from dispatch.people.operators import MicroPoint, Operation, Operator, StarGiven
from dispatch.people.places import Kitchen, Station, StationKind
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork


class CodeTaken(Conflict):
    """这个站点编号已经有了，没有保存。"""

    code = "code_taken"


class OneKeeper(Conflict):
    """这位助老员已经负责另一个睦邻点，没有保存。"""

    code = "one_keeper"


class OperatorGone(BadInput):
    """这家运营商当时不在册，没有保存。"""

    code = "operator_gone"


@dataclass(frozen=True, kw_only=True)
class PointDraft:
    """A point that opens; a micro-point names its keeper and its radius."""

    code: str
    name: str
    kind: StationKind
    street_code: str
    kitchen_id: UUID
    lat: float
    lon: float
    phone: str
    rural: bool = False
    keeper_id: UUID | None = None
    radius_metres: int = 500


def enter_station(uow: UnitOfWork, draft: PointDraft) -> Station:
    """A new point, open from today on. A micro-point's keeper works by paper.

    Raises:
        NotFound: no such kitchen, or no such keeper within reach.
        CodeTaken, OneKeeper: nothing was kept.
    """
    if uow.session.get(Kitchen, draft.kitchen_id) is None:
        raise NotFound("没有找到这个厨房。")
    station = Station(
        id=uuid4(),
        code=draft.code,
        name=draft.name,
        kind=draft.kind,
        street_code=draft.street_code,
        kitchen_id=draft.kitchen_id,
        lat=draft.lat,
        lon=draft.lon,
        phone=draft.phone,
        rural=draft.rural,
        entered_on=town_day(uow.now),
    )
    _keep(uow, station, CodeTaken)
    if draft.kind is StationKind.MICRO_POINT:
        _give_keeper(uow, station, draft)
    _tell(uow, station, "station.entered", {"kind": draft.kind.value})
    return station


def give_star(uow: UnitOfWork, station_id: UUID, star: int, from_on: date) -> Station:
    """The star of a point from a day on; earlier months keep theirs.

    Raises:
        NotFound: no such point within reach.
    """
    station = get_scoped(uow, Station, station_id, lock=True)
    uow.session.merge(StarGiven(station_id=station.id, from_on=from_on, star=star))
    if from_on <= town_day(uow.now):
        station.star = star
        uow.session.add(station)
    _tell(uow, station, "station.star", {"star": star, "from_on": from_on.isoformat()})
    return station


def add_operator(
    uow: UnitOfWork, name: str, credit_code: str | None, entered_on: date
) -> Operator:
    """An organisation that may run points. Raises: CodeTaken."""
    made = Operator(
        id=uuid4(), name=name, credit_code=credit_code, entered_on=entered_on
    )
    _keep(uow, made, CodeTaken)
    write_down(uow, "add_operator", "operator", made.id)
    return made


def hand_to_operator(
    uow: UnitOfWork, station_id: UUID, operator_id: UUID, from_on: date
) -> Operation:
    """From a day on this operator runs the point; the one before ends the day before.

    Raises:
        NotFound: no such point within reach, or no such operator.
        OperatorGone: not on the books on that day.
    """
    station = get_scoped(uow, Station, station_id, lock=True)
    operator = uow.session.get(Operator, operator_id)
    if operator is None:
        raise NotFound("没有找到这家运营商。")
    over = operator.exited_on is not None and operator.exited_on < from_on
    if over or from_on < operator.entered_on:
        raise OperatorGone
    running = select(Operation).where(
        Operation.station_id == station.id, col(Operation.until_on).is_(None)
    )
    for operation in uow.session.exec(running).all():
        operation.until_on = max(from_on - timedelta(days=1), operation.from_on)
        uow.session.add(operation)
    uow.session.flush()
    made = Operation(
        id=uuid4(), station_id=station.id, operator_id=operator.id, from_on=from_on
    )
    uow.session.add(made)
    uow.session.flush()
    _tell(uow, station, "station.operator", {"from_on": from_on.isoformat()})
    return made


def _give_keeper(uow: UnitOfWork, station: Station, draft: PointDraft) -> None:
    if draft.keeper_id is None:
        raise NotFound("睦邻点要有一位负责人。")
    keeper = get_scoped(uow, Helper, draft.keeper_id, lock=True)
    keeper.paper, keeper.station_id = True, station.id
    uow.session.add(keeper)
    point = MicroPoint(
        station_id=station.id, keeper_id=keeper.id, radius_metres=draft.radius_metres
    )
    _keep(uow, point, OneKeeper)


def _keep(
    uow: UnitOfWork, row: Station | Operator | MicroPoint, twin: type[Conflict]
) -> None:
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
            uow.session.flush()
    except IntegrityError as known:
        raise twin from known


def _tell(uow: UnitOfWork, station: Station, kind: str, facts: Json) -> None:
    scope = {"station_id": station.id, "street_code": station.street_code}
    record(uow, kind, "station", station.id, facts=facts, **scope)
