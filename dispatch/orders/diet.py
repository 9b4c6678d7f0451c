"""Diet safety: what must not meet, before anything is cooked."""

from dispatch.catalogue.sittings import MenuItem
from dispatch.people.elders import Elder


def swallows(elder: Elder, dish: MenuItem) -> bool:
    """The dish's texture is safe to swallow (IDDSI levels, lower is smoother)."""
    return elder.swallowing_level == 0 or dish.texture_level <= elder.swallowing_level


def clashes(elder: Elder, dish: MenuItem) -> list[str]:
    """The allergies and diet words that speak against a dish, in order.

    An allergy speaks against an ingredient, too: not all of them are on the list of
    allergens that must be named.
    """
    holds = {*dish.allergens, *dish.ingredients}
    allergies = sorted(set(elder.allergies) & holds)
    missing = sorted(set(elder.diet_tags) - set(dish.diet_tags))
    return allergies + missing


def suits(elder: Elder, dish: MenuItem) -> bool:
    """The elder may eat this dish as it is."""
    return swallows(elder, dish) and not clashes(elder, dish)
