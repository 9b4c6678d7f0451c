"""What the demo says to somebody who has just started it."""

from collections.abc import Iterable
from typing import Final

from dispatch.access.accounts import Account, Role
from dispatch.access.demo_accounts import list_demo_accounts
from dispatch.demo.accounts import PASSWORD
from dispatch.demo.district import District

_SHOWN: Final = (
    (Role.STATION, "station", "counter, orders, kitchen sheet"),
    (Role.HELPER, "courier", "one round on a phone"),
    (Role.DISPATCHER, "coordinator", "live map, board, alarms"),
    (Role.DISTRICT, "office", "subsidy usage, promises"),
)
_TOUR: Final = """
What there is to look at, in the order of the day (06:00 to 20:00):

 1. {address}/station      as station1: orders come in by phone and from standing
                           lists; each cell says who eats what, and what clashes.
 2. {address}/coordinator  as coordinator: at 09:30 the kitchens know what to cook
                           and each street's wave is planned; rounds follow streets.
 3. {address}/courier      as courier1: the round as a phone shows it, stop by stop.
 4. {address}/coordinator  from 10:40: dots turn green as people are seen; a closed
                           door opens a case, which ends only with an outcome.
 5. The family's page (its address stands above): when and by whom their elder was
                           seen today, the word of the day, a word to the helper.
 6. {address}/station      at lunch: who comes to the counter, who has paid, what is
                           left; at 13:34 it closes and every portion is accounted for.
 7. The far valley         no signal there: one volunteer, a printed sheet, typed in
                           afterwards.
 8. {address}/office       as office: usage by station, channel and category; every
                           number leads to its lines, every line to rule and evidence.
"""


def sign_ins(address: str, district: District) -> str:
    """The addresses and who signs in where."""
    lines = [f"六助 runs on {address}   (every password: {PASSWORD})"]
    for role, surface, words in _SHOWN:
        logins = ", ".join(_logins(district.accounts, role))
        lines.append(f"  {address}/{surface:<12} {logins:<32} {words}")
    lines += [
        f"  {address}{one.home}   a daughter or son far away"
        for one in list_demo_accounts()
        if one.role == "family"
    ]
    return "\n".join(lines)


def tour_words(address: str) -> str:
    """The guided list."""
    return _TOUR.format(address=address)


def _logins(accounts: Iterable[Account], role: Role) -> list[str]:
    """The first few of a role."""
    logins = [account.login for account in accounts if account.role is role]
    first = [name for name in logins if name.endswith("1") or not name[-1].isdigit()]
    return (first or logins)[:3]
