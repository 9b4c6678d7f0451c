"""What an account is told about itself when it comes in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.access.accounts import Account, Role
from dispatch.access.admitting import what_comes_first
from dispatch.clock import clock_speed
from dispatch.people.places import Kitchen, Station, Street
from dispatch.settings import settings
from dispatch.store.unit_of_work import UnitOfWork

HOMES: Final = {
    Role.STATION: "/station",
    Role.HELPER: "/courier",
    Role.DISPATCHER: "/coordinator",
    Role.STREET: "/office",
    Role.DISTRICT: "/office",
    Role.KITCHEN: "/kitchen",
    Role.CALL_CENTRE: "/calls",
    Role.AUDITOR: "/oversight",
    Role.EVALUATOR: "/oversight",
    Role.SYSTEM_ADMIN: "/oversight",
    Role.SECURITY_ADMIN: "/oversight",
    Role.AUDIT_ADMIN: "/oversight",
}


OWN_ACCOUNT: Final = "/account"


@dataclass(frozen=True, kw_only=True)
class Place:
    id: UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class Quarter:
    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The product's time, how fast it runs, and what kind of installation this is."""

    now: datetime
    speed: float
    stage: str


@dataclass(frozen=True, kw_only=True)
class Me(Clock):
    """`stored_value`: points keep elders' own money here."""

    account: str
    name: str
    role: str
    csrf: str
    station: Place | None
    street: Quarter | None
    kitchen: Place | None
    helper_id: UUID | None
    home: str
    stored_value: bool


def show_clock(uow: UnitOfWork) -> Clock:
    """The product's clock; pages let it tick between two looks."""
    return Clock(now=uow.now, speed=clock_speed(uow.session), stage=settings().stage)


def greet(uow: UnitOfWork, account: Account, csrf: str) -> Me:
    """Who is signed in, what they reach and where their work begins."""
    reads = uow.session
    station = reads.get(Station, account.station_id) if account.station_id else None
    code = account.street_code or (station.street_code if station else None)
    street = reads.get(Street, code) if code else None
    stove = reads.get(Kitchen, account.kitchen_id) if account.kitchen_id else None
    clock = show_clock(uow)
    return Me(
        account=account.login,
        name=account.title,
        role=account.role.value,
        csrf=csrf,
        station=Place(id=station.id, name=station.name) if station else None,
        street=Quarter(code=street.code, name=street.name) if street else None,
        kitchen=Place(id=stove.id, name=stove.name) if stove else None,
        helper_id=account.helper_id,
        stored_value=settings().stored_value,
        home=OWN_ACCOUNT if what_comes_first(account) else HOMES[account.role],
        now=clock.now,
        speed=clock.speed,
        stage=clock.stage,
    )


def greet_again(uow: UnitOfWork, csrf: str) -> Me:
    """The same for whoever is signed in already."""
    return greet(uow, uow.session.get_one(Account, uow.actor.account_id), csrf)
