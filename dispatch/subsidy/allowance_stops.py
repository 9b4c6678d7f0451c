"""Allowances that stop: from which month on nothing more is due, and why.

The allowances themselves (高龄津贴, 护理补贴 and the like) are paid elsewhere; what is
kept here is the word to whoever pays them, and whether somebody looked into it.
"""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import Conflict, NotAllowed
from dispatch.log.events import record
from dispatch.people.elders import Elder
from dispatch.people.life_events import LifeEvent, LifeKind
from dispatch.store.columns import Instant, narrow, word
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.lifecycle import Lifecycle
from dispatch.subsidy.rule_versions import rules_on

_LIVE: Final = "lifted_at IS NULL"


class AlreadyVerified(Conflict):
    """这条停发已经核实，没有重复保存。"""

    code = "already_verified"


class AllowanceStop(SQLModel, table=True):
    """Nothing more from the first day of a month on; one that stands per event.

    `verify_until_on`: by then somebody of the street must have looked into it.
    `lifted_at`: it was never so. Nothing is asked back by this row: what was granted
    too much is a correction that a person decides.
    """

    __tablename__ = "allowance_stop"
    __table_args__ = (
        CheckConstraint(
            "(verified_at IS NULL) = (verified_by IS NULL)", name="verified_by_a_person"
        ),
        Index("stops_of_a_month", "stops_on"),
        narrow(
            "stops_to_verify",
            "verify_until_on",
            where=f"verified_at IS NULL AND {_LIVE}",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    life_event_id: UUID = Field(foreign_key="life_event.id", unique=True)
    why: LifeKind = Field(sa_type=word(LifeKind))
    event_on: date
    stops_on: date
    rule_version: str = Field(max_length=64)
    verify_until_on: date | None = None
    verified_at: datetime | None = Field(default=None, sa_type=Instant)
    verified_by: UUID | None = Field(default=None, foreign_key="account.id")
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)
    made_at: datetime = Field(sa_type=Instant)


def stops_on(lifecycle: Lifecycle, why: LifeKind, event_on: date) -> date | None:
    """The first day without allowance after an event; None where it stops nothing."""
    first = event_on.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    if why is LifeKind.DIED:
        return after if lifecycle.death.allowance_stops == "next_month" else first
    if why is LifeKind.MOVED_OUT and lifecycle.move_out:
        return after if lifecycle.move_out.stops == "next_month" else first
    return None


def stop_allowances(uow: UnitOfWork, elder: Elder, event: LifeEvent) -> None:
    """Say that allowances stop, where the rules of that day say so.

    The caller holds the elder's row.
    """
    policy = rules_on(uow.session, event.happened_on).policy
    stops = stops_on(policy.lifecycle, event.kind, event.happened_on)
    if stops is None:
        return
    days = policy.lifecycle.death.verify_within_days
    found_on = town_day(event.made_at)
    looks = event.kind is LifeKind.DIED and days is not None
    stop = AllowanceStop(
        elder_id=elder.id,
        station_id=elder.station_id,
        street_code=elder.street_code,
        life_event_id=event.id,
        why=event.kind,
        event_on=event.happened_on,
        stops_on=stops,
        rule_version=policy.version.id,
        verify_until_on=found_on + timedelta(days=days or 0) if looks else None,
        made_at=uow.now,
    )
    uow.session.add(stop)
    uow.session.flush()
    _tell(uow, stop, "elder.allowance_stopped")


def days_late(session: Session, stop: AllowanceStop) -> int:
    """How many days after the family's time, by that day's rules, a death was told."""
    if stop.why is not LifeKind.DIED:
        return 0
    lifecycle = rules_on(session, stop.event_on).policy.lifecycle
    return lifecycle.days_late(stop.event_on, town_day(stop.made_at))


def lift_stop(uow: UnitOfWork, event: LifeEvent) -> None:
    """The event was never so: what it stopped goes on. The elder's row is held."""
    query = select(AllowanceStop).where(AllowanceStop.life_event_id == event.id)
    if stop := uow.session.exec(query).first():
        stop.lifted_at = uow.now
        uow.session.add(stop)
        _tell(uow, stop, "elder.allowance_goes_on")


def verify_stop(uow: UnitOfWork, stop_id: UUID) -> AllowanceStop:
    """Somebody of the street or district has looked into it.

    Raises: NotFound, NotAllowed, AlreadyVerified
    """
    if uow.actor.account_id is None:
        raise NotAllowed
    stop = get_scoped(uow, AllowanceStop, stop_id, lock=True)
    if stop.verified_at or stop.lifted_at:
        raise AlreadyVerified
    stop.verified_at, stop.verified_by = uow.now, uow.actor.account_id
    uow.session.add(stop)
    uow.session.flush()
    _tell(uow, stop, "elder.allowance_stop_verified")
    return stop


def _tell(uow: UnitOfWork, stop: AllowanceStop, kind: str) -> None:
    record(
        uow,
        kind,
        "elder",
        stop.elder_id,
        facts={"stops_on": stop.stops_on.isoformat(), "why": stop.why.value},
        station_id=stop.station_id,
        street_code=stop.street_code,
    )


def list_stops(session: Session, elder_id: UUID) -> list[AllowanceStop]:
    """What stopped an elder's allowances and stands, first to last."""
    query = select(AllowanceStop).where(
        AllowanceStop.elder_id == elder_id, col(AllowanceStop.lifted_at).is_(None)
    )
    return list(session.exec(query.order_by(col(AllowanceStop.stops_on))))
