"""Opening a case: from a closed door, or from a stop that nobody speaks of."""

from datetime import datetime, timedelta
from uuid import UUID

from dispatch.orders.orders import Order, tell_order
from dispatch.people.places import get_station
from dispatch.safety.asking import ask_first
from dispatch.safety.cases import Case, CaseKind, list_cases_of, list_steps
from dispatch.safety.ladders import FIRST_RUNG, MINUTES, lay_ladder, miss_contacts
from dispatch.safety.noting import add_step, tell_case
from dispatch.safety.telling_family import tell_family
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork


def open_case(
    uow: UnitOfWork,
    order: Order,
    kind: CaseKind,
    happened_at: datetime,
    helper_id: UUID | None,
) -> Case:
    """The open case of an order, made if there is none. The caller holds the order.

    A door that was heard of late, after its case was closed, is noted there and
    opens no second one.
    """
    same = [c for c in list_cases_of(uow.session, order.id) if c.kind is kind]
    for case in same:
        if case.closed_at is None:
            case.happened_at = min(case.happened_at, happened_at)
            uow.session.add(case)
            return case
        if happened_at <= case.closed_at:
            add_step(uow, case, "heard_late")
            return case
    return _open(uow, order, kind, happened_at, helper_id)


def note_on_case(uow: UnitOfWork, order: Order, outcome: str) -> None:
    """Write into an order's open cases what the phone said since; once each."""
    for case in list_cases_of(uow.session, order.id):
        noted = {step.outcome for step in list_steps(uow.session, case.id)}
        if case.closed_at is None and outcome not in noted:
            add_step(uow, case, outcome)
            tell_case(uow, case, "case.noted", outcome=outcome)


def begin_case(uow: UnitOfWork, case: Case) -> Case:
    """Keep a new case, give it its ladder and its owner, and tell of it."""
    uow.session.add(case)
    uow.session.flush()
    ask_first(uow, case)
    lay_ladder(uow, case)
    tell_case(uow, case, "case.opened", happened_at=case.happened_at.isoformat())
    miss_contacts(uow, case)
    tell_family(uow, case)
    fail_point("case.opened")
    return case


def _open(
    uow: UnitOfWork,
    order: Order,
    kind: CaseKind,
    happened_at: datetime,
    helper_id: UUID | None,
) -> Case:
    first = FIRST_RUNG[kind]
    case = begin_case(
        uow,
        Case(
            kind=kind,
            order_id=order.id,
            elder_id=order.elder_id,
            station_id=order.station_id,
            street_code=order.street_code,
            helper_id=helper_id,
            happened_at=happened_at,
            opened_at=uow.now,
            rung=first,
            deadline_at=uow.now + timedelta(minutes=MINUTES[first]),
            owner=f"{get_station(uow.session, order.station_id).name[:36]}值班",
        ),
    )
    tell_order(
        uow,
        order,
        f"order.{kind.value}",
        case_id=case.id,
        helper_id=helper_id,
        happened_at=happened_at.isoformat(),
    )
    return case
