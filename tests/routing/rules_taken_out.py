"""Which test holds which rule: what is taken out of a source, and what then fails.

`test_rules_taken_out` does it, one after the other, on a copy of the sources.
"""

from typing import Final, NamedTuple


class TakenOut(NamedTuple):
    """One rule switched off by one change of one line or two."""

    rule: str
    file: str  # in routing/
    old: str  # stands there exactly once
    new: str
    held_by: str  # a test in tests/routing/


_SEEN: Final = "test_check.py::test_each_rule_is_seen"
_CORNERS: Final = "test_check_corners.py::test_"
_DAY: Final = "test_search_rules.py::test_what_a_rule_forbids_is_left_out"
_DAYS: Final = "test_search_rules.py::test_"
_BEGUN: Final = "test_begun.py::test_"
_TIMED: Final = "test_timing.py::test_"
_SHORT: Final = "test_days_with_breaks.py::test_the_compiled_search_agrees"
_TRIED: Final = "test_days_with_breaks.py::test_all_days_tried_second_by_second_agree"
_SPOTS: Final = "test_properties.py::test_the_best_spot_is_the_best_of_all_spots"
_FOUND: Final = (
    "test_properties.py::test_the_compiled_search_finds_the_best_of_all_spots"
)
_EVERY: Final = "test_properties.py::test_every_plan_of_the_search_obeys_the_rules"

_CHECK = "check.py"
_ROUTES = "check_routes.py"
_RESTS = "check_breaks.py"
_ONCE = "test_check.py::test_two_people_begin_at_the_same_second"
_PAIR = "test_check.py::test_the_dropoff_comes_after_the_pickup_on_the_same_vehicle"
_LINE = "test_check.py::test_a_sequence_counts_from_the_end_of_service"
_KEPT = "test_check.py::test_what_has_begun_stays_and_is_not_judged_again"
_REST = "test_check.py::test_a_break_is_taken_whole_and_never_on_the_way"
_STRANGE = "test_check.py::test_a_plan_for_another_problem_is_no_plan"

