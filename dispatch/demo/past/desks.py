"""Deeds at moments that have been, and who did them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from dispatch.access.accounts import Account, Role, actor_of
from dispatch.clock import set_clock, town_moment
from dispatch.demo.past.settling import month_days
from dispatch.store.unit_of_work import SYSTEM, Actor, UnitOfWork, in_one_transaction

T = TypeVar("T")
OFFICE_HOURS: Final = 10 * 3600  # seconds after midnight


class Then:
    """Deeds at moments that have been; the clock stands there while they are done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def do(
        self, at: datetime, deed: Callable[[UnitOfWork], T], actor: Actor = SYSTEM
    ) -> T:
        def then(uow: UnitOfWork) -> T:
            set_clock(uow.session, at, speed=0)
            uow.session.flush()
            return deed(replace(uow, now=at))

        return in_one_transaction(self._engine, then, actor=actor)


@dataclass(frozen=True)
class Desks:
    """Who signs: each station, each street, and two at the district's office."""

    stations: tuple[Actor, ...]
    streets: tuple[Actor, ...]
    office: Actor
    second: Actor


def desks_of(session: Session) -> Desks:
    """Everybody of a demo who has a part in its months."""
    accounts = session.exec(select(Account).order_by(col(Account.login))).all()

    def of(role: Role) -> tuple[Actor, ...]:
        return tuple(actor_of(one) for one in accounts if one.role is role)

    office, second = of(Role.DISTRICT)[:2]
    return Desks(of(Role.STATION), of(Role.STREET), office, second)


def after(month: str, days: int) -> datetime:
    """So many days after the end of the month, in office hours."""
    return town_moment(month_days(month)[-1] + timedelta(days=days), OFFICE_HOURS)
