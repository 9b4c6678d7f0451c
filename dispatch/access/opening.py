"""Accounts are opened, opened again with another password, and closed."""

from contextlib import suppress
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, or_, select, update

from dispatch.access.accounts import (
    ADMINS,
    JUDGES,
    PASSES_ONLY,
    Account,
    Role,
    SignedIn,
    find_account,
    get_account_named,
    hash_password,
)
from dispatch.access.second_factor import draw_letters, drop_factor
from dispatch.errors import BadInput, Conflict, NotFound
from dispatch.log.audit import write_down
from dispatch.people.places import Kitchen, Street, get_station_coded
from dispatch.store.unit_of_work import UnitOfWork

# What each role serves; helpers' accounts come with the helper.
_SERVES: Final = {
    Role.DISTRICT: frozenset[str](),
    Role.STREET: frozenset({"street"}),
    Role.STATION: frozenset({"station"}),
    Role.DISPATCHER: frozenset({"street", ""}),
    Role.KITCHEN: frozenset({"kitchen"}),
    Role.CALL_CENTRE: frozenset[str](),
    **dict.fromkeys(ADMINS | JUDGES, frozenset[str]()),
}


class NoSuchReach(BadInput):
    """这个身份要指明（且只指明）它的街道、驿站或厨房，没有保存。"""

    code = "no_such_reach"


class LoginTaken(Conflict):
    """这个账号名已有人用，没有保存。请换一个。"""

    code = "login_taken"


class HasNoPassword(Conflict):
    """这个账号只用通行码，没有密码。请在当天的路线上发新的通行码。"""

    code = "has_no_password"


def open_account(
    uow: UnitOfWork, login: str, role: Role, title: str, *, serves: dict[str, str]
) -> str:
    """A new account.

    Args:
        serves: `station` or `street` with its code, or `kitchen` with its id, or with
            its name where no other has it, as the role asks.

    Returns:
        the password, told once; its holder has to choose another.

    Raises:
        NoSuchReach, LoginTaken, NotFound: no such station, street or kitchen.
    """
    wanted = _SERVES.get(role)
    if wanted is None or not _is_reach(wanted, set(serves)):
        raise NoSuchReach
    if login.startswith(PASSES_ONLY) or find_account(uow.session, login) is not None:
        raise LoginTaken
    account = Account(login=login, password_hash="", role=role, title=title)
    if "street" in serves:
        account.street_code = _street(uow.session, serves["street"])
    if "station" in serves:
        account.station_id = get_station_coded(uow.session, serves["station"]).id
    if "kitchen" in serves:
        kitchen = _kitchen(uow.session, serves["kitchen"])
        account.kitchen_id = kitchen.id
        serves = {"kitchen": f"{kitchen.name} {kitchen.id}"}
    password = _give_password(account)
    uow.session.add(account)
    uow.session.flush()
    reach = " ".join((role.value, *serves.values()))
    write_down(uow, "account_opened", "account", account.id, purpose=reach[:200])
    return password


def renew_account(uow: UnitOfWork, login: str) -> str:
    """A password was forgotten, or a closed account is needed again.

    The second factor stays: with the password alone nobody comes in who had one.

    Returns:
        a password, told once; its holder has to choose another.

    Raises:
        NotFound, HasNoPassword: it comes in by day passes.
    """
    account = get_account_named(uow.session, login)
    if account.login.startswith(PASSES_ONLY):
        raise HasNoPassword
    password = _give_password(account)
    account.active, account.wrong_tries = True, 0
    _end_sessions(uow.session, account)
    write_down(uow, "account_renewed", "account", account.id)
    return password


def reopen_account(uow: UnitOfWork, login: str) -> None:
    """It opens again as it was closed; no password is given. Raises: NotFound."""
    account = get_account_named(uow.session, login)
    account.active, account.wrong_tries = True, 0
    uow.session.add(account)
    write_down(uow, "account_reopened", "account", account.id)


def take_lost_app_away(uow: UnitOfWork, login: str) -> None:
    """The phone with the app and the codes are lost; the password stays. Only on the
    machine: who may give passwords does not take the second lock off. Raises: NotFound.
    """
    account = get_account_named(uow.session, login)
    drop_factor(uow, account)
    _end_sessions(uow.session, account)
    write_down(uow, "second_factor_gone", "account", account.id)


def close_account(uow: UnitOfWork, login: str) -> None:
    """Nobody signs in with it any more; what it did stays its. Raises: NotFound."""
    account = get_account_named(uow.session, login)
    account.active = False
    uow.session.add(account)
    _end_sessions(uow.session, account)
    write_down(uow, "account_closed", "account", account.id)


def sign_out_everywhere(uow: UnitOfWork, login: str) -> None:
    """Every session of theirs is over at once. Raises: NotFound."""
    account = get_account_named(uow.session, login)
    _end_sessions(uow.session, account)
    write_down(uow, "account_signed_out", "account", account.id)


def _give_password(account: Account) -> str:
    password = draw_letters(4, 5)
    account.password_hash, account.password_given = hash_password(password), True
    return password


def _is_reach(wanted: frozenset[str], told: set[str]) -> bool:
    if not told:
        return not wanted or "" in wanted
    return told <= wanted and len(told) == 1


def _street(session: Session, code: str) -> str:
    found = session.get(Street, code)
    if found is None:
        raise NotFound("没有这个街道。")
    return found.code


def _kitchen(session: Session, told: str) -> Kitchen:
    """By its id, or by its name where no other has it; of several the refusal says
    which they are."""
    one = col(Kitchen.name) == told
    with suppress(ValueError):
        one = or_(one, col(Kitchen.id) == UUID(told))
    query = select(Kitchen, Street.name).join(
        Street, col(Street.code) == Kitchen.street_code
    )
    found = session.exec(query.where(one).order_by(col(Kitchen.id))).all()
    if not found:
        raise NotFound("没有这个厨房。")
    if len(found) > 1:
        which = "；".join(f"{street} {kitchen.id}" for kitchen, street in found)
        raise NotFound(f"不止一个厨房叫这个名字，请改用编号：{which}。")
    return found[0][0]


def _end_sessions(session: Session, account: Account) -> None:
    session.add(account)
    session.exec(
        update(SignedIn)
        .where(col(SignedIn.account_id) == account.id)
        .values(revoked=True)
    )
