"""A lunch for many doors all over a town, which is planned in parts."""

import random
from uuid import UUID

from sqlmodel import Session

from dispatch.catalogue.sittings import Sitting
from dispatch.people.places import Kitchen
from tests.little_town import LAT, LON, LittleTown
from tests.planning.lunch_wave import order_lunch

SPREAD = 0.02  # of degrees, about two kilometres


def fill(town: LittleTown, *, doors: int, helpers: int) -> list[UUID]:
    """Lunches at so many doors, drawn from a seed, and who carries them."""
    drawn = random.Random(7)
    with Session(town.engine) as session:
        session.get_one(Sitting, town.sitting_id).capacity = doors
        session.get_one(Kitchen, town.kitchen_id).lunch_capacity = doors
        session.commit()
    for _ in range(helpers):
        town.add_helper()
    return [order_lunch(town, _elder(town, drawn)) for _ in range(doors)]


def _elder(town: LittleTown, drawn: random.Random) -> UUID:
    lat, lon = (drawn.uniform(-SPREAD, SPREAD) for _ in range(2))
    return town.add_elder(lat=LAT + lat, lon=LON + lon)
