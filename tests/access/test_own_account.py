"""Passwords that are not guessed, second factors that open once, sessions that end."""

import sys
from base64 import b32decode
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import cast

import pytest
from argon2 import Parameters, extract_parameters
from argon2.low_level import verify_secret
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from redis import Redis
from sqlmodel import Session

from dispatch.access import second_factor
from dispatch.access.accounts import (
    Account,
    Role,
    find_account,
    find_session,
    hash_password,
    open_session,
)
from dispatch.access.opening import (
    LoginTaken,
    NoSuchReach,
    close_account,
    open_account,
    renew_account,
    reopen_account,
    take_lost_app_away,
)
from dispatch.access.passwords import WeakPassword, refuse_weak
from dispatch.access.second_factor import (
    STEP_SECONDS,
    WrongCode,
    count_recovery,
    draw_factor,
    prove_factor,
)
from dispatch.access.signing_in import TooManyTries, fits, sign_in
from dispatch.access.tries import Tries
from dispatch.clock import wall_now
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, unit_of_work
from tests.engines import ON_ONE_ENGINE
from tests.little_town import LittleTown


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("short", False),
        ("password1234", False),
        ("p@ssw0rd20261122", False),
        ("abcabcabcabcabc", False),
        ("1qaz2wsx3edc4rfv", False),
        ("sunshinemonkey", False),
        ("liuzhu-desk-7-2026", False),  # who signs in, and where
        ("correct horse battery", True),
        ("春天的花园里有三只猫在睡", True),
    ],
)
def test_long_sentences_are_taken_and_public_passwords_are_not(
    password: str, taken: bool
) -> None:
    if taken:
        refuse_weak(password, about=("desk",))
    else:
        with pytest.raises(WeakPassword):
            refuse_weak(password, about=("desk",))


def test_a_code_opens_once_and_a_recovery_code_once(town: LittleTown) -> None:
    def do(uow: UnitOfWork) -> list[bool]:
        account = uow.session.get_one(Account, town.staff.account_id)
        key = draw_factor(uow, account).key
        now = int(wall_now().timestamp()) // STEP_SECONDS
        app = TOTP(b32decode(key), 6, SHA1(), STEP_SECONDS)  # noqa: S303
        before, at, after = (
            app.generate((now + step) * STEP_SECONDS).decode() for step in (-1, 0, 1)
        )
        recovery = prove_factor(uow, account, before)[0]
        tried = [before, "000 00", at, at, before, after, recovery.upper(), recovery]
        return [second_factor.takes_code(uow, account, code) for code in tried]

    assert in_one_transaction(town.engine, do) == [
        *(False, False, True, False, False),  # only a later one than the last
        *(True, True, False),
    ]
    with Session(town.engine) as session:
        account = session.get_one(Account, town.staff.account_id)
        assert account.second_since is not None


@contextmanager
def watched() -> Iterator[list[Parameters]]:
    """What each password that is hashed meanwhile costs: time, memory and lanes.

    A profile sees the library's calls; a clock would see how busy the machine is.
    """
    costs: list[Parameters] = []

    def look(frame: FrameType, happened: str, _: object) -> None:
        if happened == "call" and frame.f_code is verify_secret.__code__:
            costs.append(extract_parameters(frame.f_locals["hash"].decode()))

    sys.setprofile(look)
    try:
        yield costs
    finally:
        sys.setprofile(None)


@ON_ONE_ENGINE
@pytest.mark.proves("S16")
def test_guessed_codes_lock_a_name_and_unknown_names_take_as_long(
    town: LittleTown,
) -> None:
    def begin(uow: UnitOfWork) -> tuple[str, str]:
        account = uow.session.get_one(Account, town.staff.account_id)
        account.password_hash = hash_password("correct horse battery")
        app = TOTP(b32decode(draw_factor(uow, account).key), 6, SHA1(), STEP_SECONDS)  # noqa: S303
        proof = app.generate(int(wall_now().timestamp())).decode()
        return account.login, prove_factor(uow, account, proof)[0]

    login, recovery = in_one_transaction(town.engine, begin)

    def enter(code: str) -> None:
        with unit_of_work(town.engine) as uow:
            sign_in(uow, login, fits=True, code=code)

    enter(recovery)
    for _ in range(5):
        with pytest.raises(WrongCode):
            enter(recovery)  # it has opened once
    with pytest.raises(TooManyTries):
        enter("000000")

    def work(who: str) -> list[Parameters]:
        with unit_of_work(town.engine) as uow, watched() as hashes:
            assert not fits(uow, who, "wrong horse battery")
        return hashes

    work("nobody")  # the hash that nobody has is made once
    known, unknown = work(login), work("nobody")
    assert len(known) == 1
    assert unknown == known


@pytest.mark.proves("F95", "S15")
def test_wrong_tries_are_counted_together_and_alone_while_redis_is_away(
    redis_url: str,
) -> None:
    clock = [0.0]
    away = Tries("redis://127.0.0.1:1", lambda: clock[0])
    one, other = (Tries(redis_url, lambda: clock[0]) for _ in range(2))

    for _ in range(5):
        for tries in (away, one):
            tries.refuse_too_many("Desk", "10.0.0.1")
            tries.count("Desk", "10.0.0.1")

    for tries in (away, one, other):  # the other learns it from Redis
        with pytest.raises(TooManyTries) as told:
            tries.refuse_too_many("desk", "10.0.0.1")
        assert 0 < cast("int", told.value.facts["again_seconds"]) <= 901
        tries.refuse_too_many("front", "10.0.0.1")
        tries.refuse_too_many("desk", "10.0.0.2")  # nobody else is locked out by it
    for other_place in range(45):
        away.count("desk", f"10.0.1.{other_place}")
    with pytest.raises(TooManyTries):  # unless it comes from everywhere
        away.refuse_too_many("desk", "10.0.0.2")
    clock[0] += 16 * 60
    away.refuse_too_many("desk", "10.0.0.1")
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        assert not [key for key in redis.scan_iter("*") if "desk" in key.casefold()]


def test_an_account_is_opened_renewed_and_closed_from_the_command_line(
    town: LittleTown,
) -> None:
    def do(uow: UnitOfWork) -> None:
        for role, serves in (
            (Role.STATION, {}),
            (Role.STREET, {"station": "s1"}),
            (Role.HELPER, {}),
        ):
            with pytest.raises(NoSuchReach):
                open_account(uow, "new", role, "新人", serves=serves)
        first = open_account(uow, "new", Role.STATION, "新人", serves={"station": "s1"})
        with pytest.raises(LoginTaken):
            open_account(uow, "new", Role.DISTRICT, "新人", serves={})
        account = find_account(uow.session, "new")
        assert account is not None
        assert (account.station_id, account.password_given) == (town.station_id, True)
        token, _ = open_session(uow.session, account)
        key = draw_factor(uow, account).key
        app = TOTP(b32decode(key), 6, SHA1(), STEP_SECONDS)  # noqa: S303
        prove_factor(uow, account, app.generate(int(wall_now().timestamp())).decode())
        second = renew_account(uow, "new")
        assert account.second_since is not None  # a new password is not a new lock
        assert fits(uow, "new", second)
        assert not fits(uow, "new", first)
        assert find_session(uow.session, token) is None
        token, _ = open_session(uow.session, account)
        close_account(uow, "new")
        assert find_session(uow.session, token) is None
        reopen_account(uow, "new")
        take_lost_app_away(uow, "new")
        assert fits(uow, "new", second)
        assert account.active
        assert count_recovery(uow, account.id) == 0

    in_one_transaction(town.engine, do)
