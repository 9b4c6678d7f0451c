"""Reaching: which cases a person may see. Allegations are for offices alone."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from dispatch.access.accounts import Account, actor_of
from dispatch.access.scope import scoped
from dispatch.errors import NotFound
from dispatch.safety.cases import Case, CaseKind
from dispatch.store.unit_of_work import Actor, UnitOfWork

_HEARS_ALLEGATIONS = frozenset({"street", "district", "system"})


def cases_in_reach(actor: Actor) -> SelectOfScalar[Case]:
    """All cases that this person may see, and no other.

    An allegation belongs to no station, so that none finds it, the accused one as
    little as its neighbours; whoever sends people out does not judge them either.
    """
    query = scoped(actor, Case)
    if actor.role in _HEARS_ALLEGATIONS:
        return query
    return query.where(col(Case.kind) != CaseKind.ALLEGATION)


def list_may_own(
    session: Session, account: Account, case_ids: Collection[UUID]
) -> set[UUID]:
    """Which of these cases may be this person's: nobody owns what they cannot open."""
    query = cases_in_reach(actor_of(account)).where(
        col(Case.id).in_(case_ids), col(Case.closed_at).is_(None)
    )
    return {case.id for case in session.exec(query)}


def get_in_reach(uow: UnitOfWork, case_id: UUID) -> Case:
    """Raises: NotFound."""
    query = cases_in_reach(uow.actor).where(Case.id == case_id)
    if found := uow.session.exec(query).first():
        return found
    raise NotFound
