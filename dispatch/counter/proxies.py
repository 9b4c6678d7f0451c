"""Registered proxies: who may fetch an elder's meal, told by the elder."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.log.events import record
from dispatch.people.elders import Elder, list_contacts
from dispatch.people.vault import seal
from dispatch.store.columns import Instant, word
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork


class ToldHow(StrEnum):
    """How the elder, or the guardian, said who may fetch."""

    IN_PERSON = "in_person"
    PAPER = "paper"
    PHONE = "phone"


class Proxy(SQLModel, table=True):
    """Somebody who may fetch for one elder. Name and phone are in the vault."""

    __tablename__ = "proxy"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="some_days"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    station_id: UUID = Field(foreign_key="station.id", index=True)
    street_code: str = Field(foreign_key="street.code", max_length=12)
    relation: str = Field(max_length=20)
    told_how: ToldHow = Field(sa_type=word(ToldHow))
    from_on: date
    until_on: date | None = None
    account_id: UUID | None = None
    made_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


def register_proxy(
    uow: UnitOfWork,
    elder_id: UUID,
    name: str,
    phone: str,
    *,
    relation: str,
    told_how: ToldHow,
    until_on: date | None,
    key: str | None,
) -> Proxy:
    """Let somebody fetch for an elder from today on.

    Raises:
        NotFound: the elder is out of reach.
        KeyMissing, KeyReused
    """
    content = {"elder": elder_id, "name": name, "phone": phone, "until": until_on}
    if made := claim(uow, key, "register_proxy", content):
        return uow.session.get_one(Proxy, made)
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    proxy = Proxy(
        elder_id=elder.id,
        station_id=elder.station_id,
        street_code=elder.street_code,
        relation=relation,
        told_how=told_how,
        from_on=town_day(uow.now),
        until_on=until_on,
        account_id=uow.actor.account_id,
        made_at=uow.now,
    )
    uow.session.add(proxy)
    uow.session.flush()
    seal(uow.session, proxy.id, {"name": name, "phone": phone})
    said = {"proxy": str(proxy.id), "relation": relation, "told_how": told_how.value}
    record(
        uow, "elder.proxy_registered", "elder", elder.id,
        facts=said, station_id=elder.station_id, street_code=elder.street_code,
    )  # fmt: skip
    keep_result(uow, key or "", proxy.id)
    return proxy


def end_proxy(uow: UnitOfWork, proxy_id: UUID) -> Proxy:
    """From now on they fetch no more; ending it again changes nothing.

    Raises:
        NotFound
    """
    found = get_scoped(uow, Proxy, proxy_id)
    elder = get_scoped(uow, Elder, found.elder_id, lock=True)
    proxy = get_scoped(uow, Proxy, proxy_id, lock=True)
    if proxy.ended_at is None:
        proxy.ended_at = uow.now
        uow.session.add(proxy)
        record(
            uow, "elder.proxy_ended", "elder", elder.id,
            facts={"proxy": str(proxy.id)},
            station_id=elder.station_id, street_code=elder.street_code,
        )  # fmt: skip
    return proxy


def list_proxies(
    session: Session, elder_ids: Sequence[UUID], on: date
) -> dict[UUID, list[Proxy]]:
    """Who may fetch for these elders on a day, the first registered first."""
    found: dict[UUID, list[Proxy]] = {elder_id: [] for elder_id in elder_ids}
    for start in range(0, len(elder_ids), 500):
        query = (
            select(Proxy)
            .where(col(Proxy.elder_id).in_(elder_ids[start : start + 500]))
            .where(col(Proxy.ended_at).is_(None), Proxy.from_on <= on)
            .where(col(Proxy.until_on).is_(None) | (col(Proxy.until_on) >= on))
            .order_by(col(Proxy.made_at), col(Proxy.id))
        )
        for proxy in session.exec(query):
            found[proxy.elder_id].append(proxy)
    return found


def may_collect(
    session: Session, elder_id: UUID, on: date, proxy_id: UUID | None = None
) -> bool:
    """Somebody may fetch for this elder: a proxy, or a contact who is one.

    Where the counter says which proxy it is, that one.
    """
    proxies = list_proxies(session, [elder_id], on)[elder_id]
    if proxy_id is not None:
        return any(proxy.id == proxy_id for proxy in proxies)
    if proxies:
        return True
    return any(contact.may_collect for contact in list_contacts(session, elder_id))
