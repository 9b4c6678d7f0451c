"""What elders are called in a list: masked; for whoever judges from outside, a code."""

from collections.abc import Collection
from uuid import UUID

from dispatch.access.accounts import JUDGES
from dispatch.access.masking import mask_name
from dispatch.people.vault import pseudonym, unseal
from dispatch.store.unit_of_work import UnitOfWork


def label_elders(uow: UnitOfWork, elder_ids: Collection[UUID]) -> dict[UUID, str]:
    """A label for each of them, as the actor may see it. One query, or none."""
    if uow.actor.role in JUDGES:
        return {elder: pseudonym(elder) for elder in elder_ids}
    names = unseal(uow.session, elder_ids, ["name"])
    return {one: mask_name(names.get(one, {}).get("name", "")) for one in elder_ids}
