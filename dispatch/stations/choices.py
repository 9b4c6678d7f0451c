"""What the forms of points offer: streets, kitchens, operators, keepers."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.people.helpers import Helper
from dispatch.people.operators import MicroPoint
from dispatch.people.places import Kitchen, Street
from dispatch.people.vault import unseal
from dispatch.stations.showing import OperatorRow, list_operators
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class StreetChoice:
    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class KitchenChoice:
    id: UUID
    name: str
    street_code: str


@dataclass(frozen=True, kw_only=True)
class KeeperChoice:
    """A grown-up helper who keeps no micro-point yet."""

    id: UUID
    name: str
    street_code: str


@dataclass(frozen=True, kw_only=True)
class PointChoices:
    streets: list[StreetChoice]
    kitchens: list[KitchenChoice]
    operators: list[OperatorRow]
    keepers: list[KeeperChoice]


def list_choices(uow: UnitOfWork) -> PointChoices:
    """Each by its name or code, within reach."""
    session = uow.session
    keeping = select(MicroPoint.keeper_id)
    free = scoped(uow.actor, Helper).where(
        col(Helper.suspended).is_(False), col(Helper.id).not_in(keeping)
    )
    today = town_day(uow.now)
    helpers = [one for one in session.exec(free) if not one.is_minor_on(today)]
    names = unseal(session, [one.id for one in helpers], ["name"])
    streets = session.exec(scoped(uow.actor, Street).order_by(col(Street.code)))
    kitchens = session.exec(scoped(uow.actor, Kitchen).order_by(col(Kitchen.name)))
    keepers = (
        KeeperChoice(
            id=one.id,
            name=names[one.id].get("name", ""),
            street_code=one.street_code,
        )
        for one in helpers
    )
    return PointChoices(
        streets=[StreetChoice(code=one.code, name=one.name) for one in streets],
        kitchens=[
            KitchenChoice(id=one.id, name=one.name, street_code=one.street_code)
            for one in kitchens
        ],
        operators=list_operators(uow),
        keepers=sorted(keepers, key=lambda one: (one.street_code, one.name)),
    )
