"""The same for visits that hang together: what ties them, and their own search."""

from typing import Final

from tests.routing.rules_taken_out import TakenOut

_DAY: Final = "test_linked_rules.py::test_what_a_rule_forbids_is_left_out"
_DAYS: Final = "test_linked_rules.py::test_"
_LINKED: Final = "test_linked.py::test_"
_SPOTS: Final = "linked/spots.py"
_WEB: Final = "linked/problem_web.py"
_PLACING: Final = "linked/placing.py"
_CLOCK: Final = "linked/clockwork.py"
_FIXING: Final = "linked/fixing.py"

LINKED: Final = (
    TakenOut(
        "people",
        _SPOTS,
        "ties.links.extend((pair, pair.reversed()))",
        "pass",
        f"{_LINKED}two_people_begin",
    ),
    TakenOut(
        "people",
        _PLACING,
        "if w == v or first + desk",
        "if first + desk",
        _DAY,
    ),
    TakenOut(
        "people",
        _FIXING,
        "while halved := self._halved(absent):",
        "while halved := set[str]():",
        f"{_LINKED}half_a_visit",
    ),
    TakenOut(
        "ride",
        _SPOTS,
        "ties.links.append(Link(stops[1], stops[0], -float(self.inst.ride[k])))",
        "pass",
        _DAY,
    ),
    TakenOut(
        "sequence", _SPOTS, "ties.links.append(Link(first, then, least))", "pass", _DAY
    ),
    TakenOut(
        "sequence", _SPOTS, "ties.links.append(Link(then, first, -most))", "pass", _DAY
    ),
    TakenOut("sequence", _SPOTS, 'if line.measured_from == "end":', "if 0:", _DAY),
    TakenOut("sequence", _SPOTS, 'if line.measured_from == "end":', "if 1:", _DAY),
    TakenOut(
        "sequence",
        _SPOTS,
        "ties.mates.extend((pair, pair.reversed()))",
        "pass",
        f"{_LINKED}one_vehicle_does_both",
    ),
    TakenOut(
        "sequence",
        _SPOTS,
        "ties.bounds.append((stop, at + least, at + most))",
        "pass",
        f"{_LINKED}what_has_begun_binds",
    ),
    TakenOut(
        "sequence",
        _SPOTS,
        "ties.bounds.append((stop, at - most, at - least))",
        "pass",
        _DAY,
    ),
    TakenOut(
        "sequence",
        _SPOTS,
        "at + most))\n                ties.bound_to.extend(",
        "at + most))\n                list[object]().extend(",
        _DAY,
    ),
    TakenOut(
        "sequence",
        _FIXING,
        "return replace(old, windows=((moment, moment),))",
        "return old",
        f"{_LINKED}a_station_keeps",
    ),
    TakenOut(
        "capacity",
        _PLACING,
        "if web.take[node, c] > 0 and load > web.room[v, c]:",
        "if False:",
        _DAY,
    ),
    TakenOut(
        "capacity",
        _PLACING,
        "if brought > 0 and load > web.room[v, c]:",
        "if False:",
        _DAY,
    ),
    TakenOut(
        "max_tasks",
        _PLACING,
        "> max(web.most_tasks[v], rounds.tasks[v]):",
        "> 10**6:",
        _DAY,
    ),
    TakenOut(
        "vehicles",
        _PLACING,
        "return used < web.most_used",
        "return True",
        f"{_DAYS}no_more",
    ),
    TakenOut(
        "skill", _WEB, "fit = unfit_for(inst, car, k) is None", "fit = True", _DAY
    ),
    TakenOut(
        "max_work", _WEB, "[*ties.links, *_longest_work(stage)]", "ties.links", _DAY
    ),
    TakenOut(
        "shift",
        _WEB,
        "float(min(car.shift_end, car.work_end_by))",
        "float(FOREVER)",
        _DAY,
    ),
    TakenOut(
        "service",
        _WEB,
        "service[:count] = [inst.service[n] for n in stops]",
        "pass",
        _DAY,
    ),
    TakenOut("parking", _WEB, "step = inst.hop[", "step = inst.travel[", _DAY),
    TakenOut(
        "tier",
        _WEB,
        "ranks = _ranks(stage)",
        "ranks = 0 * _ranks(stage)",
        f"{_DAYS}one_of_a_higher_tier",
    ),
    TakenOut("window", _CLOCK, "if at > clock.closes[node]:", "if False:", _DAY),
    TakenOut("earliest", _CLOCK, "if at < clock.opens[node]:", "if False:", _DAY),
    TakenOut(
        "windows",
        _CLOCK,
        "range(clock.wind[node], clock.wind[node + 1])",
        "range(0)",
        _DAY,
    ),
)
