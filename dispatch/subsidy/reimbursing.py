"""Reimbursing: after the close a payer gives a station what it owes for the month."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from sqlmodel import Session

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.log.book_chain import Book, to_seal
from dispatch.log.events import record
from dispatch.people.places import Station, hold_station
from dispatch.store.columns import MAX_FEN
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ledger import Amount, Entry, EntryKind, post
from dispatch.subsidy.ledger_accounts import AccountKind, account_of
from dispatch.subsidy.months.periods import PeriodState, find_period, period_for
from dispatch.subsidy.payouts import KIND_OF, Payout, PayoutKind, list_owed

_OFFICE: Final = frozenset({"district", "system"})


class MonthNotClosed(Conflict):
    """这个月还没有月结，不能拨付。请先完成月结。"""

    code = "month_not_closed"


class NothingOwed(Conflict):
    """这一项没有待拨付的金额，没有保存。请刷新后查看。"""

    code = "nothing_owed"


class TooMuch(BadInput):
    """拨付金额超过待拨付的金额，没有保存。请核对。"""

    code = "too_much"


class NotYetPaid(BadInput):
    """拨付日期晚于今天，没有保存。请核对日期。"""

    code = "not_yet_paid"


@dataclass(frozen=True)
class PayoutDraft:
    """What was transferred. `kind`: advance, due or external, as it is owed."""

    month: str
    station_id: UUID
    payer: str
    kind: AccountKind
    fen: int
    paid_on: date
    voucher: str


def pay_out(uow: UnitOfWork, draft: PayoutDraft, *, key: str | None) -> Payout:
    """Write down a transfer for a closed month, whole or in part, and post it.

    Raises:
        NotFound, NotAllowed, MonthNotClosed, NothingOwed, TooMuch, NotYetPaid,
        KeyMissing, KeyReused
    """
    if uow.actor.role not in _OFFICE:
        raise NotAllowed
    if made := claim(uow, key, "pay_out", asdict(draft)):
        return uow.session.get_one(Payout, made)
    if draft.paid_on > town_day(uow.now):
        raise NotYetPaid
    station = get_scoped(uow, Station, draft.station_id)
    hold_station(uow.session, station)
    _check(uow.session, draft)
    payout = _pay(uow, station, draft)
    keep_result(uow, key or "", payout.id)
    return payout


def _check(session: Session, draft: PayoutDraft) -> None:
    period = find_period(session, draft.month)
    if period is None or period.state is not PeriodState.CLOSED:
        raise MonthNotClosed
    left_fen = sum(
        owed.left_fen
        for owed in list_owed(session, draft.month, draft.station_id)
        if (owed.payer, owed.kind) == (draft.payer, draft.kind)
    )
    if left_fen <= 0:
        raise NothingOwed
    if not 1 <= draft.fen <= min(left_fen, MAX_FEN):
        raise TooMuch(left_fen=left_fen)


def _pay(uow: UnitOfWork, station: Station, draft: PayoutDraft) -> Payout:
    kind, number = KIND_OF[draft.kind], uuid4()
    debt = Amount(draft.kind, -draft.fen, draft.payer)
    entry = Entry(
        business_key=f"{kind.value}:{number}",
        kind=_ENTRY_OF[kind],
        period=period_for(uow.session, town_day(uow.now)).period,
        service_on=draft.paid_on,
        station_id=station.id,
        street_code=station.street_code,
        reason=f"{draft.month} {draft.voucher}",
        made_at=uow.now,
    )
    post(uow, entry, [debt, Amount(AccountKind.PAID, draft.fen, draft.payer)])
    payout = Payout(
        id=number,
        month=draft.month,
        station_id=station.id,
        payer=draft.payer,
        account=account_of(uow.session, station.id, debt),
        kind=kind,
        fen=draft.fen,
        paid_on=draft.paid_on,
        voucher=draft.voucher,
        entry_id=entry.id,
        made_at=uow.now,
        made_by=uow.actor.account_id,
    )
    uow.session.add(payout)
    to_seal(uow, Book.PAYOUT, payout.id)
    uow.session.flush()
    record(
        uow,
        "station.paid_out",
        "station",
        station.id,
        facts={"month": draft.month, "payer": draft.payer, "fen": draft.fen},
        station_id=station.id,
        street_code=station.street_code,
    )
    return payout


_ENTRY_OF: Final = {
    PayoutKind.REIMBURSEMENT: EntryKind.REIMBURSEMENT,
    PayoutKind.PAYOUT: EntryKind.PAYOUT,
}
