"""Elders as people see them: within their reach, masked as their role has it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.masking import mask_name, mask_phone
from dispatch.access.scope import get_scoped, scoped
from dispatch.clock import town_day
from dispatch.people.elder_facts import History, histories_of
from dispatch.people.elders import (
    Contact,
    Elder,
    Household,
    address_missing,
    age_on,
    list_contacts,
    still_here,
)
from dispatch.people.finding import fits, spellings
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import Actor, UnitOfWork
from dispatch.subsidy.billing import person_of
from dispatch.subsidy.facts import FactsOn
from dispatch.subsidy.policy import ANY
from dispatch.subsidy.rule_versions import rules_on

_Today = tuple[History, date]


@dataclass(frozen=True, kw_only=True)
class ElderRow:
    """One line of a list. Never a phone, an address or an identity number."""

    id: UUID
    number: str
    name: str
    sex: str
    age: int
    categories: list[str]
    living: str
    diet_tags: list[str]
    allergies: list[str]
    card_tail: str | None
    building: str | None
    located: bool
    usual_channel: str | None
    last_seen_at: datetime | None
    last_seen_by: str | None
    visit_due_on: date | None


@dataclass(frozen=True, kw_only=True)
class ContactRow:
    """Whom to call, without the number."""

    rank: int
    relation: str
    name: str
    phone: str


@dataclass(frozen=True)
class EldersPage:
    """A part of a list, and how long the whole is."""

    total: int
    elders: list[ElderRow]


def sees_names(actor: Actor) -> bool:
    """Only the elder's own station reads names in full; they call them by name."""
    return actor.role in {"station", "system"}


def visit_due_on(elder: Elder) -> date | None:
    """The day by which the next paid visit is due, by the elder's own interval."""
    if elder.visit_every_days is None:
        return None
    last = elder.last_visit_at or elder.made_at
    return town_day(last) + timedelta(days=elder.visit_every_days)


def list_elders(
    uow: UnitOfWork,
    *,
    q: str = "",
    usual: bool = False,
    gone: bool = False,
    draft: bool = False,
    limit: int,
    offset: int,
) -> EldersPage:
    """Elders within reach, those who usually order first, then by the sound of names.

    A search reads and opens every name in reach, in memory, and keeps none.

    Args:
        gone: those who died or left the district among them.
        draft: only those whose address nobody has written down yet.
    """
    query = scoped(uow.actor, Elder)
    if draft:
        unwritten = select(Household.id).where(address_missing())
        query = query.where(col(Elder.household_id).in_(unwritten))
    if not gone:
        query = query.where(still_here(town_day(uow.now)))
    if usual:
        query = query.where(col(Elder.usual_channel).is_not(None))
    if not q.strip() and not sees_names(uow.actor):
        total = uow.session.exec(select(func.count()).select_from(query.subquery()))
        page = query.order_by(col(Elder.number)).limit(limit).offset(offset)
        return EldersPage(total.one(), show_elders(uow, uow.session.exec(page).all()))
    elders = uow.session.exec(query).all()
    kept = unseal(uow.session, [elder.id for elder in elders], ["name", "card"])
    found = [elder for elder in elders if _fits(q, elder, kept[elder.id])]
    found.sort(key=lambda elder: _order(elder, kept[elder.id].get("name", "")))
    part = found[offset : offset + limit]
    return EldersPage(len(found), show_elders(uow, part, kept))


def show_elders(
    uow: UnitOfWork,
    elders: Sequence[Elder],
    kept: dict[UUID, dict[str, str]] | None = None,
) -> list[ElderRow]:
    """Rows for these elders in this order; four queries, three when names are open."""
    if kept is None:
        kept = unseal(uow.session, [elder.id for elder in elders], ["name", "card"])
    homes = _households(uow.session, elders)
    histories = histories_of(uow.session, [elder.id for elder in elders])
    today = town_day(uow.now)
    return [
        _row(
            uow,
            elder,
            homes[elder.household_id],
            kept[elder.id],
            (histories[elder.id], today),
        )
        for elder in elders
    ]


def show_elder(uow: UnitOfWork, elder_id: UUID) -> tuple[Elder, ElderRow, Household]:
    """One elder within reach.

    Raises:
        NotFound: unknown, or not for this person.
    """
    elder = get_scoped(uow, Elder, elder_id)
    home = uow.session.get_one(Household, elder.household_id)
    return elder, show_elders(uow, [elder])[0], home


def show_contacts(uow: UnitOfWork, elder_id: UUID) -> list[ContactRow]:
    """The ladder of an elder; numbers are masked for everybody."""
    contacts: list[Contact] = list_contacts(uow.session, elder_id)
    kept = unseal(uow.session, [one.id for one in contacts], ["name", "phone"])
    return [
        ContactRow(
            rank=one.rank,
            relation=one.relation,
            name=shown_name(uow.actor, kept[one.id].get("name", "")),
            phone=mask_phone(kept[one.id].get("phone", "")),
        )
        for one in contacts
    ]


def shown_name(actor: Actor, name: str) -> str:
    """A name as this role sees it."""
    return name if sees_names(actor) else mask_name(name)


def categories_of(
    session: Session, elder: Elder, history: History, on: date
) -> list[str]:
    """The categories of an elder on a day, by the rules in force that day."""
    facts = FactsOn(rules_on(session, on).policy, person_of(elder, history, on), on)
    return sorted(facts.categories - {ANY})


def _fits(q: str, elder: Elder, kept: dict[str, str]) -> bool:
    name, card = kept.get("name", ""), kept.get("card", "")
    return fits(q, name=name, card=card, number=elder.number)


def _order(elder: Elder, name: str) -> tuple[bool, str, str]:
    return elder.usual_channel is None, spellings(name)[0], elder.number


def _households(session: Session, elders: Iterable[Elder]) -> dict[UUID, Household]:
    wanted = sorted({elder.household_id for elder in elders})
    homes: dict[UUID, Household] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        query = select(Household).where(col(Household.id).in_(part))
        homes.update({home.id: home for home in session.exec(query)})
    return homes


def _row(
    uow: UnitOfWork,
    elder: Elder,
    home: Household,
    kept: dict[str, str],
    standing: _Today,
) -> ElderRow:
    history, today = standing
    return ElderRow(
        id=elder.id,
        number=elder.number,
        name=shown_name(uow.actor, kept.get("name", "")),
        sex=elder.sex.lower(),
        age=age_on(elder.born_on, today),
        categories=categories_of(uow.session, elder, history, today),
        living=elder.living.value,
        diet_tags=elder.diet_tags,
        allergies=elder.allergies,
        card_tail=kept["card"][-4:] if kept.get("card") else None,
        building=home.building,
        located=home.located,
        usual_channel=elder.usual_channel,
        last_seen_at=elder.last_seen_at,
        last_seen_by=elder.last_seen_by,
        visit_due_on=visit_due_on(elder),
    )
