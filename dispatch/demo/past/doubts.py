"""What became of doubts in the made-up past: answered, concluded, appealed."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, select

from dispatch.demo.past.desks import Desks, Then, after
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.anomaly import Anomaly, AnomalyState
from dispatch.subsidy.anomalies.concluding import Verdict, appeal, conclude, reply
from dispatch.subsidy.months.signing import sign_step
from dispatch.subsidy.months.steps import Step

_CLEARED: Final = "已调取当日记录并电话核实，情况属实"
_CONFIRMED: Final = "驿站说明与记录不符，认定属实，不予补贴"
_REPLY: Final = "当日人手紧张，请街道核实"
_APPEAL: Final = "老人可以作证，请求复议"


def hear_some(then: Then, desks: Desks, month: str) -> None:
    """Some doubts are answered, some concluded, one appealed; the rest waits.

    The station with the fewest is through, and has confirmed its month.
    """
    first = after(month, 9)
    waiting = _waiting(then, first, month)
    stations = {one.station_id: one for one in desks.stations}
    least = min(stations, key=lambda at: sum(one.station_id == at for one in waiting))
    for n, one in enumerate(waiting):
        if one.station_id == least or n % 3 == 0:
            at = first + timedelta(minutes=6 * n)
            _hear(then, desks, one, at, n if one.station_id != least else None)

    def confirm(uow: UnitOfWork) -> None:
        sign_step(uow, month, Step.CONFIRM)

    then.do(after(month, 12), confirm, stations[least])


def _hear(
    then: Then, desks: Desks, one: Anomaly, at: datetime, turn: int | None
) -> None:
    """The station's word; then for every second the street's, which is not always kind.

    Args:
        turn: of the doubts that were heard; None where each is to be cleared.
    """
    station = next(a for a in desks.stations if a.station_id == one.station_id)
    street = next(a for a in desks.streets if a.street_code == one.street_code)
    then.do(at, lambda uow: reply(uow, one.id, _REPLY), station)
    if turn is not None and turn % 6:
        return
    denied = turn is not None and turn % 12 == 0
    verdict = Verdict.CONFIRMED if denied else Verdict.CLEARED
    words = _CONFIRMED if denied else _CLEARED
    later = at + timedelta(days=1)
    then.do(later, lambda uow: conclude(uow, one.id, verdict, words), street)
    if turn == 0:
        at = later + timedelta(days=1)
        then.do(at, lambda uow: appeal(uow, one.id, _APPEAL), station)


def _waiting(then: Then, at: datetime, month: str) -> list[Anomaly]:
    def look(uow: UnitOfWork) -> list[Anomaly]:
        query = select(Anomaly).where(Anomaly.period == month)
        query = query.where(Anomaly.state == AnomalyState.OPEN)
        return list(uow.session.exec(query.order_by(col(Anomaly.key))))

    return then.do(at, look)
