"""Coming in: the password, the second factor, and no more tries than a person needs."""

from datetime import timedelta
from typing import Final

from sqlmodel import select

from dispatch.access.accounts import Account, is_password, open_session
from dispatch.access.second_factor import WrongCode, takes_code
from dispatch.clock import wall_now
from dispatch.errors import NotSignedIn, TooOften
from dispatch.store.unit_of_work import UnitOfWork

WRONG_TRIES: Final = 5  # of one name, from one place
# Of one name from everywhere: so many that nobody locks a station out by its name from
# two or three addresses, so few that guessing from a thousand leads nowhere.
WRONG_EVERYWHERE: Final = 50
WRONG_SECONDS: Final = 15 * 60


class WrongSignIn(NotSignedIn):
    """账号或密码不对，请重新输入。"""

    code = "wrong_sign_in"


class CodeNeeded(NotSignedIn):
    """请再输入动态验证码。"""

    code = "code_needed"


class TooManyTries(TooOften):
    """输错次数过多，请 15 分钟后再试。忘了密码请找管理员。"""

    code = "too_many_tries"


def fits(uow: UnitOfWork, login: str, password: str) -> bool:
    """Whether this is the account's password; equally slow for unknown names.

    It only reads: hashing takes a tenth of a second, and no writer waits for it.
    """
    query = select(Account.password_hash).where(Account.login == login)
    return is_password(uow.session.exec(query).first(), password)


def sign_in(
    uow: UnitOfWork, login: str, *, fits: bool, code: str = "", device: str = ""
) -> tuple[Account, str, str]:
    """Open a session. A wrong try is counted even though this raises.

    Args:
        fits: what `fits` said of the password a moment ago.
        code: of the second factor, where the account has one.

    Returns:
        the account, the cookie's token and the token against forged requests.

    Raises:
        WrongSignIn, CodeNeeded, WrongCode, TooManyTries
    """
    query = select(Account).where(Account.login == login).with_for_update()
    account = uow.session.exec(query).first()
    if account is None or not account.active:
        raise WrongSignIn
    _refuse_locked(account)
    if not fits:
        raise count_wrong(uow, account, WrongSignIn())
    if account.second_since is not None:
        if not code:
            raise CodeNeeded
        if not takes_code(uow, account, code):
            # Who is here knows the password: five wrong codes lock the name everywhere.
            weight = WRONG_EVERYWHERE // WRONG_TRIES
            raise count_wrong(uow, account, WrongCode(), weight)
    account.wrong_tries = 0
    return account, *open_session(uow.session, account, device=device)


def count_wrong(
    uow: UnitOfWork, account: Account, refusal: NotSignedIn, weight: int = 1
) -> NotSignedIn:
    """The refusal, with the try kept: what else was done in this unit is, too."""
    if account.wrong_tries == 0:
        account.wrong_at = wall_now()
    account.wrong_tries += weight
    uow.session.add(account)
    uow.session.commit()
    return refusal


def _refuse_locked(account: Account) -> None:
    """Counted from the first wrong try, as `Tries` counts names that nobody has:
    otherwise whoever waits a little learns which names there are."""
    if account.wrong_at is None:
        return
    again = account.wrong_at + timedelta(seconds=WRONG_SECONDS) - wall_now()
    if again <= timedelta(0):
        account.wrong_tries = 0
    elif account.wrong_tries >= WRONG_EVERYWHERE:
        raise TooManyTries(again_seconds=int(again.total_seconds()) + 1)
