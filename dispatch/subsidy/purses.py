"""Stored value (饭票): an elder's own money, kept apart until it is eaten.

It exists where the district switches it on (`stored_value`), and under these rules of
custody: the money lies in an account of its own and never in the day's drawer; it
bears no interest, lapses never, and is given back on any day, whole, without a reason;
nobody holds more than `purse_most_fen`, and nobody less than nothing, which the
database itself refuses.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlmodel import Session, col, func, select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.people.elders import Elder
from dispatch.people.places import get_station
from dispatch.settings import settings
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ledger import AccountKind, Amount, Entry, EntryKind, Posting, post
from dispatch.subsidy.ledger_accounts import LedgerAccount
from dispatch.subsidy.months.periods import period_for


class StoredValueOff(NotAllowed):
    """本区没有开通储值，没有办理。"""

    code = "stored_value_off"


class PurseTooFull(BadInput):
    """超过储值上限，没有存入。"""

    code = "purse_too_full"


class PurseTooEmpty(Conflict):
    """储值余额不足，没有办理。"""

    code = "purse_too_empty"


def balance_of(session: Session, elder_id: UUID, station_id: UUID) -> int:
    """What the elder has with this station, in fen."""
    query = (
        select(func.sum(Posting.fen))
        .join(LedgerAccount, col(LedgerAccount.code) == col(Posting.account))
        .join(Entry, col(Entry.id) == col(Posting.entry_id))
        .where(LedgerAccount.kind == AccountKind.PURSE)
        .where(LedgerAccount.elder_id == elder_id, Entry.station_id == station_id)
    )
    return -int(session.exec(query).one() or 0)


@dataclass(frozen=True)
class Purse:
    """What an elder has with their station, and the most that may be kept."""

    balance_fen: int
    most_fen: int


def show_purse(uow: UnitOfWork, elder_id: UUID) -> Purse:
    """An elder's purse, for the counter. Raises: NotFound, StoredValueOff."""
    elder = get_scoped(uow, Elder, elder_id)
    if not settings().stored_value:
        raise StoredValueOff
    balance_fen = balance_of(uow.session, elder.id, elder.station_id)
    return Purse(balance_fen, settings().purse_most_fen)


def spend(uow: UnitOfWork, payment_id: UUID, elder_id: UUID, fen: int) -> None:
    """Pay for an order out of the purse, or, below 0, put a refund back into it.

    Where nothing is switched on, somebody else keeps the purse: nothing is done here.

    Raises: PurseTooEmpty
    """
    if not settings().stored_value or fen == 0:
        return
    elder = uow.session.get_one(Elder, elder_id)
    if fen > balance_of(uow.session, elder.id, elder.station_id):
        raise PurseTooEmpty
    _post(uow, elder, -fen, f"purse:{payment_id}", "spent" if fen > 0 else "refunded")


def move_purse(uow: UnitOfWork, elder_id: UUID, fen: int, *, key: str | None) -> int:
    """Take an elder's money into custody, or, below 0, give it back.

    Returns: what the elder has then. The same key again changes nothing.

    Raises: NotFound, StoredValueOff, PurseTooFull, PurseTooEmpty, KeyMissing, KeyReused
    """
    if not settings().stored_value:
        raise StoredValueOff
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    before = balance_of(uow.session, elder.id, elder.station_id)
    if claim(uow, key, "purse", {"elder": elder_id, "fen": fen}):
        return before
    if fen == 0 or before + fen > settings().purse_most_fen:
        raise PurseTooFull
    if before + fen < 0:
        raise PurseTooEmpty
    reason = "put_in" if fen > 0 else "given_back"
    made = _post(uow, elder, fen, f"purse:{uuid4()}", reason)
    keep_result(uow, key or "", made.id)
    return before + fen


def _post(uow: UnitOfWork, elder: Elder, fen: int, key: str, reason: str) -> Entry:
    on = town_day(uow.now)
    entry = Entry(
        business_key=key,
        kind=EntryKind.PURSE,
        period=period_for(uow.session, on).period,
        service_on=on,
        elder_id=elder.id,
        station_id=elder.station_id,
        street_code=get_station(uow.session, elder.station_id).street_code,
        reason=reason,
        made_at=uow.now,
    )
    both = [
        Amount(AccountKind.CUSTODY, fen),
        Amount(AccountKind.PURSE, -fen, elder_id=elder.id),
    ]
    return post(uow, entry, both)
