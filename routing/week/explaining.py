"""Why a visit found no place: per visitor, the first rule that stands in the way."""

from routing.week.draft import Option
from routing.week.filling import Filling
from routing.week.planned import Reason


def reasons_for(filling: Filling, number: int) -> tuple[Reason, ...]:
    """Per visitor of the station, in the order of the problem."""
    return tuple(
        Reason(visitor.id, _reason(filling, number, position))
        for position, visitor in enumerate(filling.draft.visitors)
    )


def _reason(filling: Filling, number: int, visitor: int) -> str:
    draft = filling.draft
    visit, who = draft.visits[number], draft.visitors[visitor]
    if who.id in visit.never:
        return "never"
    if visit.needs - who.skills:
        return "skill"
    first, last = max(0, visit.first_day), min(visit.last_day, draft.problem.days - 1)
    due = range(first, last + 1)
    open_days = [Option(number, visitor, day) for day in due if who.minutes[day]]
    if not open_days:
        away = any((who.id, day) in draft.frame.away for day in due)
        return "absent" if away else "no_day"
    return "full"
