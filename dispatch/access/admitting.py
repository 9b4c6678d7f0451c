"""Who comes with a session: their reach at this moment, or why they are let in no more.

A phone whose access was taken away is told so: it forgets whom it knows of. What it
has recorded and not yet handed in, it may still hand in.
"""

from dataclasses import replace

from dispatch.access.accounts import Account, Role, SignedIn, actor_of, find_session
from dispatch.access.day_passes import (
    MAY_STILL_TELL,
    DayPass,
    find_of_session,
    sha256,
)
from dispatch.clock import wall_now
from dispatch.errors import NotSignedIn
from dispatch.store.unit_of_work import Actor, UnitOfWork


class AccessIsOver(NotSignedIn):
    """您的登录或通行码已停用，手机上的名单已清除。请联系驿站。"""

    code = "access_is_over"


def admit(uow: UnitOfWork, token: str) -> tuple[Actor, str]:
    """The actor behind a session's token, and its token against forged requests.

    Raises:
        NotSignedIn: no session, or one that has run out.
        AccessIsOver: a day pass that is over, or an account that was closed.
    """
    found = find_session(uow.session, token) if token else None
    if found is None:
        raise AccessIsOver if _was_taken_away(uow, token) else NotSignedIn
    account, kept = found
    if account.role is not Role.HELPER:
        return actor_of(account), kept.csrf
    day_pass = find_of_session(uow.session, token)
    if day_pass is not None and day_pass.is_over(uow.now):
        raise AccessIsOver
    return _with_pass(account, day_pass), kept.csrf


def admit_late(uow: UnitOfWork, token: str) -> tuple[Actor, str]:
    """The same for a phone that hands in what it recorded: a pass may be over.

    Raises: as `admit`; a day after its pass was over a phone is nobody's any more.
    """
    day_pass = find_of_session(uow.session, token) if token else None
    if day_pass is None or not day_pass.is_over(uow.now):
        return admit(uow, token)
    kept = uow.session.get_one(SignedIn, sha256(token))
    if uow.now >= day_pass.expires_at + MAY_STILL_TELL:
        raise AccessIsOver
    account = uow.session.get_one(Account, kept.account_id)
    return _with_pass(account, day_pass), kept.csrf


def _with_pass(account: Account, day_pass: DayPass | None) -> Actor:
    return replace(actor_of(account), pass_id=day_pass.id if day_pass else None)


def _was_taken_away(uow: UnitOfWork, token: str) -> bool:
    """Not merely signed out, or run out by its hours."""
    kept = uow.session.get(SignedIn, sha256(token)) if token else None
    if kept is None:
        return False
    if find_of_session(uow.session, token) is not None:
        return True
    standing = not kept.revoked and kept.expires_at > wall_now()
    return standing and not uow.session.get_one(Account, kept.account_id).active
