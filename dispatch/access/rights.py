"""Who may come in: every account, and what the security administrator does with them.

They see accounts and no business at all, and give passwords only to those who serve
elders at one place. Accounts of officials, auditors, evaluators and the administrators
are opened and renewed by the command `account` on the machine itself: nobody gives
rights to themselves. The administrators' are closed there, too: nobody takes the
sign-in of whoever reads what they did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from dispatch.access.accounts import (
    ADMINS,
    GIVEN_ON_A_PAGE,
    PASSES_ONLY,
    Account,
    Role,
    SignedIn,
)
from dispatch.access.opening import (
    close_account,
    open_account,
    renew_account,
    sign_out_everywhere,
)
from dispatch.clock import wall_now
from dispatch.errors import NotAllowed, NotFound
from dispatch.people.places import Kitchen, Station, Street
from dispatch.store.unit_of_work import UnitOfWork

# By what a role's reach is named; helpers' accounts come with the helper.
_SERVES: Final = {
    Role.DISPATCHER: "street",
    Role.STATION: "station",
    Role.KITCHEN: "kitchen",
}


class OnTheMachine(NotAllowed):
    """这类账号只能在服务器上用 account 命令办理，没有保存。"""

    code = "on_the_machine"


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """One account: whose it is, what it reaches, and whether somebody is in.

    `changeable`: closed and signed out on the page; an administrator's own is not.
    `renewable`: the page may give it another password.
    """

    id: UUID
    login: str
    name: str
    role: str
    place: str
    active: bool
    password_given: bool
    second_since: datetime | None
    sessions: int
    seen_at: datetime | None
    changeable: bool
    renewable: bool


@dataclass(frozen=True, kw_only=True)
class AccountsPage:
    total: int
    accounts: list[AccountRow]


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Something that an account may serve, as `open_account` calls it."""

    role: str
    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class GivenPassword:
    """Told once; whoever gets it has to choose another."""

    login: str
    password: str


def list_accounts(
    uow: UnitOfWork, *, q: str, role: Role | None, limit: int, offset: int
) -> AccountsPage:
    """Accounts by login, a part of whose login or title is `q`."""
    _is_theirs(uow)
    found = or_(
        col(Account.login).contains(q, autoescape=True),
        col(Account.title).contains(q, autoescape=True),
    )
    query = select(Account).where(found, Account.role != Role.SYSTEM)
    if role is not None:
        query = query.where(Account.role == role)
    counting = select(func.count()).select_from(query.subquery())
    page = query.order_by(col(Account.login)).limit(limit).offset(offset)
    accounts = uow.session.exec(page).all()
    return AccountsPage(
        total=uow.session.exec(counting).one(), accounts=_rows(uow.session, accounts)
    )


def list_reaches(uow: UnitOfWork) -> list[Reach]:
    """What may be chosen for a new account, by the role that serves it."""
    _is_theirs(uow)
    read = uow.session.exec
    streets = read(select(Street).order_by(col(Street.code))).all()
    stations = read(select(Station).order_by(col(Station.code))).all()
    ordered = select(Kitchen).order_by(col(Kitchen.name), col(Kitchen.street_code))
    kitchens, in_street = read(ordered).all(), {one.code: one.name for one in streets}
    return [
        *(Reach(role="dispatcher", code=one.code, name=one.name) for one in streets),
        *(Reach(role="station", code=one.code, name=one.name) for one in stations),
        *(
            Reach(
                role="kitchen",
                code=str(one.id),
                name=f"{one.name}（{in_street[one.street_code]}）",
            )
            for one in kitchens
        ),
    ]


def open_for(
    uow: UnitOfWork, login: str, role: Role, title: str, *, place: str
) -> GivenPassword:
    """A new account that serves a place, by its code; none: the whole district.

    Raises:
        OnTheMachine: an official's, a judge's, an administrator's.
        NoSuchReach, LoginTaken, NotFound: as `open_account`.
    """
    _is_theirs(uow)
    if role not in GIVEN_ON_A_PAGE:
        raise OnTheMachine
    serves = {_SERVES.get(role, "street"): place} if place else {}
    return GivenPassword(
        login=login, password=open_account(uow, login, role, title, serves=serves)
    )


def renew_for(uow: UnitOfWork, account_id: UUID) -> GivenPassword:
    """A password was forgotten, or a closed account is needed again.

    Raises: NotFound, OnTheMachine, HasNoPassword.
    """
    account = _changeable(uow, account_id)
    if account.role not in GIVEN_ON_A_PAGE:
        raise OnTheMachine
    password = renew_account(uow, account.login)
    return GivenPassword(login=account.login, password=password)


def close_for(uow: UnitOfWork, account_id: UUID) -> None:
    """Nobody signs in with it any more. Raises: NotFound, OnTheMachine."""
    close_account(uow, _changeable(uow, account_id).login)


def sign_out_for(uow: UnitOfWork, account_id: UUID) -> None:
    """End its sessions at once. Raises: NotFound, OnTheMachine."""
    sign_out_everywhere(uow, _changeable(uow, account_id).login)


def _is_theirs(uow: UnitOfWork) -> None:
    if uow.actor.role != Role.SECURITY_ADMIN:
        raise NotAllowed


def _changeable(uow: UnitOfWork, account_id: UUID) -> Account:
    _is_theirs(uow)
    account = uow.session.get(Account, account_id)
    if account is None or account.role is Role.SYSTEM:
        raise NotFound("没有这个账号。")
    if account.role in ADMINS:
        raise OnTheMachine
    return account


def _rows(session: Session, accounts: Sequence[Account]) -> list[AccountRow]:
    names = _places(session, accounts)
    inside = _inside(session, accounts)
    return [
        AccountRow(
            id=one.id,
            login=one.login,
            name=one.title,
            role=one.role.value,
            place=names.get(_place_of(one), ""),
            active=one.active,
            password_given=one.password_given,
            second_since=one.second_since,
            sessions=len(inside[one.id]),
            seen_at=max(inside[one.id], default=None),
            changeable=one.role not in ADMINS,
            renewable=_is_renewable(one),
        )
        for one in accounts
    ]


def _inside(
    session: Session, accounts: Sequence[Account]
) -> dict[UUID, list[datetime]]:
    """When each of an account's sessions was last seen, of those that still open."""
    inside: dict[UUID, list[datetime]] = {one.id: [] for one in accounts}
    roles = {one.id: one.role for one in accounts}
    query = select(SignedIn).where(
        col(SignedIn.account_id).in_(roles),
        ~col(SignedIn.revoked),
        col(SignedIn.expires_at) > wall_now(),
    )
    for one in session.exec(query):
        if one.stands(roles[one.account_id]):
            inside[one.account_id].append(one.seen_at)
    return inside


def _is_renewable(account: Account) -> bool:
    passes_only = account.login.startswith(PASSES_ONLY)
    return account.role in GIVEN_ON_A_PAGE and not passes_only


def _place_of(account: Account) -> UUID | str | None:
    return account.station_id or account.kitchen_id or account.street_code


def _places(session: Session, accounts: Sequence[Account]) -> dict[object, str]:
    """What the places of these accounts are called, by id or code."""
    wanted = {_place_of(one) for one in accounts}
    found: dict[object, str] = {}
    for key, name in (
        (Station.id, Station.name),
        (Kitchen.id, Kitchen.name),
        (Street.code, Street.name),
    ):
        kind = str if key is Street.code else UUID
        some = [one for one in wanted if isinstance(one, kind)]
        if some:
            query = select(key, name).where(col(key).in_(some))
            found.update(session.exec(query).all())
    return found
