"""An elder's agreements with helpers, as the file shows them: never with the reason."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.people.elders import Elder
from dispatch.people.helpers import Helper
from dispatch.people.pairings import Pairing
from dispatch.people.vault import unseal
from dispatch.staffing.showing import name_of
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class ElderPairRow:
    """One agreement that stands."""

    id: UUID
    helper_id: UUID
    helper: str
    kind: str
    since: date


def list_elder_pairs(uow: UnitOfWork, elder_id: UUID) -> list[ElderPairRow]:
    """Who never comes first, then whom the elder asked for. Raises: NotFound."""
    elder = get_scoped(uow, Elder, elder_id)
    query = (
        select(Pairing, Helper)
        .join(Helper, col(Helper.id) == Pairing.helper_id)
        .where(Pairing.elder_id == elder.id, col(Pairing.ended_at).is_(None))
        .order_by(col(Pairing.kind), col(Pairing.set_at))
    )
    rows = uow.session.exec(query).all()
    names = unseal(uow.session, [helper.id for _, helper in rows], ["name"])
    today = town_day(uow.now)
    return [
        ElderPairRow(
            id=pair.id,
            helper_id=helper.id,
            helper=name_of(helper, names[helper.id], today),
            kind=pair.kind.value,
            since=town_day(pair.set_at),
        )
        for pair, helper in rows
    ]
