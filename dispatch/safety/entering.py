"""Entering a home without being let in: by key or by force, always two people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlmodel import col, select

from dispatch.access.accounts import titles_of
from dispatch.errors import Conflict, NotAllowed
from dispatch.log.audit import write_down
from dispatch.people.door_keys import TwoPeople
from dispatch.people.vault import seal, unseal
from dispatch.safety.cases import Case, CaseKind, get_case
from dispatch.safety.climbing import CaseIsClosed
from dispatch.safety.noting import add_step, spoken, tell_case
from dispatch.safety.reaching import get_in_reach
from dispatch.safety.reports import FOUND, DoorEntry, EntryWay
from dispatch.store.unit_of_work import UnitOfWork

_AT_A_DOOR: Final = frozenset(
    {CaseKind.NO_ANSWER, CaseKind.OVERDUE, CaseKind.SOS_ELDER, CaseKind.CONDITION}
)


class EntryNotAgreed(Conflict):
    """开门要先由第二人同意，没有保存。"""

    code = "entry_not_agreed"


class NoDoorToEnter(Conflict):
    """这类事件没有要打开的门，没有保存。"""

    code = "no_door_to_enter"


@dataclass(frozen=True, kw_only=True)
class EntryRow:
    """One entry as people see it."""

    id: UUID
    way: str
    why: str
    asked_by: str
    asked_at: datetime
    mine: bool  # whoever reads asked for it, so another must agree
    agreed_by: str | None
    entered_at: datetime | None
    inside: str


@dataclass(frozen=True)
class Found:
    """What two people found behind a door."""

    found: str


def ask_entry(uow: UnitOfWork, case_id: UUID, way: EntryWay, why: str) -> DoorEntry:
    """The first of two: says why the door must be opened.

    Raises:
        NotFound, CaseIsClosed, NoDoorToEnter
        NothingSaid: no reason.
        NotAllowed: no person asks.
    """
    case = _hold(uow, case_id)
    if case.kind not in _AT_A_DOOR:
        raise NoDoorToEnter
    entry = DoorEntry(
        id=uuid4(),
        case_id=case.id,
        way=way,
        why=spoken(why, 200),
        asked_by=_me(uow),
        asked_at=uow.now,
    )
    uow.session.add(entry)
    uow.session.flush()
    add_step(uow, case, f"{way.value}_asked", entry.why)
    _note(uow, case, f"{way.value}_asked", purpose=entry.why)
    return entry


def agree_entry(uow: UnitOfWork, case_id: UUID, entry_id: UUID) -> DoorEntry:
    """The second of two, another person.

    Raises:
        NotFound, CaseIsClosed
        TwoPeople: whoever asked cannot agree.
    """
    case = _hold(uow, case_id)
    entry = _entry_of(uow, case, entry_id)
    if entry.asked_by == _me(uow):
        raise TwoPeople("开门须由第二个人同意，没有保存。")
    if entry.agreed_at is None:
        entry.agreed_by, entry.agreed_at = _me(uow), uow.now
        uow.session.add(entry)
        add_step(uow, case, "entry_agreed")
        _note(uow, case, "entry_agreed")
    return entry


def note_entered(
    uow: UnitOfWork, case_id: UUID, entry_id: UUID, inside: str, found: str
) -> DoorEntry:
    """Two people went in: who, and what they found, sealed. It is never changed.

    Raises:
        NotFound, CaseIsClosed, NothingSaid, TwoPeople
        EntryNotAgreed: nobody agreed, or it was noted before.
    """
    case = _hold(uow, case_id)
    entry = _entry_of(uow, case, entry_id)
    if entry.agreed_at is None or entry.entered_at is not None:
        raise EntryNotAgreed
    names = [one for one in inside.replace("，", "、").split("、") if one.strip()]
    if len(names) < 2:
        raise TwoPeople("请写明进门的两个人，用“、”隔开，没有保存。")
    entry.entered_at = uow.now
    entry.inside = inside.strip()[:80]
    uow.session.add(entry)
    seal(uow.session, entry.id, {FOUND: spoken(found, 200)})
    add_step(uow, case, "entered")
    _note(uow, case, "entered", fields=["inside", FOUND])
    return entry


def read_found(uow: UnitOfWork, case_id: UUID, entry_id: UUID) -> Found:
    """What they found, unmasked: the look is written down.

    Raises:
        NotFound: no such case within reach.
        EntryNotAgreed: nobody went in.
    """
    entry = _entry_of(uow, get_in_reach(uow, case_id), entry_id)
    if entry.entered_at is None:
        raise EntryNotAgreed("还没有人进门，没有可看的内容。")
    words = unseal(uow.session, [entry.id], [FOUND])[entry.id]
    write_down(uow, "read_found", "case", entry.case_id, fields=[FOUND])
    return Found(words.get(FOUND, ""))


def list_entries(uow: UnitOfWork, case_id: UUID) -> list[EntryRow]:
    """The entries of a case within reach, the first one first."""
    case = get_in_reach(uow, case_id)
    query = select(DoorEntry).where(DoorEntry.case_id == case.id)
    rows = uow.session.exec(query.order_by(col(DoorEntry.asked_at), col(DoorEntry.id)))
    found = rows.all()
    ids = [who for one in found for who in (one.asked_by, one.agreed_by)]
    titles = titles_of(uow.session, ids)
    return [
        EntryRow(
            id=one.id,
            way=one.way.value,
            why=one.why,
            asked_by=titles[one.asked_by],
            asked_at=one.asked_at,
            mine=one.asked_by == uow.actor.account_id,
            agreed_by=titles[one.agreed_by] if one.agreed_by else None,
            entered_at=one.entered_at,
            inside=one.inside,
        )
        for one in found
    ]


def _hold(uow: UnitOfWork, case_id: UUID) -> Case:
    case = get_case(uow.session, get_in_reach(uow, case_id).id, lock=True)
    if case.closed_at is not None:
        raise CaseIsClosed
    return case


def _entry_of(uow: UnitOfWork, case: Case, entry_id: UUID) -> DoorEntry:
    entry = uow.session.get(DoorEntry, entry_id)
    if entry is None or entry.case_id != case.id:
        raise EntryNotAgreed
    return entry


def _note(
    uow: UnitOfWork,
    case: Case,
    outcome: str,
    *,
    fields: list[str] | None = None,
    purpose: str = "",
) -> None:
    tell_case(uow, case, "case.entry", outcome=outcome)
    write_down(uow, outcome, "case", case.id, fields=fields, purpose=purpose)


def _me(uow: UnitOfWork) -> UUID:
    if uow.actor.account_id is None:
        raise NotAllowed
    return uow.actor.account_id
