"""Orders wanted at once beside a wave's plan: nobody overtakes, hides or forgets."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlmodel import Session, select

from dispatch.log.events import Event
from dispatch.orders.orders import Order, OrderState
from dispatch.people.helpers import Helper
from dispatch.planning.beside import find_settled
from dispatch.planning.chasing import list_late_waves
from dispatch.planning.going_back import go_back
from dispatch.planning.jobs import carry_out
from dispatch.planning.on_demand import telling
from dispatch.planning.on_demand.means import Means
from dispatch.planning.on_demand.minding import Minder
from dispatch.planning.on_demand.standby import standby_of
from dispatch.planning.plans import RoundState, Stop, StopOrder, StopState
from dispatch.planning.waves import AskState, PlanRequest
from dispatch.store.unit_of_work import in_one_transaction, picture
from tests.little_town import ELEVEN, LAT, NOON, LittleTown
from tests.planning.lunch_wave import (
    LONG_AGO,
    add_service,
    after,
    ask,
    begin,
    order_lunch,
    order_of,
    order_visit,
    plan,
    quick,
    request_of,
    rounds_of,
    shown_plan,
    stops_of,
    wave_of,
)

MINUTE = timedelta(minutes=1)


def a_visit(town: LittleTown, elder_id: UUID | None = None, **about: Any) -> UUID:
    """A visit that is wanted at once, within the hour."""
    about.setdefault("window", (ELEVEN, ELEVEN + timedelta(hours=1)))
    return order_visit(town, elder_id, ready_at=ELEVEN, **about)


def leave(town: LittleTown) -> int:
    return Minder(town.engine).look()


def look_twice(town: LittleTown, minder: Minder | None = None) -> None:
    minder = minder or Minder(town.engine)
    minder.look()
    minder.look()


def test_whoever_leaves_at_once_does_not_overtake_a_plan_in_the_making(
    town: LittleTown,
) -> None:
    for skill in ("meal", "visit"):
        town.add_helper(skills=[skill])
    planned = order_lunch(town)
    wanted = a_visit(town)
    town.at(ELEVEN)
    request = ask(town)

    assert carry_out(
        town.engine, request, thinking=after(lambda: leave(town))
    )  # somebody left while it thought

    assert request_of(town, request).state is AskState.DONE
    assert wave_of(town).plan_version == 2
    for order_id in (planned, wanted):
        assert order_of(town, order_id).state is OrderState.PLANNED
    assert len(rounds_of(town)) == 2


def test_a_round_for_a_helper_who_has_left_at_once_is_planned_anew(
    town: LittleTown,
) -> None:
    town.add_helper()
    planned = order_lunch(town)
    wanted = a_visit(town)
    town.at(ELEVEN)
    request = ask(town)
    carry_out(town.engine, request, thinking=after(lambda: leave(town)))

    assert order_of(town, wanted).state is OrderState.PLANNED
    waits = order_of(town, planned)
    if waits.state is OrderState.WAITING:  # its only helper had left
        with Session(town.engine) as session:
            again = session.exec(
                select(PlanRequest).where(PlanRequest.state == AskState.QUEUED)
            ).one()
        assert carry_out(town.engine, again.id, thinking=quick)
    assert order_of(town, planned).state in (OrderState.PLANNED, OrderState.UNASSIGNED)


def test_another_plan_still_overtakes(town: LittleTown) -> None:
    town.add_helper()
    order_lunch(town)
    first = ask(town)

    def overtake() -> None:
        with Session(town.engine) as session:
            session.get_one(PlanRequest, first).lease_until = LONG_AGO
            session.commit()
        carry_out(town.engine, ask(town), thinking=quick)

    assert not carry_out(town.engine, first, thinking=after(overtake))


def test_whoever_left_at_once_is_no_plan_for_those_who_wait(
    town: LittleTown,
) -> None:
    town.add_helper()
    order_lunch(town)
    a_visit(town)
    town.at(ELEVEN)
    assert leave(town) == 1
    request = ask(town)
    with Session(town.engine) as session:
        session.get_one(PlanRequest, request).queued_at = LONG_AGO
        session.commit()

    with picture(town.engine) as seen:
        assert list_late_waves(seen.session, seen.now) == [wave_of(town).id]
        assert find_settled(seen.session, wave_of(town).id, 1) is None


def test_only_what_is_wanted_at_once_waits_for_no_plan(town: LittleTown) -> None:
    a_visit(town)
    town.at(ELEVEN)
    request = ask(town)
    with Session(town.engine) as session:
        session.get_one(PlanRequest, request).queued_at = LONG_AGO
        session.commit()

    with picture(town.engine) as seen:
        assert list_late_waves(seen.session, seen.now) == []


def test_who_is_left_says_why_and_waits_again_when_somebody_can(
    town: LittleTown,
) -> None:
    helper_id = town.add_helper(skills=["meal"])
    wanted = a_visit(town)
    town.at(ELEVEN)
    minder = Minder(town.engine)
    minder.look()
    assert order_of(town, wanted).state is OrderState.WAITING  # may still change

    minder.look()

    order = order_of(town, wanted)
    assert order.state is OrderState.UNASSIGNED
    assert order.explanation is not None
    assert order.explanation["why"] == "1 人不具备所需技能。"
    assert order.explanation["candidates"] == [
        {"helper_id": str(helper_id), "rule": "skill", "by": None}
    ]
    changes = len(events_of(town, wanted))
    minder.look()
    assert len(events_of(town, wanted)) == changes  # it is told once

    with Session(town.engine) as session:
        session.get_one(Helper, helper_id).skills = ["visit"]
        session.commit()
    assert minder.look() == 1
    order = order_of(town, wanted)
    assert (order.state, order.explanation) == (OrderState.PLANNED, None)


def test_with_nobody_on_duty_it_says_so(town: LittleTown) -> None:
    wanted = a_visit(town)
    town.at(ELEVEN)
    look_twice(town)

    order = order_of(town, wanted)
    assert order.state is OrderState.UNASSIGNED
    assert order.explanation is not None
    assert order.explanation["why"] == "当班无人可派。"


def test_a_visit_for_two_is_not_given_to_one(town: LittleTown) -> None:
    add_service(town, "BATH_HOME", people=2, minutes=40, skills=["visit"])
    for _ in range(2):
        town.add_helper()
    wanted = a_visit(town, service="BATH_HOME")
    town.at(ELEVEN)
    look_twice(town)

    order = order_of(town, wanted)
    assert order.state is OrderState.UNASSIGNED
    assert order.explanation is not None
    assert {each["rule"] for each in order.explanation["candidates"]} == {"people"}


def test_who_works_by_a_paper_sheet_is_not_sent_at_once(town: LittleTown) -> None:
    town.add_helper(paper=True)
    wanted = a_visit(town)
    town.at(ELEVEN)
    look_twice(town)
    assert order_of(town, wanted).state is OrderState.UNASSIGNED

    town.add_helper()
    assert leave(town) == 1


def test_a_trip_that_nobody_takes_up_is_told_once(town: LittleTown) -> None:
    helper_id = town.add_helper()
    wanted = a_visit(town)
    town.at(ELEVEN)
    minder = Minder(town.engine)
    assert minder.look() == 1
    (round_,) = rounds_of(town)
    (stop,) = stops_of(town, round_)

    town.at(stop.leaves_at + 4 * MINUTE)
    minder.look()
    assert alarms(town) == []

    town.at(stop.leaves_at + 6 * MINUTE)
    for _ in range(2):
        minder.look()
    (alarm,) = alarms(town)
    assert alarm.subject_id == round_.id
    assert alarm.facts["helper_id"] == str(helper_id)
    assert "无人动身" in alarm.facts["words"]
    assert order_of(town, wanted).state is OrderState.PLANNED
    assert events_of(town, wanted)[-1].kind == "order.not_taken_up"


def test_a_trip_that_was_taken_up_is_no_alarm(town: LittleTown) -> None:
    town.add_helper()
    a_visit(town)
    town.at(ELEVEN)
    minder = Minder(town.engine)
    minder.look()
    (round_,) = rounds_of(town)
    begin(town, round_, RoundState.UNDER_WAY)

    town.at(NOON)
    minder.look()
    assert alarms(town) == []


def test_where_nobody_carries_a_phone_nobody_is_missed(town: LittleTown) -> None:
    town.add_helper()
    a_visit(town)
    town.at(ELEVEN)
    minder = Minder(town.engine, Means(silent_seconds=None))
    minder.look()

    town.at(NOON)
    minder.look()
    assert alarms(town) == []


def test_who_is_late_is_free_when_what_is_left_is_done(town: LittleTown) -> None:
    helper_id = town.add_helper()
    near = order_visit(town)
    far = order_visit(town, town.add_elder(lat=LAT - 0.01))
    plan(town, thinking=quick)
    (round_,) = rounds_of(town)
    first, second = stops_of(town, round_)
    begin(town, round_, RoundState.UNDER_WAY)
    town.at(first.at)
    assert free_at(town, helper_id) == round_.ends_at  # as it was planned

    late = round_.ends_at + 10 * MINUTE  # and has not even begun the first
    town.at(late)
    assert free_at(town, helper_id) == late + (round_.ends_at - first.at)

    (called_off,) = {near, far} & orders_at(town, first)
    with Session(town.engine) as session:
        order = session.get_one(Order, called_off)
        order.state, order.reason, order.ended_at = OrderState.CANCELLED, "住院", late
        session.commit()
    assert free_at(town, helper_id) == late + (round_.ends_at - second.at)

    set_stop(town, second, StopState.ARRIVED, arrived_at=late - 5 * MINUTE)
    stays = second.leaves_at - second.at
    assert free_at(town, helper_id) == late - 5 * MINUTE + stays

    set_stop(town, second, StopState.DONE)
    assert free_at(town, helper_id) == late


def test_one_can_go_back_although_somebody_has_left_at_once(town: LittleTown) -> None:
    town.add_helper(skills=["meal"])
    away = town.add_helper(skills=["visit"])
    first = order_lunch(town)
    plan(town, thinking=quick)
    (before,) = rounds_of(town)
    second = order_lunch(town)
    plan(town, thinking=quick)
    wanted = a_visit(town)
    town.at(ELEVEN - timedelta(minutes=55))
    leave_early(town, wanted)
    (trip,) = {each.id for each in rounds_of(town) if each.helper_id == away}

    wave_id = wave_of(town).id
    in_one_transaction(
        town.engine, lambda uow: go_back(uow, wave_id), actor=town.dispatcher
    )

    assert shown_plan(town).decided_by[0] == "back to 1"
    assert {each.id for each in rounds_of(town)} == {before.id, trip}
    assert order_of(town, first).state is OrderState.PLANNED
    assert order_of(town, second).state is not OrderState.PLANNED
    assert order_of(town, wanted).state is OrderState.PLANNED


def test_whoever_leaves_at_once_touches_nobody_elses_order(town: LittleTown) -> None:
    for _ in range(2):
        town.add_helper()
    others = [order_lunch(town) for _ in range(3)]
    plan(town, thinking=quick)
    standing = {each.id for each in rounds_of(town)}
    for round_ in rounds_of(town):
        begin(town, round_, RoundState.UNDER_WAY)
    wanted = a_visit(town)
    town.at(ELEVEN)

    said = statements_of(town, lambda: leave(town))

    assert order_of(town, wanted).state is OrderState.PLANNED
    assert {each.id for each in rounds_of(town)} > standing
    assert len([text for text in said if text.startswith("UPDATE orders")]) == 1
    assert {order_of(town, each).plan_version for each in others} == {1}


def statements_of(town: LittleTown, deed: Any) -> list[str]:
    """What was said to the database meanwhile."""
    said: list[str] = []

    def note(*about: Any) -> None:
        said.append(about[2])

    event.listen(town.engine, "before_cursor_execute", note)
    try:
        deed()
    finally:
        event.remove(town.engine, "before_cursor_execute", note)
    return said


def leave_early(town: LittleTown, order_id: UUID) -> None:
    """Somebody leaves now, whatever the window says."""
    with Session(town.engine) as session:
        order = session.get_one(Order, order_id)
        order.window_from_at = order.ready_at = town_now(town)
        session.add(order)
        session.commit()
    assert leave(town) == 1


def town_now(town: LittleTown) -> Any:
    with picture(town.engine) as seen:
        return seen.now


def alarms(town: LittleTown) -> list[Event]:
    with Session(town.engine) as session:
        query = select(Event).where(Event.kind == telling.UNTAKEN)
        return list(session.exec(query))


def events_of(town: LittleTown, subject_id: UUID) -> list[Event]:
    with Session(town.engine) as session:
        return list(session.exec(select(Event).where(Event.subject_id == subject_id)))


def free_at(town: LittleTown, helper_id: UUID) -> Any:
    with picture(town.engine) as seen:
        (found,) = standby_of(seen.session, wave_of(town), seen.now, {helper_id})
    return found.duty.free[0]


def orders_at(town: LittleTown, stop: Stop) -> set[UUID]:
    with Session(town.engine) as session:
        query = select(StopOrder.order_id).where(StopOrder.stop_id == stop.id)
        return set(session.exec(query))


def set_stop(town: LittleTown, stop: Stop, state: StopState, **about: Any) -> None:
    with Session(town.engine) as session:
        kept = session.get_one(Stop, stop.id)
        kept.state = state
        for name, value in about.items():
            setattr(kept, name, value)
        session.commit()
