"""What a standing plan would order on a day, were its order made now."""

from dataclasses import dataclass
from datetime import date

from dispatch.catalogue.sittings import list_menu
from dispatch.errors import Refusal
from dispatch.orders.dishes import dish_for, sitting_for
from dispatch.orders.offers import why_shut
from dispatch.orders.standing_plans import StandingPlan
from dispatch.orders.standing_run import draft_of
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Foreseen:
    """The dish by its name, and the code of the refusal that it would meet now."""

    meal: str | None
    unmade: str | None


def foresee(uow: UnitOfWork, elder: Elder, plan: StandingPlan, on: date) -> Foreseen:
    """Asks the rules that ordering asks; nothing is ordered."""
    session = uow.session
    try:
        sitting = sitting_for(session, elder, on, plan.serving)
        dish = dish_for(session, sitting, elder, draft_of(session, plan, on))
    except Refusal as no:
        return Foreseen(None, no.code)
    menu = list_menu(session, sitting.id)
    return Foreseen(dish.name, why_shut(uow, elder, sitting, menu, on))
