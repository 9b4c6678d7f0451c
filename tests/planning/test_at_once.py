"""Orders wanted at once beside a wave's plan: nobody overtakes, hides or forgets."""

from datetime import timedelta

from sqlmodel import Session, col, select

from dispatch.field.authority import tenures_of
from dispatch.orders.orders import Order, OrderState
from dispatch.planning.beside import find_settled
from dispatch.planning.chasing import list_late_waves
from dispatch.planning.going_back import go_back
from dispatch.planning.jobs import carry_out
from dispatch.planning.plans import (
    Plan,
    PlanRound,
    RoundState,
    StopState,
    rounds_in_force,
)
from dispatch.planning.waves import AskState, PlanRequest
from dispatch.store.unit_of_work import in_one_transaction, picture
from tests.little_town import ELEVEN, LAT, TODAY, LittleTown
from tests.planning.at_once import (
    MINUTE,
    a_visit,
    free_at,
    leave,
    leave_early,
    orders_at,
    set_stop,
    statements_of,
)
from tests.planning.lunch_wave import (
    LONG_AGO,
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


def test_what_only_adds_names_its_own_rounds_and_all_stand(town: LittleTown) -> None:
    """However often somebody leaves, what stood before is not written down again."""
    for skill in ("meal", "visit", "visit", "visit"):
        town.add_helper(skills=[skill])
    order_lunch(town)
    plan(town, thinking=quick)
    for minutes in range(3):
        a_visit(town)
        town.at(ELEVEN + minutes * MINUTE)
        assert leave(town) == 1

    assert wave_of(town).shown_version == 4
    standing = {each.id for each in rounds_of(town)}
    assert len(standing) == 4
    with Session(town.engine) as session:
        assert len(session.exec(select(PlanRound)).all()) == 4
        query = select(Plan.base_version).order_by(col(Plan.version))
        assert list(session.exec(query)) == [1, 1, 1, 1]
        tenures = tenures_of(session, standing)
        in_force = session.exec(rounds_in_force(TODAY)).all()
    assert {round_.id for round_, _ in in_force} == standing
    assert all(each.in_force for each in tenures.values())
