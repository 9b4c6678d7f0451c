"""What is told of elders once a month is shut: reckoned anew at night, only proposed.

While a month is open its station signs again and its lines follow (`told_later`). Once
it is put up in public nothing in it moves: of each elder of whom something that had
begun by a line's day was told, the rules are asked once more by what is known now, and
what comes out otherwise is a proposal for a person to decide.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.clock import town_moment
from dispatch.field.evidence import find_evidence
from dispatch.orders.orders import Order, OrderState
from dispatch.people.elder_facts import history_of
from dispatch.people.elders import Elder, hold_elder_in_turn
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import evaluate, meal_of, person_of
from dispatch.subsidy.granting import lines_due
from dispatch.subsidy.grants import A_WEEK, list_counted
from dispatch.subsidy.ledger import Entry, EntryKind, find_live_entry
from dispatch.subsidy.months.late_facts import is_shut, propose_difference
from dispatch.subsidy.months.periods import Period, PeriodState
from dispatch.subsidy.months.told_later import KINDS
from dispatch.subsidy.outcomes import Line
from dispatch.subsidy.rule_versions import rules_on
from dispatch.subsidy.tally import Granted
from dispatch.subsidy.windows import Moment

_WHY: Final = "月份公示后得知老人的情况，按现在所知重新计算"
_PAPER: Final = "老人档案，{day} 登记"


def list_told_after(session: Session, day: date) -> dict[UUID, date]:
    """Elders of whom something was told on this day that touches lines of months that
    are shut, and the first of the days that it touches.
    """
    from_at, until_at = town_moment(day, 0), town_moment(day + timedelta(days=1), 0)
    shut = select(Period.month).where(Period.state != PeriodState.OPEN)
    elder = col(Entry.elder_id)
    found: dict[UUID, date] = {}
    for kind in KINDS:
        query = (
            select(elder, func.min(Entry.service_on))
            .select_from(Entry)
            .join(kind.id.class_, kind.elder_id == elder)
            .where(
                kind.told_at >= from_at,
                kind.told_at < until_at,
                kind.from_on <= col(Entry.service_on),
                kind.only,
                col(Entry.period).in_(shut),
                Entry.kind == EntryKind.SERVICE,
            )
            .group_by(elder)
        )
        for one, first_on in session.execute(query):
            found[one] = min(first_on, found.get(one, first_on))
    return found


def propose_told(uow: UnitOfWork, elder_id: UUID, first_on: date, told_on: date) -> int:
    """Ask the rules anew about an elder's services of shut months, from a day on.

    Again it replaces what was proposed before and is not decided; what comes out as it
    stands proposes nothing. What was served after a death is for the night to doubt.
    What came before that day in its windows is asked about, too, and only counted: by
    then it may have come out otherwise than its month has it.

    Returns:
        how many proposals there are by it.
    """
    session, made = uow.session, 0
    begins_on = first_on.replace(day=1) - A_WEEK
    held = _hold(session, elder_id, begins_on)
    elder = session.get_one(Elder, elder_id)
    history, paper = history_of(session, elder_id), _PAPER.format(day=told_on)
    anew: dict[str | None, list[Granted]] = {}
    for order in held:
        live = find_live_entry(session, order.id)
        if live is None or not is_shut(session, live):
            continue
        if elder.died_on is not None and order.serve_on > elder.died_on:
            continue
        person = person_of(elder, history, order.serve_on)
        policy = rules_on(session, order.serve_on).policy
        # What the elder's other services have, those asked about before it as they
        # came out: the same cap is not proposed twice.
        stand = (g for g in list_counted(session, order) if g.moment.order not in anew)
        counted = [*stand, *chain.from_iterable(anew.values())]
        asked = evaluate(session, policy, elder, person, order, counted=counted)
        lines = lines_due(session, order, asked)
        anew[str(order.id)] = [_granted(order, line) for line in lines]
        if order.serve_on < first_on:
            continue
        given = {line.subsidy: line.fen for line in lines}
        proof = find_evidence(session, order.id)
        made += len(propose_difference(uow, order, live, given, proof, _WHY, paper))
    return made


def _hold(session: Session, elder_id: UUID, first_on: date) -> Iterator[Order]:
    """The elder's settled services, in time; orders are held before the elder."""
    query = (
        select(Order)
        .join(Entry, col(Entry.order_id) == col(Order.id))
        .where(
            Entry.elder_id == elder_id,
            Entry.kind == EntryKind.SERVICE,
            Entry.service_on >= first_on,
            Order.state == OrderState.DONE,
        )
        .order_by(col(Order.id))
        .with_for_update(of=Order)
    )
    orders = {order.id: order for order in session.exec(query)}
    hold_elder_in_turn(session, elder_id)
    return iter(sorted(orders.values(), key=lambda one: (one.serve_on, one.number)))


def _granted(order: Order, line: Line) -> Granted:
    moment = Moment(order.serve_on, meal_of(order), str(order.id))
    return Granted(line.subsidy, moment, line.fen, line.units)
