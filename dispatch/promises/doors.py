"""Promise 3: nobody is left at an unanswered door."""

from collections import defaultdict
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.accounts import Account, Role
from dispatch.field.events import FieldEvent, FieldKind, Verdict
from dispatch.log.events import Event
from dispatch.orders.orders import Order
from dispatch.planning.plans import StopOrder
from dispatch.promises.checking import Look, Premises
from dispatch.safety.cases import OUTCOMES, Case, CaseKind, CaseRung
from dispatch.safety.duty import CaseDuty

_NO_PERSON = frozenset({"system", Role.HELPER.value})
_MAY_CLOSE = frozenset({Role.STATION, Role.DISPATCHER, Role.STREET, Role.DISTRICT})


def check_doors(premises: Premises, look: Look) -> None:
    """Each closed door has a case; each case somebody who acts, or a person's end."""
    session = premises.session
    cases = list(session.exec(select(Case)))
    _check_doors(session, cases, look)
    _check_cases(session, cases, look)
    closed = select(Event).where(Event.kind == "case.closed")
    for event in session.exec(closed):
        look.expect(
            event.role not in _NO_PERSON,
            f"case {event.subject_id} was closed by a {event.role}",
        )


def _check_doors(session: Session, cases: list[Case], look: Look) -> None:
    """A phone said that nobody answers: a case that was open then or later knows."""
    opened: dict[UUID | None, list[Case]] = defaultdict(list)
    for case in cases:
        if case.kind is CaseKind.NO_ANSWER:
            opened[case.order_id].append(case)
    numbers = dict(session.exec(select(Order.id, Order.number)).all())
    query = (
        select(FieldEvent, StopOrder.order_id)
        .join(StopOrder, col(StopOrder.stop_id) == FieldEvent.stop_id)
        .where(FieldEvent.kind == FieldKind.NO_ANSWER)
        .where(FieldEvent.verdict == Verdict.ACCEPTED)
    )
    for event, order_id in session.exec(query):
        if event.order_id not in (None, order_id):
            continue
        at = event.corrected_at
        known = any(
            case.closed_at is None or at <= case.closed_at for case in opened[order_id]
        )
        look.expect(known, f"order {numbers[order_id]}: a closed door, and no case")


def _check_cases(session: Session, cases: list[Case], look: Look) -> None:
    ladders = set(session.exec(select(CaseRung.case_id)))
    duties = {duty.case_id: duty for duty in session.exec(select(CaseDuty))}
    roles = dict(session.exec(select(Account.id, Account.role)).all())
    for case in cases:
        name = f"{case.kind.value} case {case.id}"
        look.expect(case.id in ladders, f"{name} has no ladder")
        if case.closed_at is None:
            duty = duties.get(case.id)
            asked = duty is not None and bool(duty.taken_at or duty.again_at)
            look.expect(asked, f"{name} is open, and nobody is asked to take it")
            continue
        look.expect(
            case.outcome in OUTCOMES[case.kind],
            f"{name} ended as {case.outcome}, which is no end of such a case",
        )
        role = roles.get(case.closed_by) if case.closed_by else None
        fine = role in _MAY_CLOSE
        look.expect(fine, f"{name} was closed by {role or 'nobody'}")
