"""Handing a round under way to somebody else, whole, with the boxes on board.

The hot clock runs on: a box that nobody can bring in time any more is not served, and
its elder gets another one. What was not fetched yet goes along, or back to the plan.

The other one's way is thought of while nobody is held; what happened meanwhile is
found by looking again under the locks.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.errors import Conflict, Refusal
from dispatch.field.boarding import Board, read_board
from dispatch.field.relaying_rounds import (
    Relay,
    Seen,
    is_as_seen,
    plan_relay,
    see_relay,
)
from dispatch.field.tracking import tell_round
from dispatch.orders.ordering import OrderDraft, Override, place_order
from dispatch.orders.orders import Order, OrderState, move_order, tell_order
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.begun import list_begun
from dispatch.planning.handovers import RoundHandover, get_handover
from dispatch.planning.holding import hold_helpers, hold_orders
from dispatch.planning.placing import Publication, put_on_round
from dispatch.planning.plans import (
    GOING_STATES,
    PlanRound,
    Round,
    RoundState,
    find_plan,
    get_round,
)
from dispatch.planning.publishing import raise_version, tell_plan, write_plan
from dispatch.planning.repairing import Repaired
from dispatch.planning.rounds import drafts_of, write_round
from dispatch.planning.waves import Wave, get_wave
from dispatch.store.columns import Json
from dispatch.store.database import Database
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import Actor, UnitOfWork

NOT_SERVED: Final = "past_eat_by"
CALLED_BACK: Final[Json] = {
    "why": "原助老员的路线中途交接，这一单等待重新排线。",
    "candidates": [],
    "relaxation": None,
}


class NotUnderWay(Conflict):
    """这条路线还没有出发或已经结束，不能交接；没出发的请用改派。没有改动。"""

    code = "not_under_way"


class RoundChanged(Conflict):
    """交接时这条路线刚有变化（有人签收、接单或重新排线）。没有改动，请再试一次。"""

    code = "round_changed"


@dataclass(frozen=True)
class Asked:
    """Which round goes on with whom; None: it is called back and nobody goes on."""

    round_id: UUID
    to_helper_id: UUID | None
    why: str


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """What became of a round: who goes on with what, what waits, what is replaced.

    `without_box` are orders whose box is not served and that no spare portion replaces:
    somebody must call.
    """

    to_round_id: UUID | None
    handed: list[str]
    waiting: list[str]
    replaced: list[str]
    without_box: list[str]


def hand_over_round(
    database: Database, actor: Actor, asked: Asked, *, key: str | None
) -> HandedOver:
    """The same as `hand_over`, as it is shown."""
    made = hand_over(database, actor, asked, key=key)
    cold: dict[str, Json] = made.did["not_served"]
    return HandedOver(
        to_round_id=made.to_round_id,
        handed=made.did["handed"],
        waiting=made.did["waiting"],
        replaced=[each for each, by in cold.items() if "order_id" in by],
        without_box=[each for each, by in cold.items() if "order_id" not in by],
    )


def hand_over(
    database: Database, actor: Actor, asked: Asked, *, key: str | None
) -> RoundHandover:
    """Take a round from its helper and give it to another; the same key once.

    Raises:
        NotFound: no such round within reach.
        NotUnderWay, CannotTakeOver, RoundChanged: nothing was changed.
        KeyMissing, KeyReused
    """
    seen = database.read(lambda uow: look_ahead(uow, asked), actor)
    relay = plan_relay(seen) if seen else None
    return database.change(lambda uow: pass_on(uow, asked, seen, relay, key=key), actor)


def look_ahead(uow: UnitOfWork, asked: Asked) -> Seen | None:
    """What is to be thought about; None: the round is not under way any more.

    Raises: NotFound, CannotTakeOver.
    """
    round_ = get_round(uow.session, asked.round_id)
    wave = get_scoped(uow, Wave, round_.wave_id)
    board = read_board(uow, round_)
    if not _is_under_way(uow, board):
        return None
    return see_relay(uow, wave, board, asked.to_helper_id)


def pass_on(
    uow: UnitOfWork,
    asked: Asked,
    seen: Seen | None,
    relay: Relay | None,
    *,
    key: str | None,
) -> RoundHandover:
    """Write what was thought of, if everything still is as it was seen.

    Raises: as `hand_over`.
    """
    made = claim(uow, key, "hand_over", [asked.round_id, asked.to_helper_id])
    if made:
        return get_handover(uow.session, made)
    wave_id = get_scoped(uow, Wave, get_round(uow.session, asked.round_id).wave_id).id
    board = _hold(uow, wave_id, asked)
    wave = get_wave(uow.session, wave_id)
    if seen is None or not is_as_seen(uow, wave, board, asked.to_helper_id, seen):
        raise RoundChanged
    _leave(uow, board, wave.street_code)
    round_id = _go_on(uow, wave, relay, board) if relay else None
    handed = set(relay.taken) if relay else set()
    rest = [each for each in board.orders if each.id not in handed]
    lost = [each for each in rest if each.id in board.taken_at]
    _wait(uow, wave, [each for each in rest if each not in lost])
    kept = RoundHandover(
        from_round_id=board.round.id,
        to_round_id=round_id,
        lat=seen.spot.lat,  # where the relay begins, wherever they are by now
        lon=seen.spot.lon,
        why=asked.why,
        did={
            "handed": sorted(map(str, handed)),
            "waiting": sorted(str(e.id) for e in rest if e not in lost),
            "not_served": {str(each.id): _replace(uow, each) for each in lost},
        },
        made_at=uow.now,
        made_by=uow.actor.account_id,
    )
    uow.session.add(kept)
    uow.session.flush()
    keep_result(uow, key or "", kept.id)
    return kept


def _hold(uow: UnitOfWork, wave_id: UUID, asked: Asked) -> Board:
    """Orders, wave, helpers, round: in the order in which everybody takes them."""
    session = uow.session
    before = read_board(uow, get_round(session, asked.round_id))
    hold_orders(session, wave_id, only=[each.id for each in before.orders])
    get_wave(session, wave_id, lock=True)
    both = {before.round.helper_id, asked.to_helper_id} - {None}
    hold_helpers(session, {each for each in both if each})
    round_ = get_round(session, asked.round_id, lock=True)
    board = read_board(uow, round_)
    if not _is_under_way(uow, board):
        raise NotUnderWay
    return board


def _is_under_way(uow: UnitOfWork, board: Board) -> bool:
    """It has begun, and something of it is still to be done."""
    round_ = board.round
    begun = {each.id for each in list_begun(uow.session, round_.wave_id, uow.now)}
    going = round_.state in GOING_STATES or round_.id in begun
    return going and bool(board.orders)


def _leave(uow: UnitOfWork, board: Board, street_code: str) -> None:
    """Nothing is to be done on the old round any more; its helper hears of it."""
    for served in board.served:
        served.given_back_at = uow.now
        uow.session.add(served)
    board.round.state = RoundState.ENDED
    uow.session.add(board.round)
    uow.session.flush()
    tell_round(uow, board.round, street_code)
    for order in board.orders:
        said = {"helper_id": board.round.helper_id}
        tell_order(uow, order, "order.called_back", **said)


def _go_on(uow: UnitOfWork, wave: Wave, relay: Relay, board: Board) -> UUID:
    """The other one's round, beside everything that stands."""
    session = uow.session
    before = find_plan(session, wave.id, wave.shown_version)
    raise_version(uow, wave, answers=False)
    orders = {each.id: each for each in board.orders}
    here = Publication(uow, relay.task, wave, orders, wave.plan_version)
    whole = Repaired(relay.thought.plan, frozenset(), frozenset())
    base = 0 if before is None else before.base_version
    plan = write_plan(here, whole, relay.thought, base_version=base)
    (route,) = relay.thought.plan.routes
    drafts = drafts_of(relay.task, route, wave.serve_on)
    made = write_round(uow, relay.task, route, drafts, orders, version=plan.version)
    session.add(PlanRound(plan_id=plan.id, round_id=made.id))
    for order_id in relay.taken:
        _carry_on(uow, orders[order_id], made, plan.version)
    session.flush()
    tell_plan(here, plan, relay.thought)
    return made.id


