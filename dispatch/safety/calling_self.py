"""An elder calls for help from their own page: once, however often it is pressed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.scope import get_scoped
from dispatch.errors import NotAllowed
from dispatch.people.elders import Elder
from dispatch.safety.cases import Case, CaseKind, get_case
from dispatch.safety.crying import open_for_elder
from dispatch.safety.duty import find_duty
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class OwnCall:
    """The call that is open: since when, whose it is, whether they have said so."""

    called_at: datetime
    owner: str
    taken: bool


def call_for_self(uow: UnitOfWork, *, key: str | None) -> Case:
    """Open the elder's own SOS; while one is open, pressing again is the same one.

    Raises:
        NotAllowed: whoever holds this link is not the elder.
        KeyMissing, KeyReused
    """
    if uow.actor.role != "elder" or uow.actor.elder_id is None:
        raise NotAllowed
    elder = get_scoped(uow, Elder, uow.actor.elder_id, lock=True)
    if made := claim(uow, key, "own sos", elder.id):
        return get_case(uow.session, made)
    case = _find_open(uow.session, elder.id)
    if case is None:
        return open_for_elder(uow, elder, "", key)
    keep_result(uow, key or "", case.id)
    return case


def show_own_call(uow: UnitOfWork) -> OwnCall | None:
    """What became of it, for the elder who called; None: nothing is open."""
    elder_id = uow.actor.elder_id
    if uow.actor.role != "elder" or elder_id is None:
        raise NotAllowed
    case = _find_open(uow.session, elder_id)
    if case is None:
        return None
    duty = find_duty(uow.session, case.id)
    taken = duty is not None and duty.taken_at is not None
    return OwnCall(called_at=case.happened_at, owner=case.owner, taken=taken)


def _find_open(session: Session, elder_id: UUID) -> Case | None:
    query = (
        select(Case)
        .where(Case.elder_id == elder_id, Case.kind == CaseKind.SOS_ELDER)
        .where(col(Case.closed_at).is_(None))
        .order_by(col(Case.opened_at), col(Case.id))
    )
    return session.exec(query).first()
