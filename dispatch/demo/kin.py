"""Kin far away in the demo: one family whose elder lets them see and order."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import col, select

from dispatch.access.demo_accounts import DemoAccount
from dispatch.access.elder_links import give_link
from dispatch.access.masking import called
from dispatch.people.consents import Consent, Purpose, Said, Voice, list_consents
from dispatch.people.elders import Contact, Elder, Household
from dispatch.people.family import FamilyOptIn, GivenBy, Told
from dispatch.people.opting_in import WORDS_VERSION
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork

_KIN = ("女儿", "儿子")


def give_a_family_its_link(uow: UnitOfWork) -> DemoAccount | None:
    """The page of one family, as the demo's first page shows it.

    The elder is brought meals at home; None where a district has no such family. What
    was agreed is written down as the district's other files are: before the day.
    """
    found = uow.session.exec(
        select(Elder, Contact)
        .join(Contact, col(Contact.elder_id) == Elder.id)
        .join(Household, col(Household.id) == Elder.household_id)
        .where(Elder.usual_channel == "delivery", col(Household.lat).is_not(None))
        .where(col(Contact.relation).in_(_KIN))
        .order_by(col(Elder.number), col(Contact.rank))
    ).first()
    if found is None:
        return None
    elder, contact = found
    _agree(uow, elder.id, contact.id, uow.now)
    _, token = give_link(uow, elder.id, contact.id)
    name = unseal(uow.session, [elder.id], ["name"])[elder.id].get("name", "")
    title = f"{called(name, elder.sex)}的{contact.relation}"
    return DemoAccount("", "", "family", title, f"/e/{token}")


def _agree(uow: UnitOfWork, elder_id: UUID, contact_id: UUID, at: datetime) -> None:
    """The elder said yes, in their own voice."""
    uow.session.add(
        Consent(
            id=uuid4(),
            elder_id=elder_id,
            seq=len(list_consents(uow.session, elder_id)) + 1,
            purpose=Purpose.FAMILY,
            version=WORDS_VERSION,
            said=Said.GIVEN,
            voice=Voice.ELDER,
            means="voice",
            at=at,
        )
    )
    uow.session.add(
        FamilyOptIn(
            elder_id=elder_id,
            contact_id=contact_id,
            may_order=True,
            may_pause=True,
            may_message=True,
            may_see=True,
            told=Told.AT_ONCE,
            given_by=GivenBy.ELDER,
            given_at=at,
        )
    )
    uow.session.flush()
