"""The rules of the week: one named function per rule.

RULES is the whole law, in its order: first what forbids an option, then what binds
options, then what has a price. Prices are minutes.
"""

from typing import TYPE_CHECKING, Final

from routing.choosing import Once, Sum

if TYPE_CHECKING:
    from routing.week.draft import Draft

BETWEEN_MINUTES: Final = 5  # from one door to the next in a quarter
_BACKUP_PRICE: Final = 15
_STRANGER_PRICE: Final = 40
_OTHER_DAY_PRICE: Final = 60  # an elder waits at home on the day that was told
_FACE_PRICE: Final = 5  # less for each time somebody came, up to four
_LATER_PRICE: Final = 2  # per day after the first: a day lost is a day less to mend
_LIGHT_MINUTES: Final = 60  # a day's load that nobody need even out
_UNEVEN_PRICE: Final = 1
_STEEP: Final = 1.25  # beyond this share of the usual load, minutes cost more
_STEEP_PRICE: Final = 3


def visit_when_it_is_due(draft: "Draft") -> None:
    """Between the first and the last day, both included."""
    for option in draft.all_options:
        visit = draft.visit(option)
        if not visit.first_day <= option.day <= visit.last_day:
            draft.forbid(option, "no_day")


def send_nobody_who_may_not_come(draft: "Draft") -> None:
    """Pairs that may never be."""
    for option in draft.all_options:
        if draft.visitor(option).id in draft.visit(option).never:
            draft.forbid(option, "never")


def send_only_who_is_able(draft: "Draft") -> None:
    """Skills that the visit needs."""
    for option in draft.all_options:
        if draft.visit(option).needs - draft.visitor(option).skills:
            draft.forbid(option, "skill")


def visit_only_on_duty(draft: "Draft") -> None:
    """Nobody is sent on a day off, or while they are away."""
    for option in draft.all_options:
        if not draft.visitor(option).minutes[option.day]:
            draft.forbid(option, "no_day")


def visit_each_once(draft: "Draft") -> None:
    """At most: what finds no place is explained."""
    for options in draft.by_visit:
        numbers = tuple(draft.number_of[option] for option in options)
        draft.sums.append(Sum(numbers, (1,) * len(numbers), most=1))


def visit_near_the_rounds(draft: "Draft") -> None:
    """One way per quarter, day and visitor, short where a meal round passes."""
    trips: dict[tuple[int, int, tuple[int, int]], list[int]] = {}
    ways: dict[tuple[int, int, tuple[int, int]], int] = {}
    for option in draft.options:
        key = (option.visitor, option.day, draft.quarters[option.visit])
        trips.setdefault(key, []).append(draft.number_of[option])
        if key not in ways:
            ways[key] = draft.way(option)
    for key, numbers in trips.items():
        visitor, day, _ = key
        number = len(draft.options) + len(draft.onces)
        draft.onces.append(Once(tuple(numbers), ways[key]))
        draft.once_of.setdefault((visitor, day), []).append((number, ways[key]))


def work_no_longer_than_there_is_time(draft: "Draft") -> None:
    """Visits, the steps between doors and the ways fit into each day's minutes."""
    for (visitor, day), options in draft.by_day.items():
        numbers = [draft.number_of[option] for option in options]
        weights = [draft.visit(o).minutes + BETWEEN_MINUTES for o in options]
        for number, way in draft.once_of.get((visitor, day), ()):
            numbers.append(number)
            weights.append(way)
        most = draft.budget(visitor, day)
        draft.sums.append(Sum(tuple(numbers), tuple(weights), most=most))


def leave_out_only_what_finds_no_place(draft: "Draft") -> None:
    """One visit more outweighs all convenience; a higher tier, all lower ones."""
    draft.counts_placing = True


def move_as_little_as_possible(draft: "Draft") -> None:
    """In a repair, people keep the day and the person that they were told."""
    draft.counts_moving = True
    for option in draft.options:
        was = draft.frame.kept.get(draft.visit(option).id)
        if was is not None and was.day != option.day:
            draft.price(option, _OTHER_DAY_PRICE)


def send_the_responsible_person(draft: "Draft") -> None:
    """责任人 first, then the backup, then whom the elder knows."""
    for option in draft.options:
        visit, name = draft.visit(option), draft.visitor(option).id
        if name == visit.responsible:
            continue
        if name == visit.backup:
            draft.price(option, _BACKUP_PRICE)
            continue
        times = min(4, draft.problem.served.get((name, visit.id), 0))
        draft.price(option, _STRANGER_PRICE - _FACE_PRICE * times)


def come_early_in_the_window(draft: "Draft") -> None:
    """What is planned for the last day cannot be mended when it fails."""
    for option in draft.options:
        late = option.day - max(0, draft.visit(option).first_day)
        draft.price(option, _LATER_PRICE * late)


def keep_the_load_even(draft: "Draft") -> None:
    """Beyond the usual share of a day's minutes each minute costs, and then more."""
    minutes = sum(visit.minutes + BETWEEN_MINUTES for visit in draft.visits)
    room = sum(draft.budget(visitor, day) for visitor, day in draft.by_day)
    share = min(1.0, minutes / room) if room else 1.0
    for (visitor, day), options in draft.by_day.items():
        numbers = tuple(draft.number_of[option] for option in options)
        weights = tuple(draft.visit(o).minutes + BETWEEN_MINUTES for o in options)
        usual = max(_LIGHT_MINUTES, share * draft.budget(visitor, day))
        for part, price in ((1.0, _UNEVEN_PRICE), (_STEEP, _STEEP_PRICE)):
            most = round(usual * part)
            draft.sums.append(Sum(numbers, weights, most=most, price=price))
            draft.steps.setdefault((visitor, day), []).append((most, price))


RULES: Final = (
    visit_when_it_is_due,
    send_nobody_who_may_not_come,
    send_only_who_is_able,
    visit_only_on_duty,
    visit_each_once,
    visit_near_the_rounds,
    work_no_longer_than_there_is_time,
    leave_out_only_what_finds_no_place,
    move_as_little_as_possible,
    send_the_responsible_person,
    come_early_in_the_window,
    keep_the_load_even,
)
