"""Giving a day pass for a round, taking it with a phone, ending it."""

import io
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import segno
from sqlmodel import Session, col, select

from dispatch.access.accounts import (
    PASSES_ONLY,
    Account,
    Role,
    open_session,
    shut_account,
)
from dispatch.access.day_passes import (
    DayPass,
    end_pass,
    find_by_code,
    find_standing,
    sha256,
)
from dispatch.access.greeting import Me, greet
from dispatch.access.scope import get_scoped
from dispatch.errors import Conflict, NotFound
from dispatch.field.authority import STILL_OUT, tenures_of
from dispatch.field.rounds import is_active
from dispatch.log.audit import write_down
from dispatch.people.helpers import Helper
from dispatch.planning.plans import Round, RoundState, get_round
from dispatch.store.unit_of_work import UnitOfWork

_TOKEN_BYTES: Final = 18


class PassIsOver(NotFound):
    """这张通行码已停用或已过期，请让驿站重新出一张。"""

    code = "pass_is_over"


class PassIsTaken(Conflict):
    """这张通行码已在另一台手机上用过，请让驿站重新出一张。"""

    code = "pass_is_taken"


class NoRoundToPass(Conflict):
    """这条路线已结束或已改排，不能出通行码。请刷新后再试。"""

    code = "no_round_to_pass"


@dataclass(frozen=True, kw_only=True)
class PassRow:
    """What the desk sees of a round's pass."""

    id: UUID
    made_at: datetime
    expires_at: datetime
    taken_at: datetime | None


def give_pass(uow: UnitOfWork, round_id: UUID) -> str:
    """A new code for a round's helper; a pass that stood before ends.

    Returns:
        the code, which is shown once and kept nowhere.

    Raises:
        NotFound: no such round within reach.
        NoRoundToPass: it is over, replaced, or its helper is suspended.
    """
    round_ = _round_within_reach(uow, round_id)
    helper = uow.session.get_one(Helper, round_.helper_id)
    tenure = tenures_of(uow.session, [round_.id]).get(round_.id)
    over = round_.state in {RoundState.ENDED, RoundState.DROPPED}
    stands = tenure is not None and tenure.in_force and is_active(tenure, uow.now)
    if over or helper.suspended or not stands:
        raise NoRoundToPass
    if before := find_standing(uow.session, round_.wave_id, helper.id):
        end_pass(uow, before)
    code = secrets.token_urlsafe(_TOKEN_BYTES)
    uow.session.add(
        DayPass(
            wave_id=round_.wave_id,
            helper_id=helper.id,
            token_sha256=sha256(code),
            account_id=uow.actor.account_id,
            made_at=uow.now,
            expires_at=round_.ends_at + STILL_OUT,
        )
    )
    uow.session.flush()
    write_down(uow, "pass_given", "helper", helper.id, purpose=f"round {round_.id}")
    return code


def draw_pass(address: str) -> str:
    """A code's address as SVG, to be read by a phone's camera."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", scale=6, border=3, xmldecl=False
    )
    return drawn.getvalue().decode()


def take_pass(uow: UnitOfWork, code: str) -> tuple[Me, str]:
    """Open the session of the phone that read the code: the first one has it.

    Returns:
        the greeting, and the cookie's token.

    Raises:
        PassIsOver: unknown, ended or run out.
        PassIsTaken: another phone was first.
    """
    day_pass = find_by_code(uow.session, code)
    if day_pass is None or day_pass.is_over(uow.now):
        raise PassIsOver
    if day_pass.taken_at is not None:
        raise PassIsTaken
    account = _account_of(uow.session, day_pass.helper_id)
    if not account.active:
        raise PassIsOver
    token, csrf = open_session(uow.session, account)
    day_pass.taken_at, day_pass.session_sha256 = uow.now, sha256(token)
    uow.session.add(day_pass)
    uow.session.flush()
    write_down(uow, "pass_taken", "helper", day_pass.helper_id)
    return greet(uow, account, csrf), token


def revoke_pass(uow: UnitOfWork, round_id: UUID) -> None:
    """End the pass of a round's helper; nothing stands: nothing happens.

    Raises: NotFound.
    """
    round_ = _round_within_reach(uow, round_id)
    if standing := find_standing(uow.session, round_.wave_id, round_.helper_id):
        end_pass(uow, standing)
        write_down(uow, "pass_ended", "helper", round_.helper_id)


def show_pass(uow: UnitOfWork, round_id: UUID) -> PassRow | None:
    """The pass that stands for a round's helper. Raises: NotFound."""
    round_ = _round_within_reach(uow, round_id)
    found = find_standing(uow.session, round_.wave_id, round_.helper_id)
    if found is None or found.is_over(uow.now):
        return None
    return PassRow(
        id=found.id,
        made_at=found.made_at,
        expires_at=found.expires_at,
        taken_at=found.taken_at,
    )


def _round_within_reach(uow: UnitOfWork, round_id: UUID) -> Round:
    round_ = get_round(uow.session, round_id)
    get_scoped(uow, Helper, round_.helper_id)
    return round_


def _account_of(session: Session, helper_id: UUID) -> Account:
    """The helper's own account; else one that nobody can sign in to by password."""
    query = select(Account).where(
        Account.helper_id == helper_id, Account.role == Role.HELPER
    )
    if account := session.exec(query.order_by(col(Account.login))).first():
        return account
    account = shut_account(f"{PASSES_ONLY}{helper_id.hex}", Role.HELPER, "通行码")
    account.helper_id = helper_id
    session.add(account)
    session.flush()
    return account
