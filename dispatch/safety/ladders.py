"""Ladders: who is to be asked in a case, in which order, within how many minutes."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from dispatch.clock import TOWN
from dispatch.people.elders import Contact, list_contacts
from dispatch.safety.cases import Case, CaseKind, CaseRung, Rung
from dispatch.safety.noting import add_step, tell_case
from dispatch.store.unit_of_work import UnitOfWork

NO_CONTACTS: Final = "no_contacts"
MINUTES: Final = {
    Rung.PHONE_ELDER: 3,
    Rung.CONTACTS: 5,
    Rung.NEIGHBOUR: 10,
    Rung.SECOND_VISIT: 20,
    Rung.POLICE_120: 10,
    Rung.PHONE_HELPER: 2,
    Rung.LOOK_INTO: 24 * 60,
    Rung.OFFICE: 72 * 60,
}
FIRST_RUNG: Final[dict[CaseKind, Rung]] = {
    **dict.fromkeys(CaseKind, Rung.PHONE_ELDER),
    CaseKind.SOS_HELPER: Rung.PHONE_HELPER,
    CaseKind.CONDITION: Rung.LOOK_INTO,
    CaseKind.ALLEGATION: Rung.LOOK_INTO,
}
Whom = tuple[Rung, Contact | None, str]


def lay_ladder(uow: UnitOfWork, case: Case) -> None:
    """Write the rungs of a new case, each with the time by which it is climbed.

    The first rung's time is the case's own deadline.
    """
    contacts: list[Contact] = []
    if case.elder_id is not None:
        known = list_contacts(uow.session, case.elder_id)
        contacts = reached_first(known, uow.now)
    uow.session.add_all(_rungs(uow, case, contacts))
    uow.session.flush()


def miss_contacts(uow: UnitOfWork, case: Case) -> None:
    """Say so where an elder has nobody to call; the caller told of the case."""
    if FIRST_RUNG[case.kind] is not Rung.PHONE_ELDER or case.elder_id is None:
        return
    if not list_contacts(uow.session, case.elder_id):
        add_step(uow, case, NO_CONTACTS, "没有登记联系人", rung=Rung.CONTACTS)
        tell_case(uow, case, "case.contacts_missing", elder_id=str(case.elder_id))


def reached_first(contacts: list[Contact], at: datetime) -> list[Contact]:
    """In their order, but who cannot be reached at this hour after all the others."""
    hour = at.astimezone(TOWN).hour
    return sorted(contacts, key=lambda each: not each.reached_at(hour))


def _rungs(
    uow: UnitOfWork, case: Case, contacts: Sequence[Contact]
) -> Iterator[CaseRung]:
    deadline = uow.now
    for seq, (rung, contact, who) in enumerate(_whom(case, contacts), start=1):
        missing = rung is Rung.CONTACTS and contact is None
        if seq == 1:
            deadline = case.deadline_at
        elif not missing:
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


def _whom(case: Case, contacts: Sequence[Contact]) -> Iterator[Whom]:
    first = FIRST_RUNG[case.kind]
    if first is Rung.LOOK_INTO:
        yield Rung.LOOK_INTO, None, case.owner
        yield Rung.OFFICE, None, "上级民政部门"
        return
    if first is Rung.PHONE_HELPER:
        yield Rung.PHONE_HELPER, None, "助老员本人"
    else:
        yield from _around_the_elder(contacts)
    yield Rung.SECOND_VISIT, None, case.owner
    yield Rung.POLICE_120, None, "110 / 120"


def _around_the_elder(contacts: Sequence[Contact]) -> Iterator[Whom]:
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
