"""Who may stand before a counter: enough for its page to work without a network."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col

from dispatch.access.scope import scoped
from dispatch.catalogue.sittings import (
    MenuItem,
    Serving,
    Sitting,
    find_sitting,
    list_menu,
)
from dispatch.counter.proxies import list_proxies
from dispatch.orders.diet import clashes, swallows
from dispatch.orders.offers import quote_menu
from dispatch.orders.orders import Channel
from dispatch.orders.station_day import station_for
from dispatch.people.elders import Elder
from dispatch.people.finding import spellings
from dispatch.people.showing import ElderRow, show_elders
from dispatch.people.vault import blind_index, unseal
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import Bill


@dataclass(frozen=True, kw_only=True)
class ProxyName:
    """A registered proxy, as the counter greets them."""

    id: UUID
    name: str
    relation: str


@dataclass(frozen=True, kw_only=True)
class WalkInDish:
    """A dish for somebody without an order: what they pay, what speaks against it."""

    menu_item_id: UUID
    due_fen: int
    clashes: list[str]
    safe: bool


@dataclass(frozen=True, kw_only=True)
class TillPerson:
    """One elder as the page finds them: by card, number, name or its sound."""

    elder: ElderRow
    spelling: str
    initials: str
    card_hash: str | None
    proxies: list[ProxyName]
    dishes: list[WalkInDish]


@dataclass(frozen=True, kw_only=True)
class TillPeople:
    """The counter's elders on one day. A card's hash is SHA-256 of salt and number."""

    made_at: datetime
    salt: str
    people: list[TillPerson]


def show_people(uow: UnitOfWork, on: date, serving: Serving) -> TillPeople:
    """Every living elder of the actor's own station, by number."""
    station = station_for(uow, None)
    elders = uow.session.exec(
        scoped(uow.actor, Elder)
        .where(Elder.station_id == station.id, col(Elder.died_on).is_(None))
        .order_by(col(Elder.number))
    ).all()
    ids = [elder.id for elder in elders]
    kept = unseal(uow.session, ids, ["name", "card"])
    rows = show_elders(uow, elders, kept)
    proxies = _proxies(uow, ids, on)
    sitting = find_sitting(uow.session, station.kitchen_id, on, serving)
    dishes = _dishes(uow, elders, sitting)
    salt = blind_index("till", f"{station.id}|{on}")
    return TillPeople(
        made_at=uow.now,
        salt=salt,
        people=[
            TillPerson(
                elder=row,
                spelling=spellings(row.name)[0],
                initials=spellings(row.name)[1],
                card_hash=hash_card(salt, kept[row.id].get("card")),
                proxies=proxies[row.id],
                dishes=dishes[row.id],
            )
            for row in rows
        ],
    )


def hash_card(salt: str, card: str | None) -> str | None:
    """What the page compares with a card that was read."""
    if not card:
        return None
    return hashlib.sha256(f"{salt}{card.strip().upper()}".encode()).hexdigest()


def _proxies(
    uow: UnitOfWork, elder_ids: Sequence[UUID], on: date
) -> dict[UUID, list[ProxyName]]:
    found = list_proxies(uow.session, elder_ids, on)
    everybody = [proxy.id for mine in found.values() for proxy in mine]
    names = unseal(uow.session, everybody, ["name"])
    return {
        elder_id: [
            ProxyName(
                id=one.id, name=names[one.id].get("name", ""), relation=one.relation
            )
            for one in mine
        ]
        for elder_id, mine in found.items()
    }


def _dishes(
    uow: UnitOfWork, elders: Sequence[Elder], sitting: Sitting | None
) -> dict[UUID, list[WalkInDish]]:
    """Each dish of the serving for each elder; the rules are asked once a price."""
    found: dict[UUID, list[WalkInDish]] = defaultdict(list)
    if sitting is None:
        return found
    menu = list_menu(uow.session, sitting.id)
    bills = quote_menu(uow, elders, (sitting, menu), (Channel.DINE_IN, 0))
    for elder in elders:
        for dish in menu:
            bill = bills[elder.id, dish.price_fen]
            found[elder.id].append(_dish(elder, dish, bill))
    return found


def _dish(elder: Elder, dish: MenuItem, bill: Bill) -> WalkInDish:
    return WalkInDish(
        menu_item_id=dish.id,
        due_fen=bill.due_fen,
        clashes=clashes(elder, dish),
        safe=swallows(elder, dish),
    )
