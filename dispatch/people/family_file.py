"""An elder's links and opt-ins as their station sees them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch.access.elder_links import list_links
from dispatch.access.scope import get_scoped
from dispatch.people.elders import Elder, list_contacts
from dispatch.people.family import FamilyDeed, Told, list_opt_ins
from dispatch.people.showing import shown_name
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class FamilyRow:
    """The elder (no contact) or a contact: their link, and what they are let do."""

    contact_id: UUID | None
    relation: str | None
    name: str
    link_id: UUID | None
    link_made_at: datetime | None
    deeds: list[str]
    told: str


def show_family(uow: UnitOfWork, elder_id: UUID) -> list[FamilyRow]:
    """The elder first, then the contacts by rank. Raises: NotFound."""
    elder = get_scoped(uow, Elder, elder_id)
    contacts = list_contacts(uow.session, elder.id)
    links = {one.contact_id: one for one in list_links(uow.session, elder.id)}
    agreed = {one.contact_id: one for one in list_opt_ins(uow.session, elder.id)}
    owners = [elder.id, *(one.id for one in contacts)]
    names = unseal(uow.session, owners, ["name"])
    rows = []
    for contact in (None, *contacts):
        owner = contact.id if contact else elder.id
        link = links.get(contact.id if contact else None)
        lets = agreed.get(contact.id) if contact else None
        rows.append(
            FamilyRow(
                contact_id=contact.id if contact else None,
                relation=contact.relation if contact else None,
                name=shown_name(uow.actor, names[owner].get("name", "")),
                link_id=link.id if link else None,
                link_made_at=link.made_at if link else None,
                deeds=[deed.value for deed in FamilyDeed if lets and lets.lets(deed)],
                told=(lets.told if lets else Told.NEVER).value,
            )
        )
    return rows
