"""Drafts: what a change would come to, shown before anybody goes by it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.catalogue.sittings import Sitting
from dispatch.orders.orders import Order, OrderState
from dispatch.people.helpers import Shift
from dispatch.planning.chasing_drafts import look_after_drafts
from dispatch.planning.comparing import compare_versions
from dispatch.planning.directing import (
    MOST_SECONDS,
    CannotDirect,
    PastEatBy,
    TooMuch,
    let_go,
)
from dispatch.planning.directions import (
    LONGER,
    Direction,
    DirectionKind,
    directions_for,
)
from dispatch.planning.draft_publishing import NewerPlan, publish_draft
from dispatch.planning.drafting import ask_for_draft, carry_out_draft
from dispatch.planning.drafts import PlanDraft, forget_old_drafts, get_draft
from dispatch.planning.plans import RoundState
from dispatch.planning.waves import AskState, get_wave
from dispatch.queue import queue_at
from dispatch.store.unit_of_work import in_one_transaction, picture, unit_of_work
from tests.little_town import ELEVEN, LAT, STREET, LittleTown
from tests.planning.lunch_wave import (
    LONG_AGO,
    begin,
    carried_by,
    order_lunch,
    order_of,
    order_visit,
    plan,
    quick,
    rounds_of,
    shown_plan,
    stops_of,
    wave_of,
)


def tried(town: LittleTown, *asked: Direction) -> PlanDraft:
    """Ask for a draft and have it made."""
    wave_id = wave_of(town).id
    draft = in_one_transaction(
        town.engine,
        lambda uow: ask_for_draft(uow, wave_id, asked),
        actor=town.dispatcher,
    )
    assert carry_out_draft(town.engine, draft.id)
    made = in_one_transaction(town.engine, lambda uow: get_draft(uow.session, draft.id))
    assert made.answer is not None, made.error
    return made


def publish(town: LittleTown, draft: PlanDraft) -> int:
    made = in_one_transaction(
        town.engine, lambda uow: publish_draft(uow, draft.id), actor=town.dispatcher
    )
    return made.version


def carrier_of(town: LittleTown, order_id: UUID) -> UUID | None:
    found = [r.helper_id for r in rounds_of(town) if order_id in carried_by(town, r)]
    return found[0] if found else None


def answer_of(draft: PlanDraft) -> dict[str, Any]:
    assert draft.answer is not None
    return draft.answer


@pytest.mark.proves("F36")
def test_a_moved_order_is_shown_then_published_and_stays_moved(
    town: LittleTown,
) -> None:
    one, other = town.add_helper(), town.add_helper()
    order_id = order_lunch(town)
    plan(town, thinking=quick)
    was = carrier_of(town, order_id)
    to = other if was == one else one

    draft = tried(town, Direction(DirectionKind.PIN, order_id, helper_id=to))

    (moved,) = answer_of(draft)["moved"]
    assert (moved["order_id"], moved["now"]) == (str(order_id), [str(to)])
    assert carrier_of(town, order_id) == was, "nothing has changed yet"
    assert publish(town, draft) == publish(town, draft) == 2
    assert carrier_of(town, order_id) == to
    order_lunch(town)
    plan(town, thinking=quick)
    assert carrier_of(town, order_id) == to, "later plans obey it"


@pytest.mark.proves("F33")
def test_of_two_coordinators_one_wins_and_the_other_sees_the_difference(
    town: LittleTown,
) -> None:
    helpers = {town.add_helper(), town.add_helper()}
    order_id = order_lunch(town)
    plan(town, thinking=quick)
    was = carrier_of(town, order_id)
    (to,) = helpers - {was}
    first = tried(town, Direction(DirectionKind.PIN, order_id, helper_id=to))
    town.dispatcher = town.add_account("map2", Role.DISPATCHER, street_code=STREET)
    second = tried(town, Direction(DirectionKind.KEEP_OFF, order_id))

    publish(town, first)
    with pytest.raises(NewerPlan) as newer:
        publish(town, second)

    assert newer.value.facts == {"was": 1, "now": 2}
    with picture(town.engine) as seen:
        change = compare_versions(seen.session, wave_of(town).id, 1, 2)
    assert change["moved"][0]["was"] == (was,)
    assert change["moved"][0]["now"] == (to,)
    assert carrier_of(town, order_id) == to
    assert order_of(town, order_id).state is OrderState.PLANNED


def test_what_is_kept_off_waits_for_a_person_until_it_is_let_go(
    town: LittleTown,
) -> None:
    town.add_helper()
    off, on = order_lunch(town), order_lunch(town)
    plan(town, thinking=quick)
    asked = Direction(DirectionKind.KEEP_OFF, off)

    publish(town, tried(town, asked))
    plan(town, thinking=quick)

    assert order_of(town, off).state is OrderState.UNASSIGNED
    assert (order_of(town, off).explanation or {})["why"] == "调度员让它先不排。"
    assert order_of(town, on).state is OrderState.PLANNED
    wave_id = wave_of(town).id
    with picture(town.engine) as seen:
        change = compare_versions(seen.session, wave_id, 1, shown_plan(town).version)
    assert [change[side]["left_out"] for side in ("was", "now")] == [0, 1]
    in_one_transaction(
        town.engine,
        lambda uow: let_go(uow, get_wave(uow.session, wave_id), asked),
    )
    plan(town, thinking=quick)
    assert order_of(town, off).state is OrderState.PLANNED


def on_shift(town: LittleTown, first: int, last: int) -> None:
    """One helper, from so many to so many minutes after eleven."""
    helper_id = town.add_helper()
    with Session(town.engine) as session:
        shift = session.exec(select(Shift).where(Shift.helper_id == helper_id)).one()
        shift.starts_at = ELEVEN + timedelta(minutes=first)
        shift.ends_at = ELEVEN + timedelta(minutes=last)
        session.commit()


def _too_late_a_door(town: LittleTown) -> UUID:
    on_shift(town, 88, 300)
    return order_lunch(town, town.add_elder(lat=LAT + 0.008))


def test_nothing_is_offered_past_the_time_to_eat_it(town: LittleTown) -> None:
    order_id = _too_late_a_door(town)
    with Session(town.engine) as session:
        until = session.get_one(Order, order_id).window_until_at
        session.get_one(Sitting, town.sitting_id).eat_by_at = until
        session.commit()
    plan(town, thinking=quick)

    explanation = order_of(town, order_id).explanation or {}
    assert "赶不上规定的时段" in explanation["why"]
    assert explanation["relaxation"] is None


def _too_short_a_shift(town: LittleTown) -> UUID:
    on_shift(town, -60, 1)
    return order_lunch(town, town.add_elder(lat=LAT + 0.01))


def _too_little_work(town: LittleTown) -> UUID:
    town.add_helper(max_work_seconds=1200)
    return order_visit(town)


@pytest.mark.parametrize(
    "left", [_too_late_a_door, _too_short_a_shift, _too_little_work]
)
def test_every_relaxation_that_is_applied_makes_the_order_fit(
    town: LittleTown, left: Any
) -> None:
    order_id = left(town)
    plan(town, thinking=quick)
    relaxation = (order_of(town, order_id).explanation or {})["relaxation"]
    assert order_of(town, order_id).state is OrderState.UNASSIGNED
    kind = DirectionKind(relaxation["kind"])

    draft = tried(town, Direction(kind, order_id, value=relaxation["value"]))

    assert answer_of(draft)["placed"] == [str(order_id)]
    publish(town, draft)
    assert order_of(town, order_id).state is OrderState.PLANNED
    plan(town, thinking=quick)
    assert order_of(town, order_id).state is OrderState.PLANNED, "it goes on to hold"
    if kind in LONGER:
        with picture(town.engine) as seen:
            (held,) = directions_for(seen.session, draft.wave_id)
        with pytest.raises(TooMuch):
            tried(town, replace(held, value=MOST_SECONDS))
        with unit_of_work(town.engine) as uow:
            assert let_go(uow, get_wave(uow.session, draft.wave_id), held)
        plan(town, thinking=quick)
        assert order_of(town, order_id).state is OrderState.UNASSIGNED


def test_a_late_kitchen_and_bad_weather_are_shown_before_they_hold(
    town: LittleTown,
) -> None:
    town.add_helper()
    order_lunch(town)
    plan(town, thinking=quick)
    (before,) = rounds_of(town)
    late = Direction(
        DirectionKind.KITCHEN_LATE, kitchen_id=town.kitchen_id, value=30 * 60
    )

    draft = tried(town, late, Direction(DirectionKind.WEATHER, value=150))
    publish(town, draft)
    plan(town, thinking=quick)

    (after,) = rounds_of(town)
    pickups = [stops_of(town, each)[0].at for each in (before, after)]
    ways = [
        (s[1].at - s[0].leaves_at).total_seconds()
        for s in (stops_of(town, before), stops_of(town, after))
    ]
    assert pickups[0] < ELEVEN <= pickups[1], "half past ten was meant"
    assert ways[1] > ways[0]


def test_a_draft_that_kills_its_makers_is_given_up_and_keeps_no_other_waiting(
    town: LittleTown,
) -> None:
    off = Direction(DirectionKind.KEEP_OFF, order_lunch(town))
    wave_id = wave_of(town).id
    second = town.add_account("map2", Role.DISPATCHER, street_code=STREET)
    asked = [
        in_one_transaction(
            town.engine, lambda uow: ask_for_draft(uow, wave_id, [off]), actor=who
        )
        for who in (town.dispatcher, second)
    ]
    with Session(town.engine) as session:
        worn = session.get_one(PlanDraft, asked[0].id)
        worn.state, worn.attempt, worn.lease_until = AskState.RUNNING, 3, LONG_AGO
        session.commit()
    made: list[UUID] = []

    def make(engine: Engine, draft_id: UUID) -> None:
        made.append(draft_id)
        if draft_id == asked[0].id:
            carry_out_draft(engine, draft_id)
        raise RuntimeError

    look_after_drafts(town.engine, queue_at("redis://127.0.0.1:1"), make)

    assert made == [each.id for each in asked]
    with picture(town.engine) as seen:
        assert get_draft(seen.session, made[0]).state is AskState.FAILED
    town.at(ELEVEN + timedelta(hours=9))
    assert in_one_transaction(town.engine, forget_old_drafts) == 2


def test_what_has_begun_or_would_be_cold_cannot_be_asked(town: LittleTown) -> None:
    helper = town.add_helper()
    order_id = order_lunch(town)
    plan(town, thinking=quick)

    with pytest.raises(PastEatBy):
        tried(town, Direction(DirectionKind.WINDOW, order_id, value=7200))
    begin(town, rounds_of(town)[0], RoundState.LOADED)
    with pytest.raises(CannotDirect):
        tried(town, Direction(DirectionKind.PIN, order_id, helper_id=helper))
    assert shown_plan(town).version == 1
