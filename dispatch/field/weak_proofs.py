"""Weak proofs (弱凭证): what a subsidy may not pay for, what it costs, and appeals."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from dispatch.access.accounts import Account
from dispatch.access.masking import surname
from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.field.appealing import MAY_DECIDE, OPEN_FOR
from dispatch.field.appeals import OF_MEALS, OF_VISITS, GradeAppeal
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Channel, Order
from dispatch.orders.showing import OrderRow, show_orders
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ledger import AccountKind, Entry, LedgerAccount, Posting

WEAK_FROM: Final = "D"
_MOST: Final = 200


@dataclass(frozen=True, kw_only=True)
class AppealRow:
    """One appeal as both people read it. `may_decide`: this reader may."""

    id: UUID
    claim: str
    minutes: int | None
    words: str
    asked_by: str
    asked_at: datetime
    upheld: bool | None
    decided_by: str | None
    may_decide: bool


@dataclass(frozen=True, kw_only=True)
class WeakProof:
    """One proof, why it is weak, and what the point bears for it.

    `borne_fen`: promised at payment and not granted; the elder is not asked for it.
    """

    evidence_id: UUID
    order: OrderRow
    at: datetime
    helper: str
    grade: str
    flags: list[str]
    borne_fen: int
    claims: list[str]
    appeal: AppealRow | None


def list_weak(uow: UnitOfWork) -> list[WeakProof]:
    """Within reach: what is appealed first, then grades D and E of the last month,
    the newest first; six queries.
    """
    last = _last_appeals(uow)
    appealed = [event_id for event_id, one in last.items() if one.upheld is None]
    since = uow.now - OPEN_FOR
    reach = scoped(uow.actor, Order).with_only_columns(col(Order.id))
    query = (
        select(Evidence, Order)
        .join(Order, col(Order.id) == Evidence.order_id)
        .where(Evidence.counts, col(Evidence.field_event_id).is_not(None))
        .where(Evidence.at >= since, Order.serve_on >= town_day(since))
        .where(col(Order.id).in_(reach))
        .where(
            or_(
                col(Evidence.grade) >= WEAK_FROM,
                col(Evidence.field_event_id).in_(appealed),
            )
        )
        .order_by(col(Evidence.at).desc(), col(Evidence.id))
        .limit(_MOST)
    )
    found = uow.session.exec(query).all()
    orders = [order for _, order in found]
    shown = dict(zip([o.id for o in orders], show_orders(uow, orders), strict=True))
    borne = _borne(uow.session, [order.id for order in orders])
    helpers = _helpers(uow.session, {proof.helper_id for proof, _ in found})
    rows = [
        WeakProof(
            evidence_id=proof.id,
            order=shown[order.id],
            at=proof.at,
            helper=helpers.get(proof.helper_id, ""),
            grade=proof.grade,
            flags=[str(each) for each in proof.basis.get("flags", [])],
            borne_fen=borne.get(order.id, 0),
            claims=sorted(OF_VISITS if order.channel is Channel.VISIT else OF_MEALS),
            appeal=_row(uow, last.get(proof.field_event_id)),
        )
        for proof, order in found
    ]
    return sorted(rows, key=lambda row: not _is_open(row))


def _is_open(row: WeakProof) -> bool:
    return row.appeal is not None and row.appeal.upheld is None


def _last_appeals(uow: UnitOfWork) -> dict[UUID | None, GradeAppeal]:
    """The last appeal of each proof within reach, of two months."""
    query = (
        scoped(uow.actor, GradeAppeal)
        .where(GradeAppeal.asked_at >= uow.now - 2 * OPEN_FOR)
        .order_by(col(GradeAppeal.asked_at), col(GradeAppeal.id))
    )
    return {one.field_event_id: one for one in uow.session.exec(query)}


def _row(uow: UnitOfWork, appeal: GradeAppeal | None) -> AppealRow | None:
    if appeal is None:
        return None
    words = unseal(uow.session, [appeal.id], ["message"])[appeal.id]
    asker = uow.session.get_one(Account, appeal.asked_by)
    decider = (
        uow.session.get_one(Account, appeal.decided_by) if appeal.decided_by else None
    )
    other = uow.actor.account_id != appeal.asked_by
    return AppealRow(
        id=appeal.id,
        claim=appeal.claim.value,
        minutes=appeal.minutes,
        words=words.get("message", ""),
        asked_by=asker.title,
        asked_at=appeal.asked_at,
        upheld=appeal.upheld,
        decided_by=decider.title if decider else None,
        may_decide=uow.actor.role in MAY_DECIDE and other and appeal.upheld is None,
    )


def _borne(session: Session, order_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What the point bears of each order; what was taken back cancels out."""
    query = (
        select(Entry.order_id, func.sum(Posting.fen))
        .join(Posting, col(Posting.entry_id) == Entry.id)
        .join(LedgerAccount, col(LedgerAccount.code) == Posting.account)
        .where(col(Entry.order_id).in_(order_ids))
        .where(LedgerAccount.kind == AccountKind.DIFFERENCE)
        .group_by(col(Entry.order_id))
    )
    return {order_id: int(fen) for order_id, fen in session.exec(query)}


def _helpers(session: Session, ids: Collection[UUID | None]) -> dict[UUID | None, str]:
    wanted = sorted(one for one in ids if one is not None)
    names = unseal(session, wanted, ["name"])
    return {one: f"{surname(names[one].get('name', '？'))}师傅" for one in wanted}