JUDGE: Final = (
    TakenOut(
        "served_once",
        _CHECK,
        "if times_left_out > 1 or bool(times_left_out) == bool(fresh):",
        "if False:",
        _SEEN,
    ),
    TakenOut(
        "served_once", _CHECK, "if times_left_out > 1 or", "if", f"{_CORNERS}a_visit_is"
    ),
    TakenOut(
        "served_once",
        _CHECK,
        "len(places) != 1 for places in by_kind.values()",
        "False for places in by_kind.values()",
        f"{_CORNERS}a_visit_is",
    ),
    TakenOut(
        "must_serve",
        _CHECK,
        "if task.penalty is None or _begun_stops",
        "if _begun_stops",
        _SEEN,
    ),
    TakenOut("must_serve", _CHECK, " or _begun_stops(problem, task):", ":", _KEPT),
    TakenOut("people", _CHECK, "if task.people == 2 and count:", "if False:", _ONCE),
    TakenOut(
        "people",
        _CHECK,
        "if len(places) != 2 or different != 2:",
        "if len(places) != 2:",
        f"{_CORNERS}one_helper_is_not_two",
    ),
    TakenOut(
        "people",
        _CHECK,
        "elif is_open and places[0].at != places[1].at:",
        "elif 0:",
        _ONCE,
    ),
    TakenOut("pair", _CHECK, "pickup.vehicle != dropoff.vehicle or", "", _PAIR),
    TakenOut("pair", _CHECK, " or pickup.position > dropoff.position", "", _PAIR),
    TakenOut("ride", _CHECK, "if ride > task.max_ride_seconds:", "if False:", _SEEN),
    TakenOut("sequence", _CHECK, "and gap < line.min_gap:", "and False:", _LINE),
    TakenOut("sequence", _CHECK, "and gap > line.max_gap:", "and False:", _LINE),
    TakenOut("sequence", _CHECK, "if line.same_vehicle:", "if False:", _LINE),
    TakenOut("sequence", _CHECK, 'if line.measured_from == "end":', "if True:", _LINE),
    TakenOut(
        "known", _CHECK, "if route.vehicle in seen:", "if 0:", f"{_CORNERS}a_vehicle"
    ),
    TakenOut(
        "known",
        _CHECK,
        "if (stop.break_number or 0) >= len(breaks):",
        "if 0:",
        _STRANGE,
    ),
    TakenOut("begun", _ROUTES, 'yield self._broken("begun")', "pass", _KEPT),
    TakenOut(
        "never",
        _ROUTES,
        "if (self.vehicle.id, task.id) in self.problem.never:",
        "if 0:",
        _SEEN,
    ),
    TakenOut(
        "skill",
        _ROUTES,
        "if lacking := task.needs - self.vehicle.skills:",
        "if lacking := ():",
        _SEEN,
    ),
    TakenOut("max_tasks", _ROUTES, "and len(tasks) > most and", "and 0 and", _SEEN),
    TakenOut(
        "max_tasks",
        _ROUTES,
        "and len(tasks) > most and",
        "and len(tasks.keys() - begun) > most and",
        f"{_CORNERS}tasks_that_have_begun",
    ),
    TakenOut("capacity", _ROUTES, "if over > 0:", "if False:", _SEEN),
    TakenOut(
        "capacity",
        _ROUTES,
        "range(max(sizes, default=0))",
        "range(1)",
        f"{_CORNERS}compartments",
    ),
    TakenOut(
        "capacity",
        _ROUTES,
        "carried += brought",
        "carried += 0",
        f"{_CORNERS}a_visit_brings",
    ),
    TakenOut(
        "capacity",
        _ROUTES,
        "worst = carried - room if brought else 0",
        "worst = 0",
        f"{_CORNERS}what_a_visit_brings",
    ),
    TakenOut(
        "window",
        _ROUTES,
        "any(opens <= stop.at <= closes",
        "any(opens <= stop.at",
        _SEEN,
    ),
    TakenOut(
        "window",
        _ROUTES,
        "any(opens <= stop.at <= closes",
        "any(stop.at <= closes",
        f"{_CORNERS}nothing_begins",
    ),
    TakenOut(
        "window",
        _ROUTES,
        "if not any(opens <= stop.at <= closes for opens, closes in windows):",
        "if not windows[0][0] <= stop.at <= windows[-1][1]:",
        f"{_CORNERS}between",
    ),
    TakenOut(
        "no_way",
        _ROUTES,
        'yield self._broken("no_way", stop.task)',
        "pass",
        "test_check.py::test_no_way_is_no_way",
    ),
    TakenOut(
        "no_way",
        _ROUTES,
        'yield self._broken("no_way", None)',
        "pass",
        f"{_CORNERS}there_must_be_a_way_home",
    ),
    TakenOut(
        "travel", _ROUTES, "yield self._broken(rule, stop.task, late)", "pass", _SEEN
    ),
    TakenOut(
        "travel",
        _ROUTES,
        "_TOLERANCE_SECONDS = 1",
        "_TOLERANCE_SECONDS = 2",
        "test_check.py::test_one_second_per_leg_is_forgiven_but_not_two",
    ),
    TakenOut(
        "travel",
        _ROUTES,
        "arrive = self.problem.place(halt.place).arrive_seconds",
        "pass",
        f"{_CORNERS}each_stay",
    ),
    TakenOut("shift", _ROUTES, "if left_at < opens:", "if False:", _SEEN),
    TakenOut("shift", _ROUTES, "opens = max([opens, *known])", "pass", _SEEN),
    TakenOut(
        "shift",
        _ROUTES,
        "free_at = None if self.begun is None else self.begun.free_at",
        "free_at = None",
        f"{_CORNERS}who_is_still",
    ),
    TakenOut("shift", _ROUTES, "if ends > closes:", "if False:", _SEEN),
    TakenOut("shift", _ROUTES, "home = leg or 0", "pass", _SEEN),
    TakenOut("max_work", _ROUTES, "and ends - left_at > most:", "and False:", _SEEN),
    TakenOut(
        "max_work",
        _ROUTES,
        "begun.free_at, done[0].at - leg",
        "begun.free_at, begun.free_at",
        f"{_CORNERS}work_that_has_begun",
    ),
    TakenOut(
        "max_work",
        _ROUTES,
        "begun.free_at, begun.free_at - leg",
        "begun.free_at, begun.free_at",
        f"{_CORNERS}work_begins_with_leaving",
    ),
    TakenOut("break", _ROUTES, "if due and not taken and", "if 0 and", _SEEN),
    TakenOut(
        "break",
        _ROUTES,
        "if len(taken) > 1:",
        "if 0:",
        f"{_CORNERS}a_break_is_taken_once",
    ),
    TakenOut("break", _ROUTES, "if off > 0:", "if 0:", _REST),
    TakenOut(
        "break",
        _ROUTES,
        "off = max(opens - at, at + rest.seconds - closes)",
        "off = at + rest.seconds - closes",
        f"{_CORNERS}a_break_may_not",
    ),
    TakenOut(
        "break",
        _RESTS,
        "now += leg + parking[0]\n        late = max(late, now - begins)",
        "now += leg + parking[0]",
        _REST,
    ),
    TakenOut(
        "break",
        _RESTS,
        "return max(late, now + parking[1] - at)",
        "return late",
        f"{_CORNERS}a_break_lies",
    ),
    TakenOut(
        "break",
        _RESTS,
        "late = _overlap(home, leaves)",
        "late = 0",
        f"{_CORNERS}a_break_before",
    ),
    TakenOut(
        "break",
        _RESTS,
        "found.append((late, ends))",
        "found.append((0, ends))",
        f"{_CORNERS}a_break_behind",
    ),
)
