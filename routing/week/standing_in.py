"""Who stands in for whoever cannot come."""

from routing.week.draft import Option
from routing.week.filling import Filling


def backup_for(filling: Filling, option: Option) -> str | None:
    """Somebody else who may make this visit on that day.

    The named backup or the responsible person if they can, then who knows the
    elder best, then who has the least to do; None when there is nobody.
    """
    draft, visit = filling.draft, filling.draft.visit(option)

    def rank(other: Option) -> tuple[int, int, int, int]:
        name = draft.visitor(other).id
        named = (visit.responsible, visit.backup)
        times = draft.problem.served.get((name, visit.id), 0)
        load = filling.used.get((other.visitor, other.day), 0)
        return (named.index(name) if name in named else 2, -times, load, other.visitor)

    able = [
        other
        for other in draft.by_visit[option.visit]
        if other.day == option.day and other.visitor != option.visitor
    ]
    return draft.visitor(min(able, key=rank)).id if able else None
