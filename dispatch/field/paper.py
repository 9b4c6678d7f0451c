"""Facts without a phone: a paper sheet typed in later, and a coordinator's word.

Both are proofs of a low grade and never take the place of a phone's own. They stand
until a phone that was offline proves the same thing better.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.field.earning import settle_done
from dispatch.field.evidence import Evidence, EvidenceFrom, find_evidence
from dispatch.orders.orders import (
    CARRIED_CHANNELS,
    Order,
    OrderState,
    move_order,
    tell_order,
)
from dispatch.orders.sitting_close import leave_spare
from dispatch.people.elders import get_elder, mark_seen
from dispatch.store.unit_of_work import UnitOfWork

_OLDEST: Final = timedelta(days=7)
_MAY_TYPE: Final = frozenset({"station", "dispatcher", "street", "district"})
_MAY_ENTER: Final = frozenset({"dispatcher", "street", "district"})
_MET: Final = frozenset({"self"})
_TAKERS: Final = frozenset({"self", "family", "neighbour", "staff", "left"})


class NotForPaper(BadInput):
    """这张订单不能补录：不是上门的订单，或时间、收件人填写有误。没有保存。"""

    code = "not_for_paper"


class ReasonMissing(BadInput):
    """人工补录必须写明原因，没有保存。"""

    code = "reason_missing"


class AlreadyProven(Conflict):
    """这张订单已有送达凭证，没有重复保存。"""

    code = "already_proven"


@dataclass(frozen=True)
class SheetLine:
    """One line of a paper sheet: which order, when, and who took it."""

    order_id: UUID
    at: datetime
    taken_by: str  # self, family, neighbour, staff, left
    helper_id: UUID | None = None
    sheet: str = ""  # the number printed on the sheet


def type_in_sheet(uow: UnitOfWork, line: SheetLine) -> Order:
    """Type in one line of a helper's paper sheet: grade D.

    Raises:
        NotFound: no such order within reach.
        NotAllowed: a helper does not type in their own sheet.
        NotForPaper, AlreadyProven: nothing was kept.
    """
    if uow.actor.role not in _MAY_TYPE:
        raise NotAllowed
    if line.taken_by not in _TAKERS:
        raise NotForPaper
    order = _provable(uow, line.order_id, line.at)
    _finish(
        uow,
        order,
        Evidence(
            order_id=order.id,
            origin=EvidenceFrom.PAPER,
            grade="D",
            basis={"how": "paper", "to": line.taken_by, "sheet": line.sheet[:40]},
            helper_id=line.helper_id,
            account_id=uow.actor.account_id,
            at=line.at,
        ),
    )
    if line.taken_by in _MET:
        elder = get_elder(uow.session, order.elder_id)
        mark_seen(elder, line.at, by="paper")
        uow.session.add(elder)
    return order


def enter_by_hand(uow: UnitOfWork, order_id: UUID, at: datetime, reason: str) -> Order:
    """A coordinator's entry that an order was done, with the reason: grade E.

    It moves no clock of the elder: nobody says that they were seen.

    Raises:
        NotFound: no such order within reach.
        NotAllowed: not a coordinator, or not a person.
        ReasonMissing, NotForPaper, AlreadyProven: nothing was kept.
    """
    if uow.actor.role not in _MAY_ENTER or uow.actor.account_id is None:
        raise NotAllowed
    if len(reason.strip()) < 2:
        raise ReasonMissing
    order = _provable(uow, order_id, at)
    proof = Evidence(
        order_id=order.id,
        origin=EvidenceFrom.COORDINATOR,
        grade="E",
        basis={"how": "coordinator", "reason": reason.strip()[:200]},
        account_id=uow.actor.account_id,
        at=at,
    )
    _finish(uow, order, proof)
    return order


def _provable(uow: UnitOfWork, order_id: UUID, at: datetime) -> Order:
    order = get_scoped(uow, Order, order_id, lock=True)
    if order.channel not in CARRIED_CHANNELS or not uow.now - _OLDEST <= at <= uow.now:
        raise NotForPaper
    if order.state is OrderState.DONE or find_evidence(uow.session, order.id):
        raise AlreadyProven
    return order


def _finish(uow: UnitOfWork, order: Order, proof: Evidence) -> None:
    """Raises: OrderCannotMove, for an order that is cancelled, held or blocked."""
    if order.state is OrderState.CANCELLED:
        raise AlreadyProven("订单已取消，不能补录送达，没有保存。")
    leave_spare(uow, order)
    move_order(
        uow,
        order,
        OrderState.DONE,
        grade=proof.grade,
        helper_id=proof.helper_id,
        happened_at=proof.at.isoformat(),
    )
    uow.session.add(proof)
    uow.session.flush()
    tell_order(uow, order, "order.evidenced", origin=proof.origin.value)
    settle_done(uow, order)
