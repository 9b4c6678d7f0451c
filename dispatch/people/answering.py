"""Who is there to answer for elders: a station's staff accounts and its helpers."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.accounts import Account, Role
from dispatch.access.scope import scoped
from dispatch.people.helpers import Helper
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Named:
    """Somebody by name, and what they are here: an account or a helper of a kind."""

    id: UUID
    name: str
    kind: str
    me: bool = False


@dataclass(frozen=True, kw_only=True)
class People:
    """Accounts of the station, and the helpers that belong to it."""

    accounts: list[Named]
    helpers: list[Named]


def list_people(uow: UnitOfWork) -> People:
    """The people of the actor's own station; three queries."""
    query = select(Account).where(
        Account.station_id == uow.actor.station_id,
        Account.role == Role.STATION,
        col(Account.active),
    )
    accounts = uow.session.exec(query.order_by(col(Account.title))).all()
    helpers = uow.session.exec(scoped(uow.actor, Helper)).all()
    names = unseal(uow.session, [one.id for one in helpers], ["name"])
    return People(
        accounts=[
            Named(
                id=one.id,
                name=one.title,
                kind=one.role.value,
                me=one.id == uow.actor.account_id,
            )
            for one in accounts
        ],
        helpers=sorted(
            (
                Named(id=h.id, name=names[h.id].get("name", ""), kind=h.kind.value)
                for h in helpers
                if not h.suspended
            ),
            key=lambda each: (each.kind, each.name),
        ),
    )
