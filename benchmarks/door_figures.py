"""What `closed_doors` tells of a day: cases, answers, rings; and what must hold."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from benchmarks.door_people import percentile
from dispatch.orders.orders import Order, OrderState
from dispatch.safety.case_book import first_answers, worst
from dispatch.safety.cases import Case, CaseKind, CaseStep
from dispatch.safety.duty import Alarm, CaseDuty

SERVES: Final = timedelta(hours=2, minutes=15)
_RATINGS: Final = ("red", "amber")


def lines(
    engine: Engine, desks: Sequence[UUID], stops: int, closed: Collection[UUID]
) -> Iterator[tuple[str, object]]:
    """What was seen; raises where a promise was broken.

    Args:
        desks: two of each street, whoever is asked first before the backup.
        closed: the orders behind whose doors nobody answered.
    """
    with Session(engine) as session:
        cases = list(session.exec(select(Case)))
        duties = {one.case_id: one for one in session.exec(select(CaseDuty))}
        answered = first_answers(session, [one.id for one in cases])
        alarms = list(session.exec(select(Alarm).order_by(col(Alarm.rung_at))))
        done = select(Order.id).where(Order.state == OrderState.DONE)
        delivered = set(session.exec(done))
        passed = select(CaseStep.case_id).where(CaseStep.outcome == "not_taken")
        passed_on = set(session.exec(passed))
    doors = [one for one in cases if one.kind is CaseKind.NO_ANSWER]
    told = {one.order_id for one in doors}
    assert told == set(closed), "a closed door without a case"
    assert all(one.outcome and one.closed_by for one in cases), "no outcome"
    late = [(duties[c.id].first_asked_at - c.opened_at).total_seconds() for c in cases]
    assert all(one is not None for one in answered.values()), "nobody took it"
    rang = {one.id: one.rung_at for one in alarms}
    joined = {
        one.case_id
        for one in duties.values()
        if one.alarm_id and rang[one.alarm_id] < one.first_asked_at
    }
    held = {case_id for case_id in joined if answered[case_id] == timedelta()}
    answers = [
        one.total_seconds()
        for case_id, one in answered.items()
        if one is not None and case_id not in held
    ]
    in_time = sum(seconds <= 60 for seconds in answers)
    false = [c for c in cases if c.kind is CaseKind.OVERDUE and c.order_id in delivered]
    yield "stops", stops
    yield "closed doors, each with a case", len(doors)
    yield "overdue cases", len(cases) - len(doors)
    yield "closed without an outcome or a person", 0
    yield "seconds from the server's knowing to a named person, most", max(late)
    yield "taken within 60 s of the first asking", f"{in_time}/{len(answers)}"
    yield "share", round(in_time / len(answers), 4)
    yield (
        "seconds to being taken, p50 p95 max",
        [round(percentile(answers, p)) for p in (50, 95, 100)],
    )
    yield "came to whoever had the same helper's silence in hand", len(held)
    yield "joined a ring that was heard already, and were asked for", len(joined - held)
    yield "passed on to the next person", len(passed_on)
    yield "false alarms (delivered, phone silent)", len(false)
    yield "false alarms per 1,000 stops", round(1000 * len(false) / stops, 2)
    yield from _loads(desks, [one for one in alarms if one.loud])
    yield "silent because the budget was spent", sum(not one.loud for one in alarms)


def _loads(desks: Sequence[UUID], loud: list[Alarm]) -> Iterator[tuple[str, object]]:
    """How often it rang, by person: everybody on duty, then the first ranks alone."""
    per = [
        [one.rung_at for one in loud if one.account_id == account_id]
        for account_id in desks
    ]
    yield "rings: red, amber", [sum(a.rating == r for a in loud) for r in _RATINGS]
    yield "rings for anybody else than those on duty", len(loud) - sum(map(len, per))
    yield "rings per ten minutes of a coordinator: mean, most", _rate(per)
    yield "the same of the first ranks alone: mean, most", _rate(per[::2])
    yield "rings in anybody's worst ten minutes", max(worst(one) for one in per)


def _rate(per: list[list[datetime]]) -> list[float]:
    tens = SERVES / timedelta(minutes=10)
    mean = sum(map(len, per)) / len(per) / tens
    return [round(mean, 2), round(max(map(len, per)) / tens, 2)]
