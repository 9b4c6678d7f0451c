"""What an elder may eat, and which set meal fits them."""

from collections.abc import Sequence
from typing import Final

from dispatch.catalogue.sittings import MenuItem
from dispatch.demo.chance import Chance
from dispatch.orders.diet import suits
from dispatch.people.elders import Elder

REGULAR: Final = 7
SOFT: Final = 6
MINCED: Final = 5
ALL_DIETS: Final = ("halal", "soft", "low_salt", "low_sugar")
_ALLERGENS: Final = ("花生", "海鲜", "鸡蛋", "牛奶")


def draw_needs(chance: Chance, elder: Elder) -> None:
    """Diet words, allergies and the texture that somebody can swallow."""
    tags = []
    if chance.happens(0.03):
        tags.append("halal")
    if chance.happens(0.08):
        tags.append("soft")
        if chance.happens(0.3):
            elder.swallowing_level = chance.choice((SOFT, MINCED))
    if chance.happens(0.15):
        tags.append("low_salt")
    if chance.happens(0.12):
        tags.append("low_sugar")
    if "halal" in tags and len(tags) > 1:
        elder.swallowing_level = MINCED if elder.swallowing_level else 0
    elder.diet_tags = tags
    if chance.happens(0.02):
        elder.allergies = [chance.choice(_ALLERGENS)]


def choose_item(
    chance: Chance, elder: Elder, menu: Sequence[MenuItem]
) -> MenuItem | None:
    """The set meal that this elder would take; mostly the first that fits."""
    fitting = [item for item in menu if suits(elder, item)]
    if not fitting:
        return None
    return fitting[0] if chance.happens(0.8) else chance.choice(fitting)
