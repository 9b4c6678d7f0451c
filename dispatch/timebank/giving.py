"""Giving minutes away: to kin, to the pool, from the pool; and using them."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.field.evidence import find_evidence
from dispatch.log.audit import write_down
from dispatch.log.events import record
from dispatch.orders.orders import Channel, Order, OrderState, tell_order
from dispatch.people.elders import Elder, age_on
from dispatch.people.helpers import Helper
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.timebank.accounts import (
    Team,
    TimeAccount,
    TimeAccountKind,
    hold_account,
)
from dispatch.timebank.kin import find_kin
from dispatch.timebank.minting import hold_issue
from dispatch.timebank.moves import (
    MoveKind,
    TimeMove,
    balance,
    keep_move,
    list_live_of_order,
)
from dispatch.timebank.rules import TimeRules, time_rules_on

MOST_AT_ONCE: Final = 6000  # a hundred hours


class TooFewMinutes(Conflict):
    """时间余额不够，没有划转。"""

    code = "too_few_minutes"


class NotDirectKin(NotAllowed):
    """只能转给本人或已核实的直系亲属，没有划转。请先到驿站核实亲属关系。"""

    code = "not_direct_kin"


class TooYoung(Conflict):
    """对方还不到可以使用时间币的年龄，没有划转。"""

    code = "too_young_for_time"


class NotForThem(Conflict):
    """时间池只优先给独居、空巢等规定的老人，没有划转。"""

    code = "pool_not_for_them"


class NotServedYet(Conflict):
    """这项服务还没有完成或没有凭证，不能抵用时间。"""

    code = "not_served_yet"


class RedeemedAlready(Conflict):
    """这一单已经抵用过时间了。"""

    code = "redeemed_already"


def gift(uow: UnitOfWork, helper_id: UUID, elder_id: UUID, minutes: int) -> TimeMove:
    """A helper gives of their own minutes to verified direct kin, or to themselves
    as an elder.

    Raises:
        NotDirectKin, TooYoung, TooFewMinutes, BadInput: nothing was moved.
    """
    rules = time_rules_on(town_day(uow.now))
    kin = find_kin(uow.session, helper_id, elder_id)
    if kin is None or kin.relation not in rules.use.gift_to:
        raise NotDirectKin
    _of_age(uow, rules, uow.session.get_one(Elder, elder_id))
    giver = hold_account(uow, TimeAccountKind.HELPER, helper_id)
    taker = hold_account(uow, TimeAccountKind.ELDER, elder_id)
    return _move(uow, MoveKind.GIFT, giver, taker.id, minutes, rules)


def donate(uow: UnitOfWork, helper_id: UUID, minutes: int) -> TimeMove:
    """A helper gives minutes to the pool. Raises: TooFewMinutes, BadInput."""
    giver = hold_account(uow, TimeAccountKind.HELPER, helper_id)
    return _to_pool(uow, giver, minutes)


def donate_of_team(uow: UnitOfWork, team_id: UUID, minutes: int) -> TimeMove:
    """A team gives of its minutes to the pool, the only thing it can do with them.

    Raises: NotFound, TooFewMinutes, BadInput.
    """
    team = get_scoped(uow, Team, team_id)
    return _to_pool(uow, hold_account(uow, TimeAccountKind.TEAM, team.id), minutes)


def _to_pool(uow: UnitOfWork, giver: TimeAccount, minutes: int) -> TimeMove:
    pool = hold_account(uow, TimeAccountKind.POOL)
    rules = time_rules_on(town_day(uow.now))
    return _move(uow, MoveKind.DONATE, giver, pool.id, minutes, rules)


def grant_time(
    uow: UnitOfWork, elder_id: UUID, minutes: int, reason: str = ""
) -> TimeMove:
    """The pool gives to an elder whom the rules name: alone, empty nest.

    Raises:
        NotFound, NotForThem, TooYoung, TooFewMinutes, BadInput: nothing was moved.
    """
    rules = time_rules_on(town_day(uow.now))
    elder = get_scoped(uow, Elder, elder_id)
    if elder.living not in rules.use.granted_to:
        raise NotForThem
    _of_age(uow, rules, elder)
    pool = hold_account(uow, TimeAccountKind.POOL)
    taker = hold_account(uow, TimeAccountKind.ELDER, elder.id)
    write_down(uow, "time_grant", "elder", elder.id, purpose=reason)
    return _move(uow, MoveKind.GRANT, pool, taker.id, minutes, rules)


def redeem(uow: UnitOfWork, order_id: UUID) -> TimeMove:
    """An elder uses minutes for a visit that was done: as many as it lasted, by its
    proof, or all that there are.

    Raises:
        NotFound, NotServedYet, RedeemedAlready, TooFewMinutes: nothing was moved.
    """
    order = get_scoped(uow, Order, order_id, lock=True)
    proof = find_evidence(uow.session, order.id)
    lasted = proof.basis.get("lasted_seconds") if proof else None
    done = order.state is OrderState.DONE and order.channel is Channel.VISIT
    if not done or not isinstance(lasted, int):
        raise NotServedYet
    standing = list_live_of_order(uow.session, order.id)
    if any(move.kind is MoveKind.REDEEM for move in standing):
        raise RedeemedAlready
    rules = time_rules_on(order.serve_on)
    account = hold_account(uow, TimeAccountKind.ELDER, order.elder_id)
    held = balance(uow.session, account.id)
    minutes = min(held, max(1, rules.rounded(lasted)))
    move = _move(
        uow, MoveKind.REDEEM, account, hold_issue(uow), minutes, rules, order_id
    )
    tell_order(uow, order, "order.time_redeemed", minutes=minutes)
    return move


def _of_age(uow: UnitOfWork, rules: TimeRules, elder: Elder) -> None:
    today: date = town_day(uow.now)
    if age_on(elder.born_on, today) < rules.use.from_age:
        raise TooYoung


def _move(
    uow: UnitOfWork,
    kind: MoveKind,
    giver: TimeAccount,
    to_id: UUID,
    minutes: int,
    rules: TimeRules,
    order_id: UUID | None = None,
) -> TimeMove:
    if kind is not MoveKind.REDEEM and not 1 <= minutes <= MOST_AT_ONCE:
        raise BadInput("请填写 1 到 6000 分钟，没有划转。")
    if minutes < 1 or balance(uow.session, giver.id) < minutes:
        raise TooFewMinutes
    move = TimeMove(
        kind=kind,
        from_id=giver.id,
        to_id=to_id,
        minutes=minutes,
        rules=rules.version.id,
        order_id=order_id,
        made_at=uow.now,
        made_by=uow.actor.account_id,
    )
    keep_move(uow, move)
    uow.session.flush()
    if order_id is None:
        street = _street_of(uow, giver)
        facts = {"kind": kind.value, "minutes": minutes, "move": str(move.id)}
        record(
            uow,
            "time.given",
            "time_account",
            giver.id,
            facts=facts,
            street_code=street,
            helper_id=giver.helper_id,
        )
    return move


def _street_of(uow: UnitOfWork, account: TimeAccount) -> str | None:
    if account.helper_id is None:
        return None
    query = select(Helper.street_code).where(Helper.id == account.helper_id)
    return uow.session.exec(query).one()
