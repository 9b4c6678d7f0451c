"""Minting: minutes come into being by evidenced work, and by nothing else."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.field.events import FieldKind, list_of_order
from dispatch.field.evidence import Evidence, list_evidence
from dispatch.field.partners import read_pairs
from dispatch.orders.orders import Channel, Order, OrderState, tell_order
from dispatch.people.helpers import Helper
from dispatch.planning.plans import StopOrder
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.anomaly import is_held
from dispatch.timebank.accounts import (
    TimeAccount,
    TimeAccountKind,
    hold_account,
    team_of,
)
from dispatch.timebank.kin import find_kin, guardian_came
from dispatch.timebank.moves import (
    EARNING,
    MoveKind,
    TimeMove,
    balance,
    keep_move,
    list_live_of_order,
    list_worked,
    take_back,
)
from dispatch.timebank.rules import TimeRules, time_rules_on
from dispatch.timebank.worth import Work, Worth, new_seconds, why_nothing, worth

_BEGINS = frozenset({FieldKind.PICKED_UP, FieldKind.VISIT_BEGUN})


def mint(uow: UnitOfWork, order: Order) -> None:
    """Bring the minutes earned with an order to what is proven of it by now.

    The caller holds the order's row. Done twice it changes nothing; where another
    proof counts by now, the minutes of the first are taken back and minted anew.

    Raises:
        BadFile: the rules of the time bank are not sound.
    """
    standing = [m for m in list_live_of_order(uow.session, order.id) if earned(m)]
    proofs = _proofs(uow.session, order)
    if not standing and not proofs:
        return
    rules = time_rules_on(order.serve_on)
    known = {proof.id for proof in proofs}
    _undo(uow, order, [m for m in standing if m.evidence_id not in known], "proof_gone")
    for proof in proofs:
        mine = [move for move in standing if move.evidence_id == proof.id]
        _bring(uow, order, proof, rules, mine)


def earned(move: TimeMove) -> bool:
    """It brought minutes into being."""
    return move.kind in EARNING


def _proofs(session: Session, order: Order) -> list[Evidence]:
    """The proofs that stand for somebody's work: of two people, both of theirs."""
    if order.state is not OrderState.DONE or order.channel not in _CARRIED:
        return []
    proofs = [proof for proof in list_evidence(session, order.id) if proof.helper_id]
    counting = next((proof for proof in proofs if proof.counts), None)
    if counting is None or len(proofs) == 1:
        return [counting] if counting else []
    pairs = read_pairs(session, order.id)
    pair = next((p for p in pairs if counting.helper_id in p and len(p) > 1), ())
    others: dict[UUID | None, Evidence] = {}
    for proof in proofs:
        if proof.helper_id in pair and proof.helper_id != counting.helper_id:
            others.setdefault(proof.helper_id, proof)
    return [counting, *others.values()]


_CARRIED = frozenset({Channel.DELIVERY, Channel.VISIT})


def _bring(
    uow: UnitOfWork,
    order: Order,
    proof: Evidence,
    rules: TimeRules,
    standing: list[TimeMove],
) -> None:
    helper = uow.session.get_one(Helper, proof.helper_id)
    if not standing and helper.kind not in rules.mint.helpers:
        return
    work = work_of(uow.session, order, proof, helper)
    if why_nothing(rules, work) is not None or work.from_at is None:
        _undo(uow, order, standing, "not_worth")
        return
    stretch = (work.from_at, work.until_at)
    if standing and all((m.from_at, m.until_at) == stretch for m in standing):
        return
    _undo(uow, order, standing, "proof_changed")
    account = _account(uow, helper, order)
    before = list_worked(uow.session, helper.id, order.serve_on)
    counted = [(m.from_at, m.until_at) for m in before if m.from_at and m.until_at]
    found = worth(
        rules,
        new_seconds(stretch, counted),
        today=sum(move.minutes for move in before),
        held=balance(uow.session, account.id),
        limited=account.kind is TimeAccountKind.HELPER,
    )
    _write(uow, order, proof, (account, found, stretch, rules.version.id))


def _account(uow: UnitOfWork, helper: Helper, order: Order) -> TimeAccount:
    """Where the minutes go; the helper's own is held in any case, for the day's cap."""
    own = hold_account(uow, TimeAccountKind.HELPER, helper.id)
    team = team_of(uow.session, helper.id, order.serve_on)
    return hold_account(uow, TimeAccountKind.TEAM, team) if team else own


def work_of(session: Session, order: Order, proof: Evidence, helper: Helper) -> Work:
    """One helper's work for one order, with all that decides what it is worth."""
    on = order.serve_on
    sold = order.price_fen if order.channel is Channel.VISIT else order.fee_fen
    return Work(
        kind=helper.kind,
        grade=proof.grade,
        sold_fen=sold,
        kin=find_kin(session, helper.id, order.elder_id) is not None,
        minor=helper.is_minor_on(on),
        guardian_came=guardian_came(session, helper.id, on),
        doubted=is_held(session, order.id),
        from_at=_begun_at(session, order, proof),
        until_at=proof.at,
    )


def _begun_at(session: Session, order: Order, proof: Evidence) -> datetime | None:
    """When the helper picked the box up or began the visit, by their phone."""
    if proof.field_event_id is None:
        return None
    stops = session.exec(
        select(StopOrder.stop_id).where(StopOrder.order_id == order.id)
    )
    told = list_of_order(session, order.id, stops.all())
    begun = [
        event.corrected_at
        for event in told
        if event.kind in _BEGINS and event.helper_id == proof.helper_id
    ]
    return min(begun, default=None)


def _write(
    uow: UnitOfWork,
    order: Order,
    proof: Evidence,
    about: tuple[TimeAccount, Worth, tuple[datetime, datetime], str],
) -> None:
    account, found, (from_at, until_at), rules = about
    if found == Worth(0, 0):
        return
    issue = hold_issue(uow)
    pool = hold_account(uow, TimeAccountKind.POOL)
    for kind, to, minutes in (
        (MoveKind.MINT, account, found.kept),
        (MoveKind.OVERFLOW, pool, found.over),
    ):
        if minutes:
            keep_move(
                uow,
                TimeMove(
                    kind=kind,
                    from_id=issue,
                    to_id=to.id,
                    minutes=minutes,
                    rules=rules,
                    order_id=order.id,
                    evidence_id=proof.id,
                    helper_id=proof.helper_id,
                    worked_on=order.serve_on,
                    from_at=from_at,
                    until_at=until_at,
                    made_at=uow.now,
                    made_by=uow.actor.account_id,
                ),
            )
    uow.session.flush()
    tell_order(
        uow,
        order,
        "order.time_minted",
        helper_id=proof.helper_id,
        minutes=found.kept + found.over,
        to_pool=found.over or None,
    )


def hold_issue(uow: UnitOfWork) -> UUID:
    """The account that every minute comes from: without limit, nobody waits for it."""
    query = select(TimeAccount.id).where(TimeAccount.kind == TimeAccountKind.ISSUE)
    found = uow.session.exec(query.order_by(col(TimeAccount.id))).first()
    return found or hold_account(uow, TimeAccountKind.ISSUE).id


def _undo(uow: UnitOfWork, order: Order, moves: list[TimeMove], reason: str) -> None:
    if not moves:
        return
    minutes = take_back(uow, moves, reason)
    tell_order(
        uow,
        order,
        "order.time_taken_back",
        helper_id=moves[0].helper_id,
        minutes=minutes,
        why=reason,
    )
