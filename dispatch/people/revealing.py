"""Opening what is masked: for a reason, within reach, and always written down."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.errors import NotAllowed
from dispatch.log.audit import write_down
from dispatch.people.elders import Elder, list_contacts
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import Actor, UnitOfWork

_OF_THE_DOOR: Final = frozenset(
    {"address", "door", "door_note", "road", "unit", "room"}
)
_MAY_OPEN: Final = {
    "station": frozenset({"name", "phone", "card", "contacts"}) | _OF_THE_DOOR,
    "dispatcher": frozenset(
        {"name", "phone", "address", "door", "door_note", "contacts"}
    ),
    "street": frozenset({"name", "phone", "address", "id_number", "contacts"}),
    "district": frozenset({"name", "phone", "address", "id_number", "contacts"}),
}


def may_open(actor: Actor) -> frozenset[str]:
    """The masked fields that somebody's role may see in full, for a reason."""
    if actor.role == "system":
        return frozenset({"name", "phone", "address", "id_number"})
    return _MAY_OPEN.get(actor.role, frozenset())


class NotYoursToSee(NotAllowed):
    """您的账号不能查看这一项，没有显示。"""

    code = "not_yours_to_see"


def reveal(
    uow: UnitOfWork, elder_id: UUID, fields: Collection[str], reason: str
) -> dict[str, object]:
    """The plain values of these fields; the audit keeps their names and the reason.

    Raises:
        NotFound: no such elder within reach.
        NotYoursToSee: the role never sees one of them.
    """
    elder = get_scoped(uow, Elder, elder_id)
    if not set(fields) <= _MAY_OPEN.get(uow.actor.role, frozenset()):
        raise NotYoursToSee
    write_down(uow, "reveal", "elder", elder.id, fields=sorted(fields), purpose=reason)
    kept = unseal(uow.session, [elder.id, elder.household_id], fields)
    opened: dict[str, object] = {
        field: kept[elder.household_id if field in _OF_THE_DOOR else elder.id].get(
            field
        )
        for field in sorted(set(fields) - {"contacts"})
    }
    if "contacts" in fields:
        opened["contacts"] = _contacts(uow, elder.id)
    return opened


def _contacts(uow: UnitOfWork, elder_id: UUID) -> list[dict[str, object]]:
    contacts = list_contacts(uow.session, elder_id)
    kept = unseal(uow.session, [one.id for one in contacts], ["name", "phone"])
    return [
        {"rank": one.rank, "relation": one.relation, **kept[one.id]} for one in contacts
    ]
