"""Suspending a helper: at once, and for their rounds that have not begun, too."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.errors import Conflict
from dispatch.log.audit import write_down
from dispatch.people.helpers import Helper
from dispatch.staffing.rounds import count_under_way, stop_rounds
from dispatch.staffing.telling import tell_helper
from dispatch.store.unit_of_work import UnitOfWork


class SuspendedFor(StrEnum):
    COMPLAINT = "complaint"
    ILLNESS = "illness"
    PAPERS = "papers"
    SAFETY = "safety"
    OTHER = "other"


class AlreadySuspended(Conflict):
    """这位助老员已经停派，没有改动。"""

    code = "already_suspended"


class NotSuspended(Conflict):
    """这位助老员没有停派，没有改动。"""

    code = "not_suspended"


@dataclass(frozen=True)
class Suspension:
    """What a suspension did: rounds taken from them, and rounds already under way."""

    stopped: int
    under_way: int


def suspend(uow: UnitOfWork, helper_id: UUID, why: SuspendedFor) -> Suspension:
    """Send nobody's meal with this helper from now on.

    Rounds that have not begun are taken from them; whoever is on the way already
    finishes, or is called back by a coordinator.

    Raises:
        NotFound: no such helper within reach.
        AlreadySuspended
    """
    get_scoped(uow, Helper, helper_id)
    stopped = stop_rounds(uow, helper_id)
    helper = get_scoped(uow, Helper, helper_id, lock=True)
    if helper.suspended:
        raise AlreadySuspended
    helper.suspended = True
    uow.session.add(helper)
    tell_helper(uow, helper, "helper.suspended", why=why.value, stopped=stopped)
    write_down(uow, "suspend", "helper", helper.id, purpose=why.value)
    return Suspension(stopped, count_under_way(uow, helper_id))


def show_suspension(uow: UnitOfWork, helper_id: UUID) -> Suspension:
    """What is left to decide of somebody suspended before. Raises: NotFound."""
    get_scoped(uow, Helper, helper_id)
    return Suspension(0, count_under_way(uow, helper_id))


def resume(uow: UnitOfWork, helper_id: UUID) -> None:
    """Let a suspended helper be planned again, from the next plan on.

    Raises:
        NotFound: no such helper within reach.
        NotSuspended
    """
    helper = get_scoped(uow, Helper, helper_id, lock=True)
    if not helper.suspended:
        raise NotSuspended
    helper.suspended = False
    uow.session.add(helper)
    tell_helper(uow, helper, "helper.resumed")
    write_down(uow, "resume", "helper", helper.id)
