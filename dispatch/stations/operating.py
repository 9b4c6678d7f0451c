"""Operators come and go; a point is handed from one to the next by the day."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict, NotFound
from dispatch.log.audit import write_down
from dispatch.people.operators import Operation, Operator
from dispatch.people.places import Station
from dispatch.stations.exits import must_be_open
from dispatch.stations.telling import tell_point
from dispatch.store.unit_of_work import UnitOfWork


class OperatorKnown(Conflict):
    """同名或同信用代码的运营商已经在册，没有保存。"""

    code = "operator_known"


class OperatorGone(BadInput):
    """这家运营商当时不在册，没有保存。"""

    code = "operator_gone"


class RunAlready(Conflict):
    """那天起已由后来的运营商负责，没有保存。交接日期要在它接手之后。"""

    code = "run_already"


class StillRuns(Conflict):
    """这家运营商那天之后还负责站点，没有保存。请先把站点交接给别家。"""

    code = "still_runs"


def add_operator(
    uow: UnitOfWork, name: str, credit_code: str | None, entered_on: date
) -> Operator:
    """An organisation that may run points. Raises: OperatorKnown."""
    made = Operator(
        id=uuid4(), name=name, credit_code=credit_code, entered_on=entered_on
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(made)
            uow.session.flush()
    except IntegrityError as known:
        raise OperatorKnown from known
    write_down(uow, "add_operator", "operator", made.id)
    return made


def end_operator(uow: UnitOfWork, operator_id: UUID, last_on: date) -> Operator:
    """Its last day on the books.

    Raises:
        NotFound
        OperatorGone: the day lies before its first.
        StillRuns: a point is in its hands after that day.
    """
    operator = _get(uow, operator_id)
    if last_on < operator.entered_on:
        raise OperatorGone
    query = select(Operation.id).where(
        Operation.operator_id == operator.id,
        col(Operation.until_on).is_(None) | (col(Operation.until_on) > last_on),
    )
    if uow.session.exec(query).first() is not None:
        raise StillRuns
    operator.exited_on = last_on
    uow.session.add(operator)
    write_down(uow, "end_operator", "operator", operator.id)
    return operator


def hand_to_operator(
    uow: UnitOfWork, station_id: UUID, operator_id: UUID, from_on: date
) -> Operation:
    """From a day on this operator runs the point; the one before ends the day before.

    A hand-over that was agreed and has not begun yet gives way to the new one.

    Raises:
        NotFound: no such point within reach, or no such operator.
        ExitedAlready
        OperatorGone: not on the books on that day.
        RunAlready: somebody has begun there on that day or later.
    """
    station = must_be_open(get_scoped(uow, Station, station_id, lock=True))
    operator = _get(uow, operator_id)
    over = operator.exited_on is not None and operator.exited_on < from_on
    if over or from_on < operator.entered_on:
        raise OperatorGone
    end_runs(uow, station, from_on)
    made = Operation(
        id=uuid4(), station_id=station.id, operator_id=operator.id, from_on=from_on
    )
    uow.session.add(made)
    uow.session.flush()
    tell_point(uow, station, "station.operator", {"from_on": from_on.isoformat()})
    return made


def _get(uow: UnitOfWork, operator_id: UUID) -> Operator:
    query = select(Operator).where(Operator.id == operator_id).with_for_update()
    if found := uow.session.exec(query).first():
        return found
    raise NotFound("没有找到这家运营商。")


def end_runs(uow: UnitOfWork, station: Station, from_on: date) -> None:
    """Nobody runs the point from that day on; who has begun by then is not unmade.

    Raises:
        RunAlready
    """
    query = select(Operation).where(
        Operation.station_id == station.id,
        col(Operation.until_on).is_(None) | (col(Operation.until_on) >= from_on),
    )
    for run in uow.session.exec(query).all():
        if run.from_on < from_on:
            run.until_on = from_on - timedelta(days=1)
            uow.session.add(run)
        elif run.from_on > town_day(uow.now):
            uow.session.delete(run)
        else:
            raise RunAlready
    uow.session.flush()
