"""The demo's sign-ins: one for every role and place, shown to whoever tries it."""

from typing import Final

from dispatch.access.accounts import Account, Role, hash_password
from dispatch.access.demo_accounts import DemoAccount
from dispatch.access.greeting import HOMES
from dispatch.demo.chance import Chance
from dispatch.demo.crew import Hand
from dispatch.demo.places import Places
from dispatch.people.helpers import HelperKind

PASSWORD: Final = "liuzhu-demo"  # noqa: S105 - it is meant to be read by everybody
_TITLES: Final = {
    HelperKind.COURIER: "送餐员",
    HelperKind.VOLUNTEER: "志愿者",
    HelperKind.CAREGIVER: "护理员",
    HelperKind.STAFF: "站点人员",
}
_LOGINS: Final = {
    HelperKind.COURIER: "courier",
    HelperKind.VOLUNTEER: "volunteer",
    HelperKind.CAREGIVER: "caregiver",
    HelperKind.STAFF: "staff",
}


def draw_accounts(seed: int, places: Places, crew: list[Hand]) -> list[Account]:
    """Two at the office, a coordinator, each street, each counter and each helper."""
    chance = Chance(seed, "accounts")
    hashed = hash_password(PASSWORD)

    def account(login: str, role: Role, title: str) -> Account:
        return Account(
            id=chance.id(), login=login, password_hash=hashed, role=role, title=title
        )

    made = [
        account("office", Role.DISTRICT, "区民政 养老服务科"),
        account("coordinator", Role.DISPATCHER, "区调度中心"),
    ]
    for at, street in enumerate(places.streets, start=1):
        office = account(f"street{at}", Role.STREET, f"{street.name} 民政办")
        desk = account(f"dispatcher{at}", Role.DISPATCHER, f"{street.name} 调度")
        office.street_code = desk.street_code = street.code
        made += [office, desk]
    for at, point in enumerate(places.points, start=1):
        counter = account(f"station{at}", Role.STATION, f"{point.station.name} 前台")
        counter.station_id = point.station.id
        made.append(counter)
    numbers: dict[HelperKind, int] = {}
    for hand in crew:
        kind = hand.helper.kind
        number = numbers[kind] = numbers.get(kind, 0) + 1
        title = f"{_TITLES[kind]} {hand.sealed['name']}"
        helper = account(f"{_LOGINS[kind]}{number}", Role.HELPER, title)
        helper.helper_id = hand.helper.id
        made.append(helper)
    # What one proposes another decides: rules are published, months signed, by two.
    made.append(account("office2", Role.DISTRICT, "区民政 养老服务科 复核"))
    return made


def shown_accounts(accounts: list[Account]) -> list[DemoAccount]:
    """The sign-ins as the demo shows them, by role."""
    order = list(HOMES)
    shown = [a for a in accounts if a.role in HOMES]
    return [
        DemoAccount(a.login, PASSWORD, a.role.value, a.title, HOMES[a.role])
        for a in sorted(shown, key=lambda a: order.index(a.role))
    ]
