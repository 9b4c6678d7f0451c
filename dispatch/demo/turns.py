"""Who is on duty in the made-up district: the desk by day, the office by night."""

from datetime import date, timedelta
from typing import Final

from dispatch.access.accounts import Account, Role
from dispatch.clock import town_moment
from dispatch.demo.chance import Chance
from dispatch.safety.duty import DutyTurn

_DAYS: Final = 3  # yesterday, today, tomorrow
_FROM, _CHANGE, _NEXT = 6 * 3600, 19 * 3600, 30 * 3600  # seconds of the local day


def draw_turns(seed: int, accounts: list[Account], day: date) -> list[DutyTurn]:
    """At every moment of these days one person of each street, and a backup."""
    chance = Chance(seed, "turns")
    streets: dict[str, dict[Role, Account]] = {}
    for one in accounts:
        if one.street_code and one.role in (Role.DISPATCHER, Role.STREET):
            streets.setdefault(one.street_code, {})[one.role] = one
    turns = []
    for code, people in streets.items():
        desk, office = people[Role.DISPATCHER], people[Role.STREET]
        for n in range(_DAYS):
            on = day + timedelta(days=n - 1)
            for person, rank, span in (
                (desk, 1, (_FROM, _CHANGE)),
                (office, 2, (_FROM, _CHANGE)),
                (office, 1, (_CHANGE, _NEXT)),
                (desk, 2, (_CHANGE, _NEXT)),
            ):
                turns.append(
                    DutyTurn(
                        id=chance.id(),
                        street_code=code,
                        account_id=person.id,
                        rank=rank,
                        starts_at=town_moment(on, span[0]),
                        ends_at=town_moment(on, span[1]),
                        made_at=town_moment(day, 0),
                    )
                )
    return turns
