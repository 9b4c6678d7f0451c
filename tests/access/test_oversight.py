"""Who gives rights sees no elder, who reads the audit changes nothing; all is noted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from dispatch.access.accounts import (
    ADMINS,
    GIVEN_ON_A_PAGE,
    JUDGES,
    Account,
    Role,
    SignedIn,
    find_account,
    open_session,
    shut_account,
)
from dispatch.access.audit_rows import Turn
from dispatch.access.opening import (
    HasNoPassword,
    LoginTaken,
    NoSuchReach,
    renew_account,
)
from dispatch.access.reading_audit import (
    Asked,
    TooManyDays,
    read_chain,
    read_deeds_of,
    read_done_on_the_machine,
    read_looks_at,
    read_watchers,
)
from dispatch.access.rights import (
    OnTheMachine,
    close_for,
    list_accounts,
    list_reaches,
    open_for,
    renew_for,
    sign_out_for,
)
from dispatch.errors import NotAllowed, NotFound
from dispatch.log.audit import Audit, write_down
from dispatch.log.audit_chain import seal_waiting
from dispatch.people.elders import Elder
from dispatch.people.places import Kitchen
from dispatch.people.revealing import reveal
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from tests.engines import ON_ONE_ENGINE
from tests.little_town import TODAY, LittleTown

WHY = "群众来信核查"
ASKED = Asked(first_on=TODAY, last_on=TODAY, purpose=WHY)


def do(town: LittleTown, actor: Actor, deed: Any, *about: Any, **more: Any) -> Any:
    return in_one_transaction(
        town.engine, lambda uow: deed(uow, *about, **more), actor=actor
    )


@ON_ONE_ENGINE
def test_rights_are_given_renewed_and_taken_on_the_page(town: LittleTown) -> None:
    admin = town.add_account("security", Role.SECURITY_ADMIN)
    with Session(town.engine) as session:
        kitchen = session.get_one(Kitchen, town.kitchen_id)
        facts = kitchen.model_dump(exclude={"id"})
        session.add(Kitchen(**facts))  # another of the same name
        session.commit()
        names = {"station": "s1", "kitchen": str(town.kitchen_id)}
        called = kitchen.name
    reaches = do(town, admin, list_reaches)
    assert set(names.items()) <= {(one.role, one.code) for one in reaches}
    with pytest.raises(NotFound, match=names["kitchen"]):  # both are named
        do(town, admin, open_for, "no", Role.KITCHEN, "新人", place=called)
    calls = (Role.CALL_CENTRE, "s1")
    for role, place in ((Role.STATION, ""), calls, (Role.HELPER, "")):
        with pytest.raises(NoSuchReach):
            do(town, admin, open_for, "no", role, "新人", place=place)
    for login, place in names.items():
        given = do(town, admin, open_for, login, Role(login), "新人", place=place)
        assert given.login == login

    def enter(uow: UnitOfWork) -> UUID:
        account = find_account(uow.session, "kitchen")
        assert account is not None
        assert account.kitchen_id == town.kitchen_id
        open_session(uow.session, account)
        open_session(uow.session, account)
        idle = uow.session.exec(select(SignedIn)).first()
        assert idle is not None
        idle.seen_at -= timedelta(hours=13)  # left alone: it opens nothing any more
        return account.id

    cook = do(town, admin, enter)
    (row,) = do(town, admin, find, "kitchen").accounts
    assert row.renewable
    assert (row.place, row.sessions, row.password_given) == (called, 1, True)
    do(town, admin, sign_out_for, cook)
    assert do(town, admin, find, "kitchen").accounts[0].sessions == 0
    do(town, admin, close_for, cook)
    assert not do(town, admin, find, "kitchen").accounts[0].active
    do(town, admin, renew_for, cook)
    assert do(town, admin, find, "kitchen").accounts[0].active
    with Session(town.engine) as session:
        noted = session.exec(select(Audit.action).where(Audit.object_id == cook))
        deeds = ("opened", "signed_out", "closed", "renewed")
        assert sorted(noted) == sorted(f"account_{deed}" for deed in deeds)


def find(uow: UnitOfWork, q: str) -> Any:
    return list_accounts(uow, q="", role=Role(q), limit=10, offset=0)


@ON_ONE_ENGINE
def test_nobody_gives_rights_to_an_administrator_nor_without_being_one(
    town: LittleTown,
) -> None:
    admin = town.add_account("security", Role.SECURITY_ADMIN)
    for role in ADMINS:
        other = town.add_account(role.value, role).account_id
        for deed in (renew_for, close_for, sign_out_for):
            with pytest.raises(OnTheMachine):
                do(town, admin, deed, other)
        with pytest.raises(OnTheMachine):
            do(town, admin, open_for, "more", role, "再来一个", place="")
    for role in (Role.DISTRICT, Role.STREET, *JUDGES):
        other = town.add_account(f"an-{role.value}", role).account_id
        with pytest.raises(OnTheMachine):
            do(town, admin, renew_for, other)
        with pytest.raises(OnTheMachine):
            do(town, admin, open_for, "more", role, "再来一个", place="")
        (row,) = do(town, admin, find, role.value).accounts
        assert (row.changeable, row.renewable) == (True, False)
        do(town, admin, sign_out_for, other)
        do(town, admin, close_for, other)
        with pytest.raises(OnTheMachine):  # nor is it opened again
            do(town, admin, renew_for, other)
    assert {one.role for one in do(town, admin, list_reaches)} <= GIVEN_ON_A_PAGE
    clerk = town.staff.account_id
    office = town.add_account("office", Role.DISTRICT)
    for stranger in (office, town.staff, town.add_account("a", Role.AUDIT_ADMIN)):
        for deed in (renew_for, close_for, sign_out_for):
            with pytest.raises(NotAllowed):
                do(town, stranger, deed, clerk)
        with pytest.raises(NotAllowed):
            do(town, stranger, list_reaches)
    with Session(town.engine) as session:
        assert session.get_one(Account, clerk).active


@ON_ONE_ENGINE
def test_whoever_comes_with_a_pass_is_given_no_password(town: LittleTown) -> None:
    admin = town.add_account("security", Role.SECURITY_ADMIN)

    def come(uow: UnitOfWork) -> UUID:
        account = shut_account("pass-1", Role.HELPER, "通行码")
        uow.session.add(account)
        return account.id

    comes = do(town, admin, come)
    (row,) = do(town, admin, find, "helper").accounts
    assert (row.login, row.changeable, row.renewable) == ("pass-1", True, False)
    do(town, admin, close_for, comes)
    with pytest.raises(HasNoPassword):
        do(town, admin, renew_for, comes)
    with pytest.raises(LoginTaken):
        do(town, admin, open_for, "pass-2", Role.STATION, "新人", place="s1")


@ON_ONE_ENGINE
@pytest.mark.proves("F102")
def test_the_audit_is_read_for_a_purpose_and_the_reading_is_in_it(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    reader = town.add_account("audit", Role.AUDIT_ADMIN)
    do(town, town.staff, reveal, elder_id, ["phone"], "电话确认")
    with Session(town.engine) as session:
        number = session.get_one(Elder, elder_id).number
        login = session.get_one(Account, town.staff.account_id).login

    first = do(town, reader, read_looks_at, number, ASKED)
    again = do(town, reader, read_looks_at, number, ASKED)
    deeds = do(town, reader, read_deeds_of, login, ASKED)
    week = do(town, reader, read_watchers, town.station_id, TODAY, WHY)

    assert [(row.action, row.fields) for row in first.rows] == [("reveal", ["phone"])]
    assert {(row.role, row.action, row.purpose) for row in again.rows} == {
        ("station", "reveal", "电话确认"),
        ("audit_admin", "audit_read", WHY),
    }
    assert [(row.number, row.about) for row in deeds.rows] == [(number, "elder")]
    assert {row.role for row in week} == {"station", "audit_admin"}
    assert "王小英" not in str((first, again, deeds, week))
    for deed, whose in ((read_looks_at, "nobody"), (read_deeds_of, "nobody")):
        with pytest.raises(NotFound):
            do(town, reader, deed, whose, ASKED)
    early = replace(ASKED, last_on=TODAY.replace(year=2025))
    with pytest.raises(TooManyDays):
        do(town, reader, read_looks_at, number, early)
    for stranger in (town.staff, town.add_account("s", Role.SECURITY_ADMIN)):
        with pytest.raises(NotAllowed):
            do(town, stranger, read_looks_at, number, ASKED)


@ON_ONE_ENGINE
@pytest.mark.proves("F102")
def test_what_was_done_to_an_account_and_on_the_machine_is_found_page_by_page(
    town: LittleTown,
) -> None:
    security = town.add_account("security", Role.SECURITY_ADMIN)
    reader = town.add_account("audit", Role.AUDIT_ADMIN)
    do(town, security, open_for, "desk", Role.STATION, "新人", place="s1")
    in_one_transaction(town.engine, lambda uow: renew_account(uow, "desk"))

    desk = do(town, reader, read_deeds_of, "desk", ASKED)
    told = {(row.number, row.action, row.role, row.purpose) for row in desk.rows}
    assert told == {
        ("desk", "account_opened", "security_admin", "station s1"),
        ("desk", "account_renewed", "system", ""),
    }
    helper_id = town.add_helper()
    rider = town.add_account("rider", Role.HELPER, helper_id=helper_id)
    in_one_transaction(  # a phone on the street reads a day pass: nobody signed in
        town.engine, lambda uow: write_down(uow, "pass_taken", "helper", helper_id)
    )
    with Session(town.engine) as session:
        login = session.get_one(Account, rider.account_id).login
    theirs = do(town, reader, read_deeds_of, login, ASKED)
    assert [(row.number, row.action) for row in theirs.rows] == [(login, "pass_taken")]
    machine = do(town, reader, read_done_on_the_machine, ASKED)
    assert [(row.number, row.action) for row in machine.rows] == [
        ("desk", "account_renewed")
    ]
    with pytest.raises(NotAllowed):
        do(town, security, read_done_on_the_machine, ASKED)

    elders = [town.add_elder(), town.add_elder("李大山")]
    for number in range(5):
        do(town, town.staff, reveal, elders[number % 2], ["phone"], f"第{number}次")
    with Session(town.engine) as session:
        front = session.get_one(Account, town.staff.account_id).login
    seen, as_of = list[str](), None
    for offset in (0, 2, 4):
        turn = Turn(limit=2, offset=offset, as_of=as_of)
        page = do(town, reader, read_deeds_of, front, replace(ASKED, turn=turn))
        seen, as_of = [*seen, *(row.purpose for row in page.rows)], page.as_of
        assert (page.total, page.persons) == (5, 2)
    assert seen == [f"第{number}次" for number in (4, 3, 2, 1, 0)]


@ON_ONE_ENGINE
@pytest.mark.proves("S23")
def test_a_line_that_was_changed_is_named_to_who_reads_the_audit(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    reader = town.add_account("audit", Role.AUDIT_ADMIN)
    do(town, town.staff, reveal, elder_id, ["phone"], "电话确认")
    assert do(town, reader, read_chain).waiting == 1
    do(town, reader, seal_waiting)
    whole = do(town, reader, read_chain)
    assert (whole.links, whole.waiting, whole.broken) == (1, 0, [])
    with town.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET purpose = '别的'"))

    bent = do(town, reader, read_chain)
    assert [words.split(":")[0] for words in bent.broken] == ["audit.purpose"]
    assert bent.head == whole.head
    with pytest.raises(NotAllowed):
        do(town, town.staff, read_chain)
