"""Urgent help: who could go at what price, asked one after the other, and the clock."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.catalogue.services import Service
from dispatch.errors import NotFound
from dispatch.field.positions import Position
from dispatch.planning.board import show_board
from dispatch.planning.holding import hold_helpers
from dispatch.planning.on_demand.standby import standby_of
from dispatch.planning.waves import Wave
from dispatch.safety.help_calls import HelpCall, HelpOutcome
from dispatch.safety.help_file import list_calls, list_responders, read_words, show_call
from dispatch.safety.helping import (
    HelpDraft,
    HelpIsOver,
    HelpIsTaken,
    NobodyNamed,
    NoPlace,
    NotToBeAsked,
    ask_helper,
    call_help,
    close_call,
)
from dispatch.safety.my_help import MyHelp, show_my_help
from dispatch.safety.responding import AskIsOver, answer_ask, report_step
from dispatch.store.unit_of_work import (
    Actor,
    in_one_transaction,
    picture,
    unit_of_work,
)
from dispatch.sweep import look_after_help
from tests.crossing import until_somebody_waits
from tests.field.walk import HALF_PAST, Walk, make_walk, story
from tests.little_town import LAT, LON, STREET, LittleTown
from tests.safety.test_duty import told

ABLE = ["meal", "visit", "first_aid"]
FALL = "URGENT_RESPONSE"


def do(town: LittleTown, actor: Actor, deed: Any, *args: Any, **about: Any) -> Any:
    return in_one_transaction(
        town.engine, lambda uow: deed(uow, *args, **about), actor=actor
    )


def seen(town: LittleTown, actor: Actor, show: Callable[..., Any], *args: Any) -> Any:
    with picture(town.engine, actor) as uow:
        return show(uow, *args)


def later(seconds: int) -> datetime:
    return HALF_PAST + timedelta(seconds=seconds)


def helper(town: LittleTown, **about: Any) -> Actor:
    helper_id = town.add_helper(**about)
    return town.add_account("helper", Role.HELPER, helper_id=helper_id)


def open_call(town: LittleTown, **about: Any) -> UUID:
    """Half past eleven: an elder has fallen at home; it will take over an hour."""
    about_it: dict[str, Any] = {"assist": "助急", "skills": ["first_aid"]}
    with Session(town.engine) as session:
        session.merge(Service(code=FALL, name="应急响应", minutes=75, **about_it))
        session.commit()
    town.at(HALF_PAST)
    draft = HelpDraft(service=FALL, what="摔倒了，起不来", **about)
    key = uuid4().hex
    made = do(town, town.staff, call_help, draft, key=key)
    assert do(town, town.staff, call_help, draft, key=key).id == made.id
    return UUID(str(made.id))


def mine(town: LittleTown, actor: Actor) -> MyHelp:
    shown: MyHelp = seen(town, actor, show_my_help)
    return shown


def kept(town: LittleTown, call_id: UUID) -> HelpCall:
    with Session(town.engine) as session:
        return session.get_one(HelpCall, call_id)


def busy_walk(town: LittleTown) -> Walk:
    """A lunch of half past eleven on the round of somebody who knows first aid."""
    return make_walk(
        town, town.add_elder("李建国"), helper_id=town.add_helper(skills=ABLE)
    )


def test_responders_are_ranked_and_say_whom_their_going_would_delay(
    town: LittleTown,
) -> None:
    walk, elder_id = busy_walk(town), town.add_elder()
    free, unable = helper(town, skills=ABLE), helper(town)
    helper(town, skills=ABLE, paper=True)
    call_id = open_call(town, elder_id=elder_id)

    found = seen(town, town.staff, list_responders, call_id)

    assert [one.helper_id for one in found] == [
        *(free.helper_id, walk.helper_id, unable.helper_id)
    ]
    assert [one.able for one in found] == [True, True, False]
    assert (found[0].later, found[0].back_at) == ([], None)
    [late] = found[1].later
    assert (late.order_id, late.label, late.spoilt) == (walk.orders[0], "李奶奶", False)
    assert late.seconds > 75 * 60 > late.late_seconds > 0
    assert found[1].back_at - found[1].arrives_at > timedelta(minutes=75)

    do(town, town.staff, ask_helper, call_id, walk.helper_id)
    [asked] = mine(town, walk.actor).asks
    assert (asked.building, asked.later) == ("清河一社区 3号楼", 1)
    do(town, walk.actor, answer_ask, asked.id, accepts=True)

    assert "order.put_off" in story(town, walk.orders[0])
    assert "有 1 位会晚到" in told(town, town.staff)[0]
    town.at(later(60))
    board = seen(town, town.dispatcher, show_board)
    assert board.orders[0].late_seconds == late.late_seconds
    with picture(town.engine) as uow:
        wave = uow.session.get_one(Wave, walk.wave_id)
        [on] = standby_of(uow.session, wave, uow.now, {walk.helper_id})
    # The call lies inside the round that it delays: nobody works that hour twice.
    worked = (on.duty.free[0] - walk.round().leaves_at).total_seconds()
    assert on.duty.worked_seconds == worked > 75 * 60
    away = {one.id: one.help_call_id for one in board.helpers}
    assert away[walk.helper_id] == call_id
    assert walk.helper_id not in {
        one.helper_id for one in seen(town, town.staff, list_responders, call_id)
    }


def test_who_does_not_answer_is_passed_over_and_the_owner_hears_of_each_silence(
    town: LittleTown,
) -> None:
    walk, free = busy_walk(town), helper(town, skills=ABLE)
    call_id = open_call(town, elder_id=town.add_elder())

    def sweep_at(seconds: int) -> int:
        town.at(later(seconds))
        return look_after_help(town.engine)

    assert [sweep_at(s) for s in (59, 60, 61)] == [0, 1, 0]  # nobody had chosen
    [first] = mine(town, free).asks
    assert [sweep_at(s) for s in (119, 120)] == [0, 1]  # nor did they answer
    assert mine(town, free).asks == []
    with pytest.raises(AskIsOver):
        do(town, free, answer_ask, first.id, accepts=True)
    [second] = mine(town, walk.actor).asks
    do(town, walk.actor, answer_ask, second.id, accepts=False)
    assert "没有可以再问的人" in told(town, town.staff)[-1]

    do(town, town.staff, ask_helper, call_id, free.helper_id)  # a person may ask again
    [again] = mine(town, free).asks
    town.at(later(130))
    do(town, free, answer_ask, again.id, accepts=True)
    with pytest.raises(HelpIsTaken):
        do(town, town.staff, ask_helper, call_id, walk.helper_id)
    expected = kept(town, call_id).expected_at
    assert expected is not None
    town.at(expected + timedelta(minutes=5))
    assert look_after_help(town.engine) == 1
    assert "还没有到场" in told(town, town.staff)[-1]

    do(town, free, report_step, call_id, "on_scene", ago_seconds=120)
    do(town, free, report_step, call_id, "on_scene")
    done = HelpOutcome.HELPED
    do(town, free, report_step, call_id, "closed", outcome=done, words="扶起来了")
    call = kept(town, call_id)
    assert call.on_scene_at == expected + timedelta(minutes=3)
    assert (call.outcome, call.act_at, call.closed_by) == (done, None, free.account_id)
    with pytest.raises(HelpIsOver):
        do(town, town.staff, close_call, call_id, HelpOutcome.NOT_NEEDED, "")
    assert mine(town, free).call is None
    assert do(town, town.staff, read_words, call_id).ended == "扶起来了"
    lines = seen(town, town.staff, show_call, call_id).story
    kinds = [one.kind.removeprefix("help.") for one in lines]
    assert kinds == [
        *("called", "asked", "ask_expired", "asked", "ask_declined", "nobody"),
        *("asked", "ask_accepted", "silent", "on_scene", "closed"),
    ]


def test_somebody_whom_no_file_knows_is_helped_where_they_are(town: LittleTown) -> None:
    one, other = helper(town, skills=ABLE), helper(town, skills=ABLE)
    with pytest.raises(NobodyNamed):
        open_call(town)
    draft = HelpDraft(service=FALL, who="菜场门口一位老人")
    with pytest.raises(NoPlace):
        do(town, town.dispatcher, call_help, draft, key=uuid4().hex)
    call_id = open_call(town, who="菜场门口一位老人", lat=LAT + 0.01, lon=LON)

    first = seen(town, town.staff, list_responders, call_id)[0].helper_id
    do(town, town.dispatcher, ask_helper, call_id, first)
    goes, next_ = (one, other) if one.helper_id == first else (other, one)
    do(town, goes, answer_ask, mine(town, goes).asks[0].id, accepts=True)
    call = mine(town, goes).call
    assert call is not None
    assert (call.who, call.label, call.place) == (
        *("菜场门口一位老人", "未登记的人", "elsewhere"),
    )

    do(town, goes, report_step, call_id, "cannot")  # a flat tyre: the next is asked
    assert mine(town, goes).call is None
    assert len(mine(town, next_).asks) == 1
    with pytest.raises(NotFound):
        do(town, goes, report_step, call_id, "on_scene")
    stranger = town.add_account("far", Role.DISPATCHER, street_code="119900002")
    assert seen(town, stranger, list_calls) == []
    assert [e.state for e in seen(town, town.dispatcher, list_calls)] == ["called"]
    assert kept(town, call_id).street_code == STREET


def test_the_only_able_helper_is_found_behind_a_crowd_of_nearer_ones(
    town: LittleTown,
) -> None:
    for _ in range(17):
        town.add_helper()
    able = town.add_helper(skills=ABLE)
    with Session(town.engine) as session:
        far = Position(helper_id=able, lat=LAT + 0.05, lon=LON, at=HALF_PAST)
        session.add(far)
        session.commit()
    call_id = open_call(town, elder_id=town.add_elder())

    assert seen(town, town.staff, list_responders, call_id)[0].helper_id == able


def test_of_two_calls_accepted_at_once_a_helper_has_one(town: LittleTown) -> None:
    helper_id = town.add_helper(skills=ABLE)
    only = town.add_account("helper", Role.HELPER, helper_id=helper_id)
    for who in ("菜场门口一位老人", "公园里一位老人"):
        call_id = open_call(town, who=who, lat=LAT, lon=LON)
        do(town, town.staff, ask_helper, call_id, helper_id)
    first, second = (each.id for each in mine(town, only).asks)

    with ThreadPoolExecutor(max_workers=1) as other:
        with unit_of_work(town.engine, only) as uow:
            hold_helpers(uow.session, [helper_id])
            late = other.submit(do, town, only, answer_ask, second, accepts=True)
            until_somebody_waits(town.engine)
            answer_ask(uow, first, accepts=True)
        with pytest.raises(NotToBeAsked):
            late.result()
