"""What needs two people is done when both have said so, and given back for both."""

import pytest
from sqlmodel import Session

from dispatch.field.helper_day import StopPerson
from dispatch.field.rounds import rounds_of
from dispatch.orders.orders import OrderState
from dispatch.people.helpers import Helper
from dispatch.planning.plans import Round, RoundState, StopState
from dispatch.safety.cases import CaseKind
from dispatch.safety.climbing import close_case
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.field.pairs import MINUTE, make_pair, walk_along
from tests.field.phone import Phone
from tests.field.walk import FORM, HALF_PAST, Walk, make_walk, story
from tests.little_town import TODAY, LittleTown
from tests.safety.test_ladder import do, sweep


@pytest.fixture
def pair(town: LittleTown) -> tuple[Walk, Walk]:
    """One visit for two, on the rounds of two helpers."""
    return make_pair(town)


def visit(walk: Walk, device_id: str, *, minutes: int = 21, late: int = 0) -> None:
    """Arrive, begin, end; all of it is sent."""
    phone, begin = Phone(walk, device_id=device_id), HALF_PAST + late * MINUTE
    phone.say("arrived", begin, stop_id=walk.stops[0])
    phone.at_stop("visit_begun", begin)
    phone.at_stop("visit_ended", begin + minutes * MINUTE, detail={"form": FORM})
    phone.sync(begin + minutes * MINUTE)


def shown(walk: Walk) -> StopPerson:
    def do(uow: UnitOfWork) -> StopPerson:
        [round_] = rounds_of(uow, walk.helper_id, TODAY).rounds
        return round_.stops[0].persons[0]

    return in_one_transaction(walk.town.engine, do, actor=walk.actor)


def test_it_is_done_when_both_have_said_so(pair: tuple[Walk, Walk]) -> None:
    one, other = pair
    visit(one, "phone-1")

    assert one.order().state is OrderState.UNDER_WAY
    assert one.stop().state is StopState.DONE
    assert shown(one).state == "done"
    assert other.stop().state is StopState.OPEN
    assert not any(proof.counts for proof in one.proofs())

    visit(other, "phone-2", late=1)

    assert one.order().state is OrderState.DONE
    assert one.order().grade == "A"
    assert [proof.counts for proof in one.proofs()] == [True, False]
    events = [kind for kind in story(one.town, one.orders[0]) if "second" in kind]
    assert events == []


@pytest.mark.parametrize("minutes", [(21, 3), (3, 21)])
def test_the_weaker_of_two_proofs_counts(
    pair: tuple[Walk, Walk], minutes: tuple[int, int]
) -> None:
    one, other = pair
    visit(one, "phone-1", minutes=minutes[0])
    visit(other, "phone-2", minutes=minutes[1], late=1)

    assert one.order().grade == "E"
    [counting, _] = one.proofs()
    assert counting.counts
    assert counting.helper_id == pair[minutes.index(3)].helper_id


def test_the_same_person_twice_is_not_two(pair: tuple[Walk, Walk]) -> None:
    one, _ = pair
    visit(one, "phone-1")
    visit(one, "another-phone", late=5)

    assert one.order().state is OrderState.UNDER_WAY


def test_each_sees_whether_the_other_is_there(pair: tuple[Walk, Walk]) -> None:
    one, other = pair
    seen = shown(other)
    assert (seen.people, seen.by_other) == (2, False)
    assert seen.partner is not None
    assert (seen.partner.label, seen.partner.state) == ("赵师傅", "open")

    phone = Phone(one)
    phone.say("arrived", HALF_PAST, stop_id=one.stops[0])
    phone.sync(HALF_PAST)

    partner = shown(other).partner
    assert partner is not None
    assert (partner.state, partner.arrived_at) == ("arrived", HALF_PAST)
    assert "order.partner_arrived" in story(one.town, one.orders[0])


def test_who_gives_it_back_gives_it_back_for_both(pair: tuple[Walk, Walk]) -> None:
    one, other = pair
    phone = Phone(one)
    phone.at_stop("cannot", HALF_PAST, detail={"reason": "stairs"})
    phone.sync(HALF_PAST)

    assert one.order().state is OrderState.UNASSIGNED
    assert shown(other).state == "unassigned"
    assert shown(other).partner is None
    assert "order.partner_left" in story(one.town, one.orders[0])


