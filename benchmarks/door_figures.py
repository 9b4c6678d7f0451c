"""What `closed_doors` tells of a day: cases, answers, rings; and what must hold."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from benchmarks.door_people import percentile
from dispatch.orders.orders import Order, OrderState
from dispatch.safety.case_book import first_answers, worst
from dispatch.safety.cases import Case, CaseKind
from dispatch.safety.duty import Alarm, CaseDuty

SERVES: Final = timedelta(hours=2, minutes=15)


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
    doors = [one for one in cases if one.kind is CaseKind.NO_ANSWER]
    told = {one.order_id for one in doors}
    assert told == set(closed), "a closed door without a case"
    assert all(one.outcome and one.closed_by for one in cases), "no outcome"
    late = [(duties[c.id].first_asked_at - c.opened_at).total_seconds() for c in cases]
    answers = [one.total_seconds() for one in answered.values() if one is not None]
    assert len(answers) == len(cases), "nobody took it"
    in_time = sum(seconds <= 60 for seconds in answers)
    false = [c for c in cases if c.kind is CaseKind.OVERDUE and c.order_id in delivered]
    yield "stops", stops
    yield "closed doors, each with a case", len(doors)
    yield "overdue cases", len(cases) - len(doors)
    yield "closed without an outcome or a person", 0
    yield "seconds from the server's knowing to a named person, most", max(late)
    yield "taken within 60 s of the first asking", f"{in_time}/{len(cases)}"
    yield "share", round(in_time / len(cases), 4)
    yield (
        "seconds to being taken, p50 p95 max",
        [round(percentile(answers, p)) for p in (50, 95, 100)],
    )
    yield "passed on to the next person", sum(d.asked > 1 for d in duties.values())
    yield "false alarms (delivered, phone silent)", len(false)
    yield "false alarms per 1,000 stops", round(1000 * len(false) / stops, 2)
    yield from _loads(desks, [one for one in alarms if one.loud])
    yield "silent because the budget was spent", sum(not one.loud for one in alarms)


def _loads(desks: Sequence[UUID], loud: list[Alarm]) -> Iterator[tuple[str, object]]:
    per = [
        [one.rung_at for one in loud if one.account_id == account_id]
        for account_id in desks
    ]
    tens = SERVES / timedelta(minutes=10)
    first = [per[n] for n in range(0, len(per), 2)]
    yield (
        "rings per ten minutes of a first person, serving: mean, most",
        [
            round(sum(map(len, first)) / len(first) / tens, 2),
            round(max(map(len, first)) / tens, 2),
        ],
    )
    yield "rings in anybody's worst ten minutes", max(worst(one) for one in per)