def _carry_on(uow: UnitOfWork, order: Order, made: Round, version: int) -> None:
    if order.state is OrderState.UNDER_WAY:
        order.plan_version = version
        uow.session.add(order)
        tell_order(uow, order, "order.handed_on", helper_id=made.helper_id)
    else:
        put_on_round(uow, order, [made.helper_id], version, was=())


def _wait(uow: UnitOfWork, wave: Wave, orders: list[Order]) -> None:
    """What nobody has on board goes back to the plan, which is asked for."""
    for order in orders:
        order.plan_version, order.explanation = None, CALLED_BACK
        move_order(uow, order, OrderState.UNASSIGNED, why="called_back")
    if orders:
        wave.orders_version += 1
        uow.session.add(wave)
        ask_for_plan(uow, wave.id, "crew")


def _replace(uow: UnitOfWork, order: Order) -> Json:
    """The box is not served; another meal is ordered, of the spare ones.

    Returns:
        the new order's id, or the code that says why there is none.
    """
    move_order(uow, order, OrderState.FAILED, reason=NOT_SERVED)
    draft = OrderDraft(
        elder_id=order.elder_id,
        service=order.service,
        channel=order.channel,
        serve_on=order.serve_on,
        serving=order.serving,
        menu_item_id=order.menu_item_id,
        ready_at=uow.now,
        override=Override("replace", f"代替 {order.number}"),
    )
    try:
        with uow.session.begin_nested():
            fresh = place_order(uow, draft, key=f"replace-{order.id}")
    except Refusal as refusal:
        return {"why": refusal.code}
    return {"order_id": str(fresh.id)}
