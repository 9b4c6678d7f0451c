"""The same for the search: its numbers, its compiled loops, its bounds.

What keeps a rule twice is taken out where both look for it, in the numbers.
"""

from typing import Final

from tests.routing.rules_taken_out import TakenOut

_DAY: Final = "test_search_rules.py::test_what_a_rule_forbids_is_left_out"
_DAYS: Final = "test_search_rules.py::test_"
_BEGUN: Final = "test_begun.py::test_"
_SHORT: Final = "test_days_with_breaks.py::test_the_compiled_search_agrees"
_SPOTS: Final = "test_search_rules.py::test_there_is_no_spot"
_NUMBERS: Final = "search/numbers.py"
_EXACT: Final = "search/exact.py"
_PAIRING: Final = "search/pairing.py"
_RESTING: Final = "search/resting.py"
_CALLING: Final = "search/recreating.py"

NUMBERS: Final = (
    TakenOut(
        "window",
        _NUMBERS,
        "rows[:, CLOSES] = inst.opens, inst.closes",
        "rows[:, CLOSES] = inst.opens, 10**8",
        _DAY,
    ),
    TakenOut(
        "earliest",
        _NUMBERS,
        "rows[:, CLOSES] = inst.opens, inst.closes",
        "rows[:, CLOSES] = -(10**8), inst.closes",
        _DAY,
    ),
    TakenOut(
        "windows",
        _NUMBERS,
        "spans.append((len(rows), len(rows) + len(windows or ())))",
        "spans.append((0, 0))",
        _DAY,
    ),
    TakenOut("service", _NUMBERS, "inst.place, inst.service", "inst.place, 0", _DAY),
    TakenOut("ride", _NUMBERS, "inst.ride[k],\n", "10**9,\n", _DAY),
    TakenOut(
        "ride",
        _NUMBERS,
        "inst.cars[held].deadlines.get(2 * k + 1, NO_DEADLINE)",
        "NO_DEADLINE",
        f"{_BEGUN}the_hot_clock",
    ),
    TakenOut(
        "shift",
        _NUMBERS,
        "car.end, car.ready, car.shift_end)",
        "car.end, car.ready, 10**8)",
        _DAY,
    ),
    TakenOut(
        "shift",
        _NUMBERS,
        "car.end, car.ready, car.shift_end)",
        "car.end, 0, car.shift_end)",
        _DAY,
    ),
    TakenOut(
        "shift",
        _NUMBERS,
        "car.end, car.ready, car.shift_end)",
        "-1, car.ready, car.shift_end)",
        _DAY,
    ),
    TakenOut(
        "max_work",
        _NUMBERS,
        "*(car.max_work, car.work_end_by, car.moved)",
        "*(10**9, car.work_end_by, car.moved)",
        _DAY,
    ),
    TakenOut(
        "max_work",
        _NUMBERS,
        "*(car.max_work, car.work_end_by, car.moved)",
        "*(car.max_work, 10**9, car.moved)",
        f"{_DAYS}work_that_was_begun",
    ),
    TakenOut(
        "max_tasks",
        _NUMBERS,
        "car.max_tasks - car.tasks_begun",
        "10**9",
        _DAY,
    ),
    TakenOut(
        "max_tasks",
        _NUMBERS,
        "car.max_tasks - car.tasks_begun",
        "car.max_tasks",
        f"{_DAYS}tasks_that_were_begun",
    ),
    TakenOut(
        "capacity",
        _NUMBERS,
        "_filled(car.capacity, sizes, NO_LIMIT) for car in cars",
        "_filled(None, sizes, NO_LIMIT) for car in cars",
        _DAY,
    ),
    TakenOut(
        "capacity",
        _NUMBERS,
        "_carried(inst, car, 1)[0]",
        "0",
        f"{_DAYS}a_box_on_board",
    ),
    TakenOut(
        "parking",
        _NUMBERS,
        "[p.arrive_seconds for p in inst.problem.places]",
        "[0 for p in inst.problem.places]",
        _DAY,
    ),
    TakenOut("break", _NUMBERS, "row[RESTS] = len(car.rests)", "row[RESTS] = 0", _DAY),
    TakenOut(
        "begun",
        _NUMBERS,
        "held = inst.held.get(k, -1)",
        "held = -1",
        f"{_BEGUN}what_is_on_board",
    ),
    TakenOut(
        "vehicles",
        _NUMBERS,
        "most_used=fleet.most_used",
        "most_used=len(inst.cars)",
        f"{_DAYS}no_more_vehicles",
    ),
    TakenOut(
        "tier",
        _NUMBERS,
        "rules.tasks[:, RANK] = fleet.ranks",
        "rules.tasks[:, RANK] = 0",
        f"{_DAYS}one_of_a_higher_tier",
    ),
    TakenOut(
        "skill",
        "search/fleet.py",
        "task.needs <= c.skills for c in inst.cars",
        "True for c in inst.cars",
        _DAY,
    ),
    TakenOut(
        "never",
        "search/fleet.py",
        "allowed[list(car.barred), car.number] = False",
        "pass",
        _DAY,
    ),
)

