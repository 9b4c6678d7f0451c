"""What goes wrong among people whose work waits on each other's."""

from hypothesis import given, settings
from hypothesis import strategies as st

from routing import (
    Begun,
    Break,
    Effort,
    Halt,
    Problem,
    Sequence,
    Stop,
    broken_rules,
    solve,
)
from routing.freezing import running
from routing.mishaps import helper_gone, kitchen_late, weather
from tests.routing.linked_towns import linked_problems
from tests.routing.towns import HOUR, car, halt, meal, problem, stop, visit

QUICK = Effort(iterations=10, engine="search")
BATH = visit("bath", 1, service_seconds=600, people=2)
TWO = (car(), car("w"))


def bathing(at: int, *others: str, now: int) -> Problem:
    """Two people at a bath that began, or is to begin, at that time."""
    begun = {name: Begun("p1", at + 600, (stop("bath", "visit", at),)) for name in "vw"}
    tasks = [BATH, *(visit(name, 3) for name in others)]
    return problem(tasks, TWO, begun=begun, now=now)


def test_a_bath_that_both_have_begun_is_ended_by_whoever_stays() -> None:
    gone = helper_gone(bathing(60, "a", now=100), "v", at=100, at_place="p1")
    assert gone.task("bath").people == 1
    found = solve(gone, QUICK)
    assert found.served == {"bath", "a"}
    assert broken_rules(gone, found) == []


def test_a_bath_ahead_needs_two_and_nobody_waits_for_who_is_gone() -> None:
    given_ = bathing(700, "a", now=100)
    gone = helper_gone(given_, "v", at=100, at_place="p0")
    assert gone.task("bath").people == 2
    assert gone.begun["w"].stops == ()
    found = solve(gone, QUICK)
    assert [each.task for each in found.left_out] == ["bath"]
    assert broken_rules(gone, found) == []
    third = gone.replaced(vehicles=(*gone.vehicles, car("x")))
    assert solve(third, QUICK).served == {"bath", "a"}


def test_whoever_was_to_go_on_from_there_with_another_is_free_with_them() -> None:
    lift = visit("lift", 2, people=2)
    begun = {
        "v": Begun("p1", 1300, (stop("bath", "visit", 700),)),
        "w": Begun(
            "p2", 1360, (stop("bath", "visit", 700), stop("lift", "visit", 1360))
        ),
        "x": Begun("p2", 1360, (stop("a", "visit", 60), stop("lift", "visit", 1360))),
    }
    tasks = [BATH, lift, visit("a", 1)]
    given_ = problem(tasks, [*TWO, car("x")], begun=begun, now=100)
    gone = helper_gone(given_, "v", at=100, at_place="p0")
    assert gone.begun["w"] == Begun("p0", 0)
    assert gone.begun["x"] == Begun("p1", 60, (stop("a", "visit", 60),))
    found = solve(gone, QUICK)
    assert found.served == {"bath", "lift", "a"}


def test_what_follows_something_finished_keeps_its_gap() -> None:
    first = visit("dose", 1, service_seconds=100)
    then = visit("look", 2, (0, 2 * HOUR))
    tied = Sequence("dose", "look", min_gap=1800, max_gap=3600)
    begun = {"v": Begun("p1", 160, (stop("dose", "visit", 60),))}
    given_ = problem([first, then], TWO, begun=begun, now=200, sequence=(tied,))
    gone = helper_gone(given_, "v", at=200, at_place="p1")
    assert gone.sequence == ()
    assert gone.task("look").visit == halt(2, (1960, 3760))
    too_late = helper_gone(
        given_.replaced(tasks=(first, visit("look", 2, (0, 1800)))),
        "v",
        at=200,
        at_place="p1",
    )
    assert [each.task for each in solve(too_late, QUICK).left_out] == ["look"]


@settings(max_examples=60)
@given(linked_problems(), st.integers(0, 5000), st.integers(0, 3))
def test_whoever_falls_out_the_rest_is_a_day_that_can_be_planned(
    given_: Problem, now: int, who: int
) -> None:
    later = running(given_, solve(given_, QUICK), now)
    vehicle = later.vehicles[who % len(later.vehicles)].id
    gone = helper_gone(later, vehicle, at=now, at_place="p0")
    found = solve(gone, QUICK)
    assert not {each.rule for each in broken_rules(gone, found)} - {"must_serve"}


def test_a_box_that_is_on_board_was_not_handed_over_whatever_was_planned() -> None:
    begun = {
        "v": Begun("p5", 400, (stop("a", "pickup", 60), stop("a", "dropoff", 300)))
    }
    given_ = problem([meal("a", 1, 5)], TWO, begun=begun, now=300)
    gone = helper_gone(given_, "v", at=300, at_place="p4", on_board={"a"})
    assert solve(gone, QUICK).served == {"a"}


def test_a_kitchen_so_late_that_it_would_have_closed_hands_out_all_boxes() -> None:
    kitchen = halt(1, (600, 1200), 15)
    orders = [meal(f"o{n}", 1, 2, at_kitchen=kitchen) for n in range(4)]
    late = kitchen_late(problem(orders), "p1", 30)
    assert late.tasks[0].pickup == halt(1, (2400, 3000), 15)
    assert len(solve(late, QUICK).served) == 4


def test_two_windows_of_a_late_kitchen_do_not_overlap() -> None:
    kitchen = Halt("p1", ((600, 1200), (2500, 4000), (5000, 6000)))
    late = kitchen_late(problem([meal("a", 1, 2, at_kitchen=kitchen)]), "p1", 30)
    assert late.tasks[0].pickup is not None
    assert late.tasks[0].pickup.windows == ((2400, 4000), (5000, 6000))


def test_a_kitchen_that_was_open_for_hours_closes_no_later_than_it_is_late() -> None:
    orders = [meal("a", 1, 2, at_kitchen=halt(1, (0, 10_800)))]
    late = kitchen_late(problem(orders, now=7200), "p1", 20)
    assert late.tasks[0].pickup == halt(1, (8400, 12_000))


def test_a_storm_shortens_the_rounds_of_whoever_only_rested_at_home() -> None:
    rested = Begun("p0", 600, (Stop(at=0, break_number=0),))
    helper = car(breaks=(Break((0, 1000), 600),))
    given_ = problem([visit("a", 1)], [helper], begun={"v": rested}, now=600)
    assert (
        weather(given_, 2.0, longest_work_seconds=900).vehicles[0].max_work_seconds
        == 900
    )
