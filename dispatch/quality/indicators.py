"""Indicators (信用管理): what the events of some months say of helpers and points.

Nothing here is typed in. What counts against somebody is a finding that a person has
confirmed, after hearing them; an appeal that succeeds takes it away again.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from dispatch.access.scope import scoped
from dispatch.field.evidence import Evidence
from dispatch.field.honest_times import is_honest
from dispatch.orders.orders import Order, OrderState
from dispatch.orders.showing import label_helpers
from dispatch.people.helpers import Helper
from dispatch.people.operators import list_operations
from dispatch.people.places import Station
from dispatch.quality.call_backs import SPOKEN, Answer, CallBack
from dispatch.quality.complaints import Complaint, ComplaintOutcome
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.anomaly import Anomaly, AnomalyState

Whose = Literal["helper", "station"]


@dataclass(frozen=True, kw_only=True)
class Indicators:
    """One helper, or one point and who runs it.

    `seen` is of those done; `on_time` of those `timed`, whose moment a phone or the
    counter kept itself: what was typed in later proves no time. `asked`,
    `agreed` and `content` of call-backs that were answered; `confirmed` are findings
    that stand.
    """

    id: UUID
    name: str
    operator: str | None = None
    done: int = 0
    timed: int = 0
    on_time: int = 0
    seen: int = 0
    failed: int = 0
    asked: int = 0
    agreed: int = 0
    content: float | None = None
    complaints: int = 0
    upheld: int = 0
    open: int = 0
    confirmed: int = 0
    cleared: int = 0


def list_indicators(
    uow: UnitOfWork, whose: Whose, from_on: date, until_on: date
) -> list[Indicators]:
    """Within reach, those with confirmed findings first, then by name.

    Six queries, however many people; both days belong to it.
    """
    names = _points(uow, until_on) if whose == "station" else _people(uow)
    found: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for rows in (
        _orders(uow, whose, from_on, until_on),
        _calls(uow, whose, from_on, until_on),
        _complaints(uow, whose, from_on, until_on),
        _anomalies(uow, whose, from_on, until_on),
    ):
        for who, figures in rows.items():
            found[who] |= figures
    told = [
        replace(names[who], **figures) for who, figures in found.items() if who in names
    ]
    return sorted(told, key=lambda one: (-one.confirmed, -one.upheld, one.name))


def _points(uow: UnitOfWork, on: date) -> dict[UUID, Indicators]:
    stations = uow.session.exec(scoped(uow.actor, Station)).all()
    runs = list_operations(uow.session, [one.id for one in stations], on)
    return {
        one.id: Indicators(
            id=one.id,
            name=one.name,
            operator=runs[one.id].name if one.id in runs else None,
        )
        for one in stations
    }


def _people(uow: UnitOfWork) -> dict[UUID, Indicators]:
    query: Any = scoped(uow.actor, Helper).with_only_columns(col(Helper.id))
    ids = list(uow.session.exec(query))
    names = label_helpers(uow.session, ids)
    return {one: Indicators(id=one, name=names.get(one, "")) for one in ids}


def _orders(uow: UnitOfWork, whose: Whose, from_on: date, until_on: date) -> Any:
    who: Any = col(Evidence.helper_id if whose == "helper" else Order.station_id)
    done = col(Order.state) == OrderState.DONE
    timed = done & is_honest()
    in_time = col(Evidence.at) <= col(Order.window_until_at)
    columns: tuple[Any, ...] = (
        who,
        _count(done),
        _count(timed),
        _count(timed & in_time),
        _count(done & col(Order.grade).in_(["A", "B"])),
        _count(Order.state == OrderState.FAILED),
    )
    query: Any = (
        select(*columns)
        .outerjoin(
            Evidence, (col(Evidence.order_id) == Order.id) & col(Evidence.counts)
        )
        .where(col(Order.serve_on).between(from_on, until_on))
        .where(who.is_not(None))
        .group_by(who)
    )
    words = ("done", "timed", "on_time", "seen", "failed")
    return _figures(uow.session, query, words)


def _calls(uow: UnitOfWork, whose: Whose, from_on: date, until_on: date) -> Any:
    who: Any = col(CallBack.helper_id if whose == "helper" else CallBack.station_id)
    columns: tuple[Any, ...] = (
        who,
        _count(col(CallBack.answer).in_(SPOKEN)),
        _count(CallBack.answer == Answer.FITS),
        func.avg(CallBack.content),
    )
    query: Any = (
        select(*columns)
        .where(col(CallBack.service_on).between(from_on, until_on), who.is_not(None))
        .group_by(who)
    )
    found = _figures(uow.session, query, ("asked", "agreed", "content"))
    for figures in found.values():
        if (mean := figures["content"]) is not None:
            figures["content"] = round(float(mean), 1)
    return found


def _complaints(uow: UnitOfWork, whose: Whose, from_on: date, until_on: date) -> Any:
    who: Any = col(Complaint.helper_id if whose == "helper" else Complaint.station_id)
    upheld = col(Complaint.outcome).in_(
        [ComplaintOutcome.UPHELD, ComplaintOutcome.PARTLY]
    )
    columns: tuple[Any, ...] = (who, func.count(), _count(upheld))
    query: Any = (
        select(*columns)
        .where(col(Complaint.got_on).between(from_on, until_on), who.is_not(None))
        .group_by(who)
    )
    return _figures(uow.session, query, ("complaints", "upheld"))


def _anomalies(uow: UnitOfWork, whose: Whose, from_on: date, until_on: date) -> Any:
    who: Any = col(Anomaly.helper_id if whose == "helper" else Anomaly.station_id)
    waits = col(Anomaly.state).in_([AnomalyState.OPEN, AnomalyState.APPEALED])
    columns: tuple[Any, ...] = (
        who,
        _count(waits),
        _count(Anomaly.state == AnomalyState.CONFIRMED),
        _count(Anomaly.state == AnomalyState.CLEARED),
    )
    query: Any = (
        select(*columns)
        .where(col(Anomaly.service_on).between(from_on, until_on), who.is_not(None))
        .group_by(who)
    )
    return _figures(uow.session, query, ("open", "confirmed", "cleared"))


def _count(is_so: Any) -> Any:
    return func.sum(case((is_so, 1), else_=0))


def _figures(
    session: Session, query: Any, words: tuple[str, ...]
) -> dict[UUID, dict[str, Any]]:
    return {
        row[0]: dict(zip(words, row[1:], strict=True)) for row in session.exec(query)
    }
