"""Weak proofs (弱凭证): what a subsidy may not pay for, what it costs, and appeals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from dispatch.access.accounts import titles_of
from dispatch.access.masking import surname
from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.field.appealing import MAY_DECIDE, OPEN_FOR
from dispatch.field.appeals import OF_MEALS, OF_VISITS, GradeAppeal
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Channel, Order
from dispatch.orders.showing import OrderRow, show_orders
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import Actor, UnitOfWork
from dispatch.subsidy.ledger import AccountKind, Entry, LedgerAccount, Posting

WEAK_FROM: Final = "D"
_MOST: Final = 200  # of those that nobody appeals against
_Found = tuple[Evidence, Order]


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
    `claims`: what may be appealed; nothing of what was typed in without a phone.
    """

    evidence_id: UUID
    order: OrderRow
    at: datetime
    helper: str
    origin: str
    grade: str
    flags: list[str]
    borne_fen: int
    claims: list[str]
    appeal: AppealRow | None


def list_weak(uow: UnitOfWork) -> list[WeakProof]:
    """Within reach: every open appeal first, however old, then grades D and E of the
    last month; each the newest first. As many queries for many rows as for one.
    """
    last = _last_appeals(uow)
    asked = [event_id for event_id, one in last.items() if one.upheld is None]
    found = [*_appealed(uow, asked), *_weak(uow, asked)]
    orders = [order for _, order in found]
    shown = dict(zip([o.id for o in orders], show_orders(uow, orders), strict=True))
    borne = _borne(uow.session, [order.id for order in orders])
    helpers = _helpers(uow.session, {proof.helper_id for proof, _ in found})
    appeals = _show(
        uow,
        {proof.field_event_id: last.get(proof.field_event_id) for proof, _ in found},
    )
    return [
        WeakProof(
            evidence_id=proof.id,
            order=shown[order.id],
            at=proof.at,
            helper=helpers.get(proof.helper_id, ""),
            origin=proof.origin.value,
            grade=proof.grade,
            flags=[str(each) for each in proof.basis.get("flags", [])],
            borne_fen=borne.get(order.id, 0),
            claims=_claims(proof, order),
            appeal=appeals.get(proof.field_event_id),
        )
        for proof, order in found
    ]


def _appealed(uow: UnitOfWork, asked: Collection[UUID | None]) -> list[_Found]:
    if not asked:
        return []
    query = _proofs(uow).where(col(Evidence.field_event_id).in_(asked))
    return [(proof, order) for proof, order in uow.session.exec(query)]


def _claims(proof: Evidence, order: Order) -> list[str]:
    if proof.field_event_id is None:
        return []
    return sorted(OF_VISITS if order.channel is Channel.VISIT else OF_MEALS)


def _weak(uow: UnitOfWork, asked: Collection[UUID | None]) -> list[_Found]:
    since = uow.now - OPEN_FOR
    typed_in = col(Evidence.field_event_id).is_(None)  # from paper, or by a person
    query = (
        _proofs(uow)
        .where(Evidence.counts)
        .where(Evidence.at >= since, Order.serve_on >= town_day(since))
        .where(Evidence.grade >= WEAK_FROM)
        .where(or_(typed_in, col(Evidence.field_event_id).not_in(asked)))
    )
    return [(proof, order) for proof, order in uow.session.exec(query.limit(_MOST))]


def _proofs(uow: UnitOfWork) -> Select[Evidence, Order]:
    reach = scoped(uow.actor, Order).with_only_columns(col(Order.id))
    return (
        select(Evidence, Order)
        .join(Order, col(Order.id) == Evidence.order_id)
        .where(col(Order.id).in_(reach))
        .order_by(col(Evidence.at).desc(), col(Evidence.id))
    )


def _last_appeals(uow: UnitOfWork) -> dict[UUID | None, GradeAppeal]:
    """The last appeal of each proof within reach: of two months, or still open."""
    lately = col(GradeAppeal.asked_at) >= uow.now - 2 * OPEN_FOR
    query = (
        scoped(uow.actor, GradeAppeal)
        .where(or_(lately, col(GradeAppeal.upheld).is_(None)))
        .order_by(col(GradeAppeal.asked_at), col(GradeAppeal.id))
    )
    return {one.field_event_id: one for one in uow.session.exec(query)}


def _show(
    uow: UnitOfWork, appeals: Mapping[UUID | None, GradeAppeal | None]
) -> dict[UUID | None, AppealRow]:
    """By proof, as both people read them; two queries."""
    known = {event_id: one for event_id, one in appeals.items() if one is not None}
    words = unseal(uow.session, [one.id for one in known.values()], ["message"])
    people = [who for one in known.values() for who in (one.asked_by, one.decided_by)]
    titles = titles_of(uow.session, people)
    return {
        event_id: AppealRow(
            id=one.id,
            claim=one.claim.value,
            minutes=one.minutes,
            words=words[one.id].get("message", ""),
            asked_by=titles.get(one.asked_by, ""),
            asked_at=one.asked_at,
            upheld=one.upheld,
            decided_by=titles.get(one.decided_by) if one.decided_by else None,
            may_decide=_may_decide(uow.actor, one),
        )
        for event_id, one in known.items()
    }


def _may_decide(actor: Actor, appeal: GradeAppeal) -> bool:
    other = actor.account_id != appeal.asked_by
    return actor.role in MAY_DECIDE and other and appeal.upheld is None


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
    return {one: int(fen) for one, fen in session.exec(query) if one is not None}


def _helpers(session: Session, ids: Collection[UUID | None]) -> dict[UUID | None, str]:
    wanted = sorted(one for one in ids if one is not None)
    names = unseal(session, wanted, ["name"])
    return {one: f"{surname(names[one].get('name', '？'))}师傅" for one in wanted}
