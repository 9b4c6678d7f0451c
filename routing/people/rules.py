"""The rules by which rounds are given to people: one named function per rule.

RULES is the whole law. Each function takes the draft and forbids pairs of a round
and a helper, puts a price in seconds of travel on them, or binds several of them.
"""

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from routing.people.draft import Draft

_MAY: Final = frozenset({"never", "skill"})
_FITS: Final = frozenset({"capacity", "max_tasks"})
_OFTEN: Final = 4  # a face is as well known as it gets: once a week
_HOUR: Final = 3600


def start_together(draft: "Draft") -> None:
    """Two people at one door keep the start that the search found for both."""
    tasks = draft.driving.problem.tasks
    draft.driving.tied.update(task.id for task in tasks if task.people > 1)


def follow_as_planned(draft: "Draft") -> None:
    """What follows something else keeps its moment, and so its gap."""
    for line in draft.driving.problem.sequence:
        draft.driving.tied.update((line.first, line.then))


def go_each_round_once(draft: "Draft") -> None:
    """No round is dropped, and none is gone twice."""
    for number in range(len(draft.driving.rounds)):
        draft.bind([p for p in draft.pairs if p[0] == number], least=1, most=1)


def give_nobody_two_rounds(draft: "Draft") -> None:
    """One round each: two would overlap, or need a shift of their own."""
    for helper in range(len(draft.driving.helpers)):
        draft.bind([p for p in draft.pairs if p[1] == helper], most=1)


def send_only_whom_it_may_be(draft: "Draft") -> None:
    """Skills that a task needs, and pairs that may never be."""
    for pair, drive in draft.drives.items():
        if drive.broken is not None and drive.broken.rule in _MAY:
            draft.forbid(pair, drive.broken.rule)


def bathe_by_whom_was_asked_for(draft: "Draft") -> None:
    """Same sex for bathing, where the person asks for it."""
    asked = draft.past.asked
    for pair in draft.pairs:
        skills = draft.vehicle(pair).skills
        if any(asked[t] not in skills for t in draft.tasks(pair) if t in asked):
            draft.forbid(pair, "asked_for_another")


def carry_no_more_than_fits(draft: "Draft") -> None:
    """The boxes, and the largest number of tasks."""
    for pair, drive in draft.drives.items():
        if drive.broken is not None and drive.broken.rule in _FITS:
            draft.forbid(pair, drive.broken.rule)


def keep_the_times(draft: "Draft") -> None:
    """Windows, hot limits, the shift and the longest work, by this helper's means."""
    for pair, drive in draft.drives.items():
        if drive.timed is None and drive.broken is not None:
            draft.forbid(pair, drive.broken.rule)


def rest_before_working(draft: "Draft") -> None:
    """Nobody leaves before the rest after their last work is over."""
    for pair, drive in draft.drives.items():
        rested_at = draft.before(pair).rested_at
        if rested_at is not None and drive.timed and drive.timed.leaves < rested_at:
            draft.forbid(pair, "rest")


def work_within_the_law(draft: "Draft") -> None:
    """Hours of the day and the week, and a day of rest in each week."""
    for pair, drive in draft.drives.items():
        known, work = draft.before(pair), drive.work_seconds
        if _more(known.worked_today_seconds + work, known.most_day_seconds):
            draft.forbid(pair, "hours_of_day")
        elif _more(known.worked_week_seconds + work, known.most_week_seconds):
            draft.forbid(pair, "hours_of_week")
        elif _more(known.days_in_a_row + 1, known.most_days_in_a_row):
            draft.forbid(pair, "day_of_rest")


def ask_no_more_than_was_offered(draft: "Draft") -> None:
    """A volunteer's own caps: hours in four weeks, stops, floors climbed."""
    for pair, drive in draft.drives.items():
        known, tasks = draft.before(pair), draft.tasks(pair)
        hours = known.worked_four_weeks_seconds + drive.work_seconds
        floors = sum(draft.past.floors.get(task, 0) for task in tasks)
        if _more(hours, known.most_four_weeks_seconds):
            draft.forbid(pair, "hours_offered")
        elif _more(len(tasks), known.most_stops):
            draft.forbid(pair, "stops_offered")
        elif _more(floors, known.most_floors):
            draft.forbid(pair, "floors_offered")


def travel_no_more_than_allowed(draft: "Draft") -> None:
    """All together, only so much more than the search found."""
    pairs = list(draft.pairs)
    weights = [draft.drives[pair].travel_seconds for pair in pairs]
    own = sum(draft.drives[pair].travel_seconds for pair in draft.own)
    draft.bind(pairs, weights=weights, most=own + draft.extra_seconds)


def prefer_known_faces(draft: "Draft") -> None:
    """The more often somebody came in four weeks, the more they are worth."""
    for pair in draft.pairs:
        name = draft.vehicle(pair).id
        times = [draft.past.served.get((name, t), 0) for t in draft.tasks(pair)]
        worth = sum((_OFTEN + min(n, _OFTEN)) for n in times if n)
        draft.price(pair, "faces", -draft.worth.face_seconds * worth // (2 * _OFTEN))


def honour_preferences(draft: "Draft") -> None:
    """What the problem prefers is worth its seconds."""
    worth = Counter[tuple[str, str]]()
    for wish in draft.driving.problem.prefer:  # some may stand there twice
        worth[wish.vehicle, wish.task] += wish.seconds
    for pair in draft.pairs:
        name = draft.vehicle(pair).id
        seconds = sum(worth[name, task] for task in draft.tasks(pair))
        draft.price(pair, "preferences", -seconds)


def share_the_hours(draft: "Draft") -> None:
    """Who worked less in four weeks comes first: the square of hours is dear."""
    worked = [draft.before((0, h)).worked_four_weeks_seconds for h in draft.helpers]
    usual = sum(worked) / max(1, len(worked))
    for pair, drive in draft.drives.items():
        ahead = (draft.before(pair).worked_four_weeks_seconds - usual) / _HOUR
        more = drive.work_seconds / _HOUR
        price = draft.worth.hour_seconds * ((ahead + more) ** 2 - ahead**2)
        draft.price(pair, "hours", round(price))


def travel_little(draft: "Draft") -> None:
    """A second of travel costs a second."""
    for pair, drive in draft.drives.items():
        draft.price(pair, "travel", drive.travel_seconds)


def change_nothing_for_nothing(draft: "Draft") -> None:
    """A round stays with its helper unless the change is worth something."""
    for pair in draft.pairs:
        if pair not in draft.own:
            draft.price(pair, "change", draft.worth.change_seconds)


def _more(amount: int, most: int | None) -> bool:
    return most is not None and amount > most


RULES: Final = (
    start_together,
    follow_as_planned,
    go_each_round_once,
    give_nobody_two_rounds,
    send_only_whom_it_may_be,
    bathe_by_whom_was_asked_for,
    carry_no_more_than_fits,
    keep_the_times,
    rest_before_working,
    work_within_the_law,
    ask_no_more_than_was_offered,
    travel_no_more_than_allowed,
    prefer_known_faces,
    honour_preferences,
    share_the_hours,
    travel_little,
    change_nothing_for_nothing,
)
