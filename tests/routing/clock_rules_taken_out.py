"""The same for the exact test of one round, which times what the search found."""

from typing import Final

from tests.routing.rules_taken_out import TakenOut

_DAY: Final = "test_search_rules.py::test_what_a_rule_forbids_is_left_out"
_DAYS: Final = "test_search_rules.py::test_"
_BEGUN: Final = "test_begun.py::test_"
_TIMED: Final = "test_timing.py::test_"
_TRIED: Final = "test_days_with_breaks.py::test_all_days_tried_second_by_second_agree"

CLOCK: Final = (
    TakenOut(
        "window", "walking.py", "if now > closes[node]:", "if 0:", f"{_TIMED}late"
    ),
    TakenOut(
        "earliest",
        "walking.py",
        "elif now < opens[node]:",
        "elif False:",
        f"{_TIMED}service_waits",
    ),
    TakenOut(
        "windows",
        "walking.py",
        "now = inst.begins(node, now)",
        "pass",
        f"{_TIMED}the_second_window",
    ),
    TakenOut(
        "shift",
        "walking.py",
        "if now > car.shift_end:",
        "if False:",
        f"{_TIMED}the_way_home",
    ),
    TakenOut(
        "ride",
        "walking.py",
        "if times[last] - times[first] > limit:",
        "if False:",
        f"{_TIMED}it_waits",
    ),
    TakenOut(
        "ride",
        "walking.py",
        "if run[last] - run[first] > limit:",
        "if False:",
        f"{_TIMED}the_ride_decides",
    ),
    TakenOut(
        "max_work",
        "walking.py",
        "if not raised and times[-1] - leave > car.max_work:",
        "if False:",
        f"{_TIMED}work_may_not",
    ),
    TakenOut(
        "max_work",
        "walking.py",
        "if now > car.work_end_by:",
        "if False:",
        f"{_DAYS}work_that_was_begun",
    ),
    TakenOut(
        "no_way",
        "walking.py",
        "        if leg >= BLOCKED:\n",
        "        if False:\n",
        f"{_TIMED}where_there_is_no_way",
    ),
    TakenOut("break", "walking.py", "if now > laid.ends_by:", "if False:", _DAY),
    TakenOut(
        "break", "resting.py", "if at + rest.seconds > rest.closes:", "if 0:", _DAY
    ),
    TakenOut(
        "break",
        "resting.py",
        "leaves_from = max(leaves_from, rest.opens + 1)",
        "pass",
        _TRIED,
    ),
    TakenOut(
        "never", "timing.py", "if k in car.barred:", "if 0:", f"{_TIMED}a_forbidden"
    ),
    TakenOut(
        "skill",
        "timing.py",
        "if lacking := inst.task(k).needs - car.skills:",
        "if lacking := ():",
        f"{_TIMED}what_no_clock",
    ),
    TakenOut(
        "max_tasks", "timing.py", "if more > 0:", "if 0:", f"{_TIMED}what_no_clock"
    ),
    TakenOut(
        "capacity", "timing.py", "if over > 0:", "if 0:", f"{_TIMED}what_no_clock"
    ),
    TakenOut(
        "shift",
        "instance.py",
        "ready=max(vehicle.shift[0], now)",
        "ready=vehicle.shift[0]",
        f"{_BEGUN}a_vehicle_that_has_not",
    ),
    TakenOut(
        "parking",
        "instance.py",
        "np.minimum(self.travel + arrive[None, None, :], BLOCKED)",
        "np.minimum(self.travel, BLOCKED)",
        f"{_TIMED}parking",
    ),
)
