"""Cases that people open: cries for help, reports; and doors that two people open."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.errors import NotAllowed, NotFound
from dispatch.log.audit import Audit
from dispatch.log.events import Outbox
from dispatch.people.door_keys import TwoPeople
from dispatch.safety.calling_self import call_for_self, show_own_call
from dispatch.safety.case_book import show_book
from dispatch.safety.case_file import list_open, show_case
from dispatch.safety.cases import CaseKind, CaseStep, get_case
from dispatch.safety.climbing import OutcomeMissing, close_case, step
from dispatch.safety.crying import (
    allege,
    call_for_helper,
    dial_owner,
    report_change,
    show_own_sos,
)
from dispatch.safety.duty import CaseDuty
from dispatch.safety.entering import (
    EntryNotAgreed,
    agree_entry,
    ask_entry,
    list_entries,
    note_entered,
    read_found,
)
from dispatch.safety.handing_over import NothingToAccept, accept, hand_over
from dispatch.safety.judging import (
    NotToBeReplied,
    ask_reply,
    list_questions,
    read_said,
    reply,
)
from dispatch.safety.notices import Notice, NoticeState, Way
from dispatch.safety.reports import EntryWay, Severity
from dispatch.safety.roster import show_roster
from dispatch.safety.sending import Gateways, send_notices
from dispatch.store.unit_of_work import Actor, in_one_transaction, unit_of_work
from tests.crossing import until_somebody_waits
from tests.field.walk import HALF_PAST
from tests.little_town import STREET, TODAY, LittleTown
from tests.safety.test_duty import on_duty, owner, told
from tests.safety.test_ladder import closed_door
from tests.safety.test_ladder import do as do_in_case


def do(town: LittleTown, actor: Actor, deed: Any, *args: Any, **about: Any) -> Any:
    return in_one_transaction(
        town.engine, lambda uow: deed(uow, *args, **about), actor=actor
    )


def test_a_helper_in_need_has_a_case_of_their_own_and_the_group_is_told(
    town: LittleTown,
) -> None:
    desk, helper_id = on_duty(town, "王芳"), town.add_helper()
    helper = town.add_account("helper", Role.HELPER, helper_id=helper_id)
    town.at(HALF_PAST)
    key = uuid4().hex
    case = do(town, helper, call_for_helper, "被狗咬伤", key=key)
    assert do(town, helper, call_for_helper, "被狗咬伤", key=key).id == case.id

    file = do(town, desk, show_case, case.id)
    assert [one.code for one in file.ladder] == [
        *("phone_helper", "second_visit", "police_120")
    ]
    assert "再次上门" not in [one.name for one in file.ladder]
    assert not do(town, helper, show_own_sos).taken
    town.at(HALF_PAST + timedelta(seconds=110))
    taken = do(town, desk, step, case.id, "phone_helper", "acknowledged", "")
    assert taken.deadline_at == HALF_PAST + timedelta(seconds=110 + 120)
    assert do(town, helper, show_own_sos).taken
    assert do(town, helper, dial_owner).startswith("tel:")
    assert (file.case.elder_label, file.case.owner) == ("赵师傅", "王芳")
    with pytest.raises(OutcomeMissing):
        do(town, desk, close_case, case.id, "seen_well", "")
    do(town, desk, close_case, case.id, "helper_hurt", "已送医")
    assert do(town, helper, show_own_sos) is None

    sent: list[tuple[str, bytes]] = []

    def post(url: str, body: bytes, _: Any) -> int:
        sent.append((url, body))
        return 500 if len(sent) == 1 else 200

    gateways = Gateways(group_url="https://chat.invalid/robot")
    assert send_notices(town.engine, gateways, post) == 0  # it is tried again later
    with Session(town.engine) as session:
        [notice] = session.exec(select(Notice).where(Notice.way == Way.GROUP)).all()
        assert (notice.state, notice.last_error) == (NoticeState.WAITING, "status 500")
    assert "助老员求助".encode() in sent[0][1]
    assert "赵师傅".encode() not in sent[0][1]


def test_a_dead_receiver_is_asked_once_in_a_pass_and_wears_out_no_other_notice(
    town: LittleTown,
) -> None:
    with Session(town.engine) as session:
        for _ in range(2):
            session.add(
                Notice(
                    street_code=STREET,
                    way=Way.GROUP,
                    words="有事",
                    made_at=HALF_PAST,
                    next_at=HALF_PAST,
                    state=NoticeState.WAITING,
                )
            )
        session.commit()

    def post(*_: Any) -> int:
        raise httpx.ConnectTimeout("nobody there")

    gateways = Gateways(group_url="https://chat.invalid/robot")
    assert send_notices(town.engine, gateways, post) == 0
    with Session(town.engine) as session:
        assert sorted(session.exec(select(Notice.tries))) == [0, 1]


def test_an_elder_calls_for_help_once_from_their_own_page(town: LittleTown) -> None:
    desk, elder_id = on_duty(town, "王芳"), town.add_elder()
    elder = Actor(role="elder", elder_id=elder_id, link_id=uuid4())
    daughter = Actor(role="family", elder_id=elder_id, link_id=uuid4())
    with pytest.raises(NotAllowed):
        do(town, daughter, call_for_self, key=uuid4().hex)
    key = uuid4().hex
    case = do(town, elder, call_for_self, key=key)
    again = [do(town, elder, call_for_self, key=one) for one in (key, uuid4().hex)]
    assert [one.id for one in again] == [case.id, case.id]
    assert (case.kind, case.owner) == (CaseKind.SOS_ELDER, "王芳")
    shown = do(town, elder, show_own_call)
    assert (shown.owner, shown.taken) == ("王芳", False)

    do(town, desk, close_case, case.id, "seen_well", "误按")
    assert do(town, elder, show_own_call) is None
    assert do(town, elder, call_for_self, key=uuid4().hex).id != case.id


def test_an_allegation_is_hidden_from_the_accused_who_may_reply_to_the_office(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    office = town.add_account("街道民政办", Role.STREET, street_code=STREET)
    said = "送餐员多次索要红包"
    case = do(town, town.staff, allege, elder_id, said, key=uuid4().hex)

    for blind in (town.staff, town.dispatcher):
        assert do(town, blind, list_open) == []
        for look in (show_case, read_said):
            with pytest.raises(NotFound):
                do(town, blind, look, case.id)
        assert told(town, blind) == []
    with Session(town.engine) as session:
        rows = session.exec(select(Outbox).where(Outbox.case_id == case.id)).all()
        assert {row.station_id for row in rows} == {None}

    assert do(town, office, read_said, case.id).said == said
    with pytest.raises(NotFound):
        do(town, town.staff, reply, case.id, "没有此事")
    do(town, office, ask_reply, case.id, "请说明本月送餐员有无收受财物")
    [question] = do(town, town.staff, list_questions)
    assert question.words == "请说明本月送餐员有无收受财物"
    do(town, town.staff, reply, case.id, "已核查，没有收受")
    assert do(town, town.staff, list_questions) == []
    assert do(town, office, read_said, case.id).replied == "已核查，没有收受"
    do(town, office, close_case, case.id, "not_upheld", "双方说明一致")


def test_of_two_replies_at_once_the_first_stands(town: LittleTown) -> None:
    office = town.add_account("街道民政办", Role.STREET, street_code=STREET)
    case = do(town, town.staff, allege, town.add_elder(), "索要红包", key=uuid4().hex)
    do(town, office, ask_reply, case.id, "请说明")

    with ThreadPoolExecutor(max_workers=1) as other:
        with unit_of_work(town.engine, town.staff) as uow:
            get_case(uow.session, case.id, lock=True)
            late = other.submit(do, town, town.staff, reply, case.id, "后说的")
            until_somebody_waits(town.engine)
            reply(uow, case.id, "先说的")
        with pytest.raises(NotToBeReplied):
            late.result()
    assert do(town, office, read_said, case.id).replied == "先说的"


def test_a_door_is_opened_by_two_people_and_what_they_found_stands(
    town: LittleTown,
) -> None:
    first, second = on_duty(town, "王芳"), on_duty(town, "李强", rank=2)
    walk = closed_door(town)
    entry = do_in_case(walk, ask_entry, EntryWay.FORCED, "屋内有呼救声", actor=first)

    with pytest.raises(TwoPeople):
        do_in_case(walk, agree_entry, entry.id, actor=first)
    with pytest.raises(EntryNotAgreed):
        do_in_case(walk, note_entered, entry.id, "王芳、民警", "老人跌倒", actor=first)
    do_in_case(walk, agree_entry, entry.id, actor=second)
    with pytest.raises(TwoPeople):
        do_in_case(walk, note_entered, entry.id, "王芳", "老人跌倒", actor=first)
    do_in_case(walk, note_entered, entry.id, "王芳、民警", "老人跌倒", actor=first)

    [row] = do_in_case(walk, list_entries)
    assert (row.asked_by, row.agreed_by) == ("王芳", "李强")
    with Session(town.engine) as session:
        assert "跌倒" not in repr(session.exec(select(Audit)).all())
        assert "跌倒" not in repr(session.exec(select(CaseStep)).all())
    assert do_in_case(walk, read_found, entry.id, actor=second).found == "老人跌倒"
    with Session(town.engine) as session:
        look = select(Audit).where(Audit.action == "read_found")
        assert session.exec(look).one().account_id == second.account_id
    with pytest.raises(EntryNotAgreed):
        do_in_case(walk, note_entered, entry.id, "王芳、民警", "没事", actor=first)


def test_open_cases_change_hands_when_the_next_accepts_and_stand_in_the_book(
    town: LittleTown,
) -> None:
    day = on_duty(town, "白班")
    walk = closed_door(town)
    report = do(
        town,
        town.staff,
        report_change,
        town.add_elder(),
        Severity.WEEK,
        "最近吃得少",
        key=uuid4().hex,
    )
    assert report.kind is CaseKind.CONDITION

    night = on_duty(town, "晚班", rank=2)
    offer = do(town, day, hand_over, night.account_id, "李奶奶家还没有联系上")
    assert (offer.cases, owner(walk)[0]) == (2, "白班")
    with pytest.raises(NothingToAccept):
        do(town, day, accept, offer.id)
    do(town, night, accept, offer.id)
    assert owner(walk) == ("晚班", True)

    seen = do(town, town.staff, show_roster, TODAY)
    assert [(turn.name, turn.changeable) for turn in seen.turns if turn.now] == [
        ("晚班", False)
    ]
    book = do(town, town.dispatcher, show_book, TODAY)
    counts = (book.carried, book.opened, book.closed, book.still_open)
    assert counts == (0, 2, 0, 2)
    assert (book.asked, book.taken_in_time) == (2, 2)
    later = do(town, town.dispatcher, show_book, TODAY.replace(month=12))
    assert (later.carried, later.opened, later.still_open) == (2, 0, 2)
    assert {one.id for one in later.cases} == {report.id, _case(walk)}


def test_nobody_takes_over_a_case_that_they_cannot_open(town: LittleTown) -> None:
    office = town.add_account("街道民政办", Role.STREET, street_code=STREET)
    desk = on_duty(town, "王芳")
    case = do(town, town.staff, allege, town.add_elder(), "索要红包", key=uuid4().hex)

    offer = do(town, office, hand_over, desk.account_id, "都交给你了")
    do(town, desk, accept, offer.id)

    assert offer.cases == 0
    with Session(town.engine) as session:
        assert session.get_one(CaseDuty, case.id).account_id == office.account_id


def _case(walk: Any) -> UUID:
    [case] = walk.cases()
    found: UUID = case.id
    return found