LOOPS: Final = (
    TakenOut(
        "allowed",
        _CALLING,
        "if numbers.allowed[k, v] and not (full and not is_used(numbers, rounds, v)):",
        "if not (full and not is_used(numbers, rounds, v)):",
        _DAY,
    ),
    TakenOut(
        "ride",
        _EXACT,
        "elif tasks[k, RIDE] < FOREVER:  # only then",
        "elif False:  # only then",
        _DAY,
    ),
    TakenOut("ride", _EXACT, "if now > nodes[node, CLOSES]:", "if False:", _DAY),
    TakenOut("max_work", _EXACT, "if late <= 0:", "if True:", _DAY),
    TakenOut("break", _EXACT, "if cars[v, RESTS] == 0:", "if True:", _DAY),
    TakenOut(
        "ride",
        _EXACT,
        "if now > tasks[k, DEADLINE]:",
        "if False:",
        f"{_DAYS}what_was_taken_up",
    ),
    TakenOut(
        "capacity",
        _PAIRING,
        "if load[k, 0] and rows[v, q, LOAD] + load[k, 0] > capacity[v, 0]:",
        "if False:",
        _DAY,
    ),
    TakenOut(
        "capacity",
        _PAIRING,
        "for c in range(1, load.shape[1]):",
        "for c in range(0):",
        _DAY,
    ),
    TakenOut(
        "capacity",
        _PAIRING,
        "if not fits(load, capacity, rows, more, v, k, j):",
        "if False:",
        f"{_DAYS}two_boxes",
    ),
    TakenOut(
        "capacity",
        "search/rounds.py",
        "        if tasks[k, PAIRED] == 0:\n            carried += load[k, 0]",
        "        pass",
        _DAY,
    ),
    TakenOut(
        "window",
        "search/inserting.py",
        "or at + service + onward > rows[v, i + 1, LATEST]",
        "",
        _DAY,
    ),
    TakenOut(
        "window",
        _PAIRING,
        "at <= rows[v, i + 1, LATEST]\n                and longer",
        "longer",
        _DAY,
    ),
    TakenOut(
        "max_tasks",
        "search/inserting.py",
        "if not held and rounds.about[v, COUNT] >= numbers.cars[v, ROOM]:",
        "if False:",
        _DAY,
    ),
    TakenOut(
        "break", _RESTING, "if done <= cars[v, REST + 3 * b + 1]:", "if 1:", _SHORT
    ),
    TakenOut(
        "break",
        _RESTING,
        "leave = max(leave, cars[v, REST + 3 * b] + 1)",
        "pass",
        _SHORT,
    ),
    TakenOut("break", _RESTING, "if ends > ends_by:", "if 0:", _SHORT),
    TakenOut("break", _RESTING, "if now > nodes[node, CLOSES]:", "if 0:", _DAY),
    TakenOut(
        "tier",
        "search/displacing.py",
        "            if fleet.score < score:\n",
        "            if False:\n",
        "test_search.py::test_what_was_displaced",
    ),
    TakenOut(
        "max_tasks",
        "search/insertion.py",
        "if not held and not tour.room_for_tasks:",
        "if False:",
        _SPOTS,
    ),
    TakenOut("ride", "search/insertion.py", "if not exact or", "if True or", _SPOTS),
    TakenOut("window", "search/insertion.py", "if at > latest[i + 1] or", "if", _SPOTS),
    TakenOut(
        "capacity",
        "search/insertion.py",
        "if rooms is not None and not rooms[i]:",
        "if False:",
        _SPOTS,
    ),
    TakenOut(
        "capacity", "search/spots.py", "ok and load + amount <= room", "ok", _SPOTS
    ),
    TakenOut(
        "shift",
        "search/tour.py",
        "min(car.shift_end, car.work_end_by)",
        "FOREVER",
        _SPOTS,
    ),
    TakenOut(
        "window",
        "search/pairs.py",
        "            if now > latest[j] or (",
        "            if (",
        _SPOTS,
    ),
)

SEARCH: Final = (*NUMBERS, *LOOPS)
