"""From afar: what a family member sees of their elder, as far as the elder agreed."""

from dataclasses import dataclass

from dispatch.access.scope import get_scoped
from dispatch.duties.sightings import SeenWeek, show_seen
from dispatch.errors import NotFound
from dispatch.people.elders import Elder
from dispatch.people.family import FamilyDeed, NotOptedIn, need_opt_in
from dispatch.safety.told import CaseTold, list_cases_told
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class FromAfar:
    """`seen` None: the elder has not let them see it; no cases: none, or not told."""

    seen: SeenWeek | None
    cases: list[CaseTold]


def look_from_afar(uow: UnitOfWork) -> FromAfar:
    """For whoever holds a contact's link; an elder's own link shows nothing here.

    Raises:
        NotFound: not a link.
    """
    if uow.actor.elder_id is None:
        raise NotFound
    if uow.actor.role != "family":
        return FromAfar(seen=None, cases=[])
    elder = get_scoped(uow, Elder, uow.actor.elder_id)
    return FromAfar(
        seen=show_seen(uow, elder) if _may_see(uow, elder) else None,
        cases=list_cases_told(uow, elder),
    )


def _may_see(uow: UnitOfWork, elder: Elder) -> bool:
    try:
        need_opt_in(uow.session, elder.id, uow.actor.contact_id, FamilyDeed.SEE)
    except NotOptedIn:
        return False
    return True
