"""Opening a case: from a closed door, or from a stop that nobody speaks of."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from dispatch.access.accounts import Account, Role
from dispatch.clock import TOWN
from dispatch.log.events import record
from dispatch.orders.orders import Order, tell_order
from dispatch.people.elders import Contact, list_contacts
from dispatch.people.places import get_station
from dispatch.safety.cases import (
    Case,
    CaseKind,
    CaseRung,
    CaseStep,
    Rung,
    list_cases_of,
    list_steps,
)
from dispatch.store.unit_of_work import UnitOfWork

NO_CONTACTS: Final = "no_contacts"
MINUTES: Final = {
    Rung.PHONE_ELDER: 3,
    Rung.CONTACTS: 5,
    Rung.NEIGHBOUR: 10,
    Rung.SECOND_VISIT: 20,
    Rung.POLICE_120: 10,
}


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


def add_step(
    uow: UnitOfWork,
    case: Case,
    outcome: str,
    words: str = "",
    *,
    rung: Rung | None = None,
) -> None:
    """Write down one thing done, missed or heard in a case."""
    uow.session.add(
        CaseStep(
            case_id=case.id,
            rung=rung or case.rung,
            outcome=outcome,
            words=words[:300],
            account_id=uow.actor.account_id,
            at=uow.now,
        )
    )
    uow.session.flush()


def tell_case(uow: UnitOfWork, case: Case, kind: str, **said: str) -> None:
    """Record something that happened in a case; the caller holds its order's row."""
    record(
        uow,
        kind,
        "case",
        case.id,
        facts={"rung": case.rung.value, **said},
        order_id=case.order_id,
        helper_id=case.helper_id,
        station_id=case.station_id,
        street_code=case.street_code,
        state="closed" if case.closed_at else case.rung.value,
    )


def owner_now(session: Session, street_code: str, station_id: UUID) -> str:
    """Who has the alarm: the street's dispatcher by title, else the station."""
    query = select(Account).where(
        Account.role == Role.DISPATCHER,
        col(Account.active),
        col(Account.street_code) == street_code,
    )
    dispatcher = session.exec(query.order_by(col(Account.login))).first()
    if dispatcher is not None:
        return dispatcher.title[:40]
    return f"{get_station(session, station_id).name[:36]}值班"


def _open(
    uow: UnitOfWork,
    order: Order,
    kind: CaseKind,
    happened_at: datetime,
    helper_id: UUID | None,
) -> Case:
    case = Case(
        id=uuid4(),
        kind=kind,
        order_id=order.id,
        elder_id=order.elder_id,
        station_id=order.station_id,
        street_code=order.street_code,
        helper_id=helper_id,
        happened_at=happened_at,
        opened_at=uow.now,
        rung=Rung.PHONE_ELDER,
        deadline_at=uow.now + timedelta(minutes=MINUTES[Rung.PHONE_ELDER]),
        owner=owner_now(uow.session, order.street_code, order.station_id),
    )
    uow.session.add(case)
    uow.session.flush()
    contacts = reached_first(list_contacts(uow.session, order.elder_id), uow.now)
    uow.session.add_all(_ladder(uow, case, contacts))
    uow.session.flush()
    tell_case(uow, case, "case.opened", happened_at=happened_at.isoformat())
    if not contacts:
        add_step(uow, case, NO_CONTACTS, "没有登记联系人", rung=Rung.CONTACTS)
        tell_case(uow, case, "case.contacts_missing", elder_id=str(case.elder_id))
    tell_order(
        uow,
        order,
        f"order.{kind.value}",
        case_id=case.id,
        helper_id=helper_id,
        happened_at=happened_at.isoformat(),
    )
    return case


def reached_first(contacts: list[Contact], at: datetime) -> list[Contact]:
    """In their order, but who cannot be reached at this hour after all the others."""
    hour = at.astimezone(TOWN).hour
    return sorted(contacts, key=lambda each: not each.reached_at(hour))


def _ladder(uow: UnitOfWork, case: Case, contacts: list[Contact]) -> Iterator[CaseRung]:
    """The rungs first to last, each with the time by which it would be climbed."""
    deadline = uow.now
    for seq, (rung, contact, who) in enumerate(_whom(case, contacts), start=1):
        missing = rung is Rung.CONTACTS and contact is None
        if not missing:
            deadline += timedelta(minutes=MINUTES[rung])
        yield CaseRung(
            case_id=case.id,
            seq=seq,
            rung=rung,
            contact_id=contact.id if contact else None,
            who=who[:40],
            deadline_at=deadline,
            outcome=NO_CONTACTS if missing else None,
            done_at=uow.now if missing else None,
        )


def _whom(
    case: Case, contacts: list[Contact]
) -> Iterator[tuple[Rung, Contact | None, str]]:
    yield Rung.PHONE_ELDER, None, "老人本人"
    family = [contact for contact in contacts if not contact.holds_key]
    keys = [contact for contact in contacts if contact.holds_key]
    for contact in family or keys:
        yield Rung.CONTACTS, contact, contact.relation
    if not contacts:
        yield Rung.CONTACTS, None, "没有登记联系人"
    for contact in keys:
        yield Rung.NEIGHBOUR, contact, f"{contact.relation}（持钥匙）"
    if not keys:
        yield Rung.NEIGHBOUR, None, "邻居或物业"
    yield Rung.SECOND_VISIT, None, case.owner
    yield Rung.POLICE_120, None, "110 / 120"
