"""One elder on one card: who they are, whom to call, what they had, what is left."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.clock import town_day, wall_now
from dispatch.log.audit import Audit, write_down
from dispatch.orders.orders import Order
from dispatch.orders.showing import OrderRow, show_orders
from dispatch.people.day_words import word_of_day
from dispatch.people.elder_facts import history_of
from dispatch.people.elders import Elder
from dispatch.people.showing import (
    ContactRow,
    ElderRow,
    sees_names,
    show_contacts,
    show_elder,
)
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import person_of
from dispatch.subsidy.facts import FactsOn
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.rule_versions import rules_on

_RECENT: Final = 20
_ONE_LOOK: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class ElderCard(ElderRow):
    """An elder with all that the asking role may see; numbers masked.

    `word`: of the day, for who is asked by phone how to know who comes.
    """

    contacts: list[ContactRow]
    address: str
    floor: int
    lift: bool
    notes: str | None
    word: str
    subsidy_left: dict[str, int]
    orders: list[OrderRow]


def show_card(uow: UnitOfWork, elder_id: UUID) -> ElderCard:
    """The card of an elder within reach; the address goes no further than the building.

    Raises:
        NotFound: unknown, or not for this person.
    """
    elder, row, home = show_elder(uow, elder_id)
    orders = uow.session.exec(
        scoped(uow.actor, Order)
        .where(Order.elder_id == elder.id)
        .order_by(col(Order.serve_on).desc(), col(Order.placed_at).desc())
        .limit(_RECENT)
    ).all()
    return ElderCard(
        **vars(row),
        contacts=show_contacts(uow, elder.id),
        address=f"{home.community} {home.building}",
        floor=home.floor,
        lift=home.lift,
        notes=None,
        word=word_of_day(elder.id, town_day(uow.now)),
        subsidy_left=subsidy_left(uow.session, elder, town_day(uow.now)),
        orders=show_orders(uow, orders),
    )


def is_noted(uow: UnitOfWork, elder_id: UUID) -> bool:
    """This look needs no line of its own in the audit.

    It shows masked names only, or the same account looked within the hour.
    """
    if not sees_names(uow.actor):
        return True
    query = select(Audit.id).where(
        Audit.account_id == uow.actor.account_id,
        Audit.object_id == elder_id,
        Audit.action == "look",
        col(Audit.recorded_at) > wall_now() - _ONE_LOOK,
    )
    return uow.session.exec(query.limit(1)).first() is not None


def note_look(uow: UnitOfWork, elder_id: UUID) -> None:
    """Write down that somebody opened an elder's card with the name in full."""
    elder = get_scoped(uow, Elder, elder_id)
    write_down(uow, "look", "elder", elder.id, fields=["name"], purpose="card")


def subsidy_left(session: Session, elder: Elder, on: date) -> dict[str, int]:
    """Fen left this month, by the title of each subsidy with a monthly sum."""
    policy = rules_on(session, on).policy
    titles = {rule.id: rule.title for rule in policy.subsidy}
    person = person_of(elder, history_of(session, elder.id), on)
    facts = FactsOn(policy, person, on)
    capped = {
        rule.id: rule.caps.month_fen
        for rule in policy.subsidy
        if rule.caps.month_fen is not None and facts.first_of(tuple(rule.beneficiaries))
    }
    if not capped:
        return {}
    first = on.replace(day=1)
    until = (first + timedelta(days=32)).replace(day=1)
    used = session.exec(
        select(Grant.subsidy, func.sum(Grant.fen))
        .where(Grant.elder_id == elder.id, col(Grant.subsidy).in_(capped))
        .where(col(Grant.service_on) >= first, col(Grant.service_on) < until)
        .where(col(Grant.reversed_by).is_(None))
        .group_by(col(Grant.subsidy))
    )
    spent: dict[str, int] = {name: int(fen) for name, fen in used}
    return {titles[one]: max(0, cap - spent.get(one, 0)) for one, cap in capped.items()}
