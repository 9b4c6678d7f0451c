"""Pausing and resuming: what an elder's absence does to what is ordered for them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict
from dispatch.log.events import record
from dispatch.orders.holding import hold_orders, list_open, release_orders
from dispatch.orders.orders import Order
from dispatch.orders.standing_run import ask_for_run
from dispatch.people.elders import Elder
from dispatch.people.pauses import (
    Pause,
    PauseReason,
    PauseScope,
    get_pause,
    list_pauses,
)
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork

_LONG_AGO = timedelta(days=31)


class PauseBackwards(BadInput):
    """暂停的结束日期早于开始日期，或开始日期太早，没有保存。"""

    code = "pause_backwards"


class AlreadyResumed(Conflict):
    """这条暂停已经结束，没有保存。请刷新后查看。"""

    code = "already_resumed"


@dataclass(frozen=True)
class PauseDraft:
    """Which days, why, and what is paused; `until_on` None until they are back."""

    elder_id: UUID
    from_on: date
    reason: PauseReason
    until_on: date | None = None
    scope: PauseScope = PauseScope.ALL
    words: str = ""


@dataclass(frozen=True)
class Effect:
    """What became of orders: `moved` as the deed wanted, `left` could not follow."""

    pause: Pause
    moved: Sequence[Order]
    left: Sequence[Order] = ()


def pause(uow: UnitOfWork, draft: PauseDraft, *, key: str | None) -> Effect:
    """Pause an elder's services; what is open on those days is held.

    The same key again changes nothing. What is under way stays with its helper.

    Raises:
        NotFound: no such elder within reach.
        PauseBackwards, KeyMissing, KeyReused
    """
    made = claim(uow, key, "pause", asdict(draft))
    if made:
        return Effect(get_pause(uow.session, made), ())
    effect = add_pause(uow, get_scoped(uow, Elder, draft.elder_id, lock=True), draft)
    keep_result(uow, key or "", effect.pause.id)
    return effect


def add_pause(uow: UnitOfWork, elder: Elder, draft: PauseDraft) -> Effect:
    """The same for an elder whose row is held already."""
    today = town_day(uow.now)
    if draft.from_on < today - _LONG_AGO or (
        draft.until_on is not None and draft.until_on < draft.from_on
    ):
        raise PauseBackwards
    made = Pause(
        elder_id=elder.id,
        scope=draft.scope,
        reason=draft.reason,
        from_on=draft.from_on,
        until_on=draft.until_on,
        words=draft.words,
        made_at=uow.now,
        made_by=uow.actor.account_id,
    )
    uow.session.add(made)
    uow.session.flush()
    _tell(uow, elder, "elder.paused", made)
    open_ = list_open(uow, elder.id, max(made.from_on, today))
    covered = [o for o in open_ if made.covers(o.serve_on, is_meal=o.is_meal)]
    return Effect(made, hold_orders(uow, covered, made.reason.value))


def resume(uow: UnitOfWork, pause_id: UUID, on: date | None = None) -> Effect:
    """End a pause from a day on, today unless told otherwise.

    What it held from that day on waits again, unless another pause covers it; what
    the kitchen can no longer serve stays held, for a person to decide.

    Raises:
        NotFound: no such pause within reach.
        AlreadyResumed: it holds nothing any more.
    """
    made = get_pause(uow.session, pause_id)
    elder = get_scoped(uow, Elder, made.elder_id, lock=True)
    uow.session.refresh(made)
    return end_pause(uow, elder, made, on or town_day(uow.now))


def end_pause(uow: UnitOfWork, elder: Elder, made: Pause, on: date) -> Effect:
    """The same for an elder whose row is held already."""
    over = made.until_on is not None and made.until_on < on
    if over or (made.resumed_on is not None and made.resumed_on <= on):
        raise AlreadyResumed
    made.resumed_on = max(on, made.from_on)
    uow.session.add(made)
    uow.session.flush()
    _tell(uow, elder, "elder.resumed", made)
    pauses = list_pauses(uow.session, elder.id)
    freed, kept = release_orders(
        uow,
        [
            order
            for order in list_open(uow, elder.id, made.resumed_on, held=True)
            if not is_covered(pauses, order)
        ],
    )
    ask_for_run(uow)  # what their plans say of the coming days is made, too
    return Effect(made, freed, kept)


def is_covered(pauses: Sequence[Pause], order: Order) -> bool:
    """One of these pauses covers the order's day."""
    return any(one.covers(order.serve_on, is_meal=order.is_meal) for one in pauses)


def _tell(uow: UnitOfWork, elder: Elder, kind: str, made: Pause) -> None:
    said = {
        "pause_id": str(made.id),
        "why": made.reason.value,
        "from_on": made.from_on.isoformat(),
        "until_on": (made.resumed_on or made.until_on or "")
        and str(made.resumed_on or made.until_on),
    }
    record(
        uow,
        kind,
        "elder",
        elder.id,
        facts={name: each for name, each in said.items() if each},
        station_id=elder.station_id,
        street_code=elder.street_code,
    )