def test_whoever_lost_their_partner_begins_nothing_of_the_next_two(
    town: LittleTown, pair: tuple[Walk, Walk]
) -> None:
    one, other = pair
    phone = Phone(one)
    phone.at_stop("cannot", HALF_PAST, detail={"reason": "stairs"})
    phone.sync(HALF_PAST)
    third, fourth = walk_along(town, one), walk_along(town, one)

    stranger = Phone(other, device_id="phone-2")
    stranger.at_stop("visit_begun", HALF_PAST + MINUTE)
    stranger.at_stop("cannot", HALF_PAST + 2 * MINUTE, detail={"reason": "alone"})
    stranger.sync(HALF_PAST + 2 * MINUTE)
    assert one.order().state is OrderState.PLANNED

    visit(third, "phone-3", late=3)
    visit(fourth, "phone-4", late=3)
    assert one.order().state is OrderState.DONE


def test_a_lone_proof_of_two_who_parted_is_no_half_of_the_next_two(
    town: LittleTown, pair: tuple[Walk, Walk]
) -> None:
    one, other = pair
    visit(one, "phone-1")
    phone = Phone(other, device_id="phone-2")
    phone.at_stop("cannot", HALF_PAST + 22 * MINUTE, detail={"reason": "stairs"})
    phone.sync(HALF_PAST + 22 * MINUTE)
    third, fourth = walk_along(town, one), walk_along(town, one)

    visit(third, "phone-3", late=30)
    assert one.order().state is OrderState.UNDER_WAY

    visit(fourth, "phone-4", late=31)
    assert one.order().state is OrderState.DONE
    [counting] = [proof for proof in one.proofs() if proof.counts]
    assert counting.helper_id in {third.helper_id, fourth.helper_id}


def test_two_who_had_parted_and_went_together_all_the_same_are_believed(
    town: LittleTown, pair: tuple[Walk, Walk]
) -> None:
    one, other = pair
    suspend(town, other)
    sweep(town, HALF_PAST)
    assert one.order().state is OrderState.UNASSIGNED
    walk_along(town, one), walk_along(town, one)

    visit(one, "phone-1")
    visit(other, "phone-2", late=1)

    assert one.order().state is OrderState.DONE


def test_whose_partner_falls_out_before_anything_began_is_told_and_it_is_planned_anew(
    town: LittleTown, pair: tuple[Walk, Walk]
) -> None:
    one, other = pair
    suspend(town, other)
    sweep(town, one.stop().at - MINUTE)

    order = one.order()
    assert (order.state, order.plan_version) == (OrderState.UNASSIGNED, None)
    assert order.explanation is not None
    assert "一人不能来" in order.explanation["why"]
    assert shown(one).state == "unassigned"
    assert "order.partner_left" in story(one.town, one.orders[0])
    assert one.cases() == []
    assert sweep(town, one.stop().at) == 0


def test_who_is_left_alone_at_the_door_is_looked_after_and_the_visit_is_planned_anew(
    town: LittleTown, pair: tuple[Walk, Walk]
) -> None:
    """The other round is gone, as when a plan is published meanwhile."""
    one, other = pair
    visit(one, "phone-1")
    suspend(town, other)
    drop(town, other)
    sweep(town, HALF_PAST + 30 * MINUTE)

    assert one.order().state is OrderState.UNASSIGNED
    [case] = one.cases()
    assert (case.kind, case.helper_id) == (CaseKind.ALONE, one.helper_id)
    do(one, close_case, "seen_well", "另派两人")
    assert one.order().state is OrderState.UNASSIGNED

    third, fourth = walk_along(town, one), walk_along(town, one)
    visit(third, "phone-3", late=40)
    assert sweep(town, third.stop().until_at + 21 * MINUTE) == 1  # now by its silence
    assert {each.kind for each in one.cases()} == {CaseKind.ALONE, CaseKind.OVERDUE}
    visit(fourth, "phone-4", late=41)
    assert one.order().state is OrderState.DONE


def test_what_is_said_to_be_going_and_waits_at_no_stop_is_an_alarm(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    drop(town, walk)

    until_at = walk.order().window_until_at
    assert sweep(town, until_at + 20 * MINUTE) == 0
    assert sweep(town, until_at + 21 * MINUTE) == 1
    [case] = walk.cases()
    assert (case.kind, case.helper_id) == (CaseKind.OVERDUE, None)


def suspend(town: LittleTown, walk: Walk) -> None:
    with Session(town.engine) as session:
        session.get_one(Helper, walk.helper_id).suspended = True
        session.commit()


def drop(town: LittleTown, walk: Walk) -> None:
    with Session(town.engine) as session:
        session.get_one(Round, walk.round_id).state = RoundState.DROPPED
        session.commit()
