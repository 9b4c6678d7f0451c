"""What the demo says to somebody who has just started it."""

from collections.abc import Iterable
from typing import Final

from dispatch.access.accounts import Account, Role
from dispatch.access.demo_accounts import list_demo_accounts
from dispatch.access.demo_tour import SITE
from dispatch.demo.accounts import PASSWORD
from dispatch.demo.district import District

_SHOWN: Final = (
    (Role.STATION, "station", "counter, orders, kitchen sheet"),
    (Role.HELPER, "courier", "one round on a phone"),
    (Role.DISPATCHER, "coordinator", "live map, board, alarms"),
    (Role.DISTRICT, "office", "subsidy usage, promises"),
)
_TOUR: Final = """
The tour: {address}/tour

Five panes of one house on one page: station, coordinator, courier, family, office. Its
button plays a day's story in them, through their real pages, in some two minutes. The
page opens in Chrome, Edge or Firefox on this machine; “again” begins a new day.
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


def tour_words(port: int) -> str:
    """Where the tour is seen. Browsers take each name under localhost for this machine,
    and keep the sign-ins of each name apart: so five people fit into one window."""
    return _TOUR.format(address=f"http://{SITE}:{port}")


def _logins(accounts: Iterable[Account], role: Role) -> list[str]:
    """The first few of a role."""
    logins = [account.login for account in accounts if account.role is role]
    first = [name for name in logins if name.endswith("1") or not name[-1].isdigit()]
    return (first or logins)[:3]
