"""What a coordinator asks of plans, on the waves within their reach only."""

from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.going_back import go_back
from dispatch.planning.waves import Wave
from dispatch.store.unit_of_work import UnitOfWork


def plan_wave_again(uow: UnitOfWork, wave_id: UUID) -> UUID:
    """Ask for a plan of a wave; the id of the request that waits.

    Raises:
        NotFound: no such wave within reach.
    """
    return ask_for_plan(uow, get_scoped(uow, Wave, wave_id).id, "asked").id


def take_plan_back(uow: UnitOfWork, wave_id: UUID) -> int:
    """Go back to the plan before; the version that is in force then.

    Raises:
        NotFound, NoEarlierPlan, EarlierPlanOver
    """
    return go_back(uow, get_scoped(uow, Wave, wave_id).id).version


def shown_version(uow: UnitOfWork, wave_id: UUID) -> int:
    """The version in force of a wave within reach. Raises: NotFound."""
    return get_scoped(uow, Wave, wave_id).shown_version
