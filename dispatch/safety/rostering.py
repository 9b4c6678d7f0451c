"""Rostering: who has which turn (值班), entered, changed and taken off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlmodel import col, select

from dispatch.access.accounts import Account
from dispatch.access.scope import get_scoped
from dispatch.errors import BadInput, Conflict, NotFound
from dispatch.log.audit import write_down
from dispatch.people.places import Street, get_station
from dispatch.people.vault import seal
from dispatch.safety.duty import DutyTurn
from dispatch.safety.notifying import DUTY_PHONE
from dispatch.safety.roster import list_people
from dispatch.store.unit_of_work import UnitOfWork

LONGEST_TURN: Final = timedelta(hours=24)


class TurnsOverlap(Conflict):
    """这个时段已有同级别的值班人，没有保存。请先改原来的班。"""

    code = "turns_overlap"


@dataclass(frozen=True)
class TurnDraft:
    """A turn as somebody enters it. A station's turn is only that station's."""

    account_id: UUID
    starts_at: datetime
    ends_at: datetime
    rank: int = 1
    phone: str = ""


def put_turn(uow: UnitOfWork, draft: TurnDraft, *, turn_id: UUID | None) -> DutyTurn:
    """Enter a turn, or change one.

    Raises:
        NotFound: nobody of that name here, or no such turn.
        BadInput: it has no time, or more than a day.
        TurnsOverlap: somebody of this rank is on duty then.
    """
    person = next((p for p in list_people(uow) if p.id == draft.account_id), None)
    if person is None:
        raise NotFound("没有找到这位值班人员。")
    if not timedelta(0) < draft.ends_at - draft.starts_at <= LONGEST_TURN:
        raise BadInput("值班要有起止时间，且不超过 24 小时，没有保存。")
    street, station_id = place_of(uow, person)
    turn = get_scoped(uow, DutyTurn, turn_id) if turn_id else None
    _hold_street(uow, street)
    clash = select(DutyTurn.id).where(
        DutyTurn.street_code == street,
        col(DutyTurn.station_id) == station_id
        if station_id
        else col(DutyTurn.station_id).is_(None),
        DutyTurn.rank == draft.rank,
        DutyTurn.starts_at < draft.ends_at,
        DutyTurn.ends_at > draft.starts_at,
    )
    if [one for one in uow.session.exec(clash) if one != turn_id]:
        raise TurnsOverlap
    if turn is None:
        turn = DutyTurn(
            id=uuid4(),
            street_code=street,
            station_id=station_id,
            account_id=person.id,
            rank=draft.rank,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            made_at=uow.now,
            made_by=uow.actor.account_id,
        )
    turn.street_code, turn.station_id = street, station_id
    turn.account_id, turn.rank = person.id, draft.rank
    turn.starts_at, turn.ends_at = draft.starts_at, draft.ends_at
    uow.session.add(turn)
    phone = draft.phone.strip()
    if phone:
        seal(uow.session, person.id, {DUTY_PHONE: phone})
    uow.session.flush()
    write_down(uow, "turn", "duty_turn", turn.id, fields=[DUTY_PHONE] if phone else [])
    return turn


def drop_turn(uow: UnitOfWork, turn_id: UUID) -> None:
    """Take a turn off the roster. Raises: NotFound."""
    turn = get_scoped(uow, DutyTurn, turn_id)
    uow.session.delete(turn)
    write_down(uow, "drop_turn", "duty_turn", turn.id)


def _hold_street(uow: UnitOfWork, code: str) -> None:
    """Of two who enter the same hours of a street one waits, and nobody else does."""
    uow.session.get_one(Street, code, with_for_update={"key_share": True})


def place_of(uow: UnitOfWork, person: Account) -> tuple[str, UUID | None]:
    """The street of a turn; a station's own turn is that station's alone."""
    if person.station_id is not None:
        station = get_station(uow.session, person.station_id)
        return station.street_code, station.id
    street = person.street_code or uow.actor.street_code
    if street is None:
        raise BadInput("全区账号不排街道的班，没有保存。")
    return street, None
