"""The demo's sign-ins: one for every role and place, shown to whoever tries it."""

from typing import Final

from dispatch.access.accounts import Account, Role, hash_password
from dispatch.access.demo_accounts import DemoAccount
from dispatch.access.greeting import HOMES
from dispatch.demo.chance import Chance
from dispatch.demo.crew import Hand
from dispatch.demo.places import Places
from dispatch.people.helpers import HelperKind
from dispatch.people.places import Kitchen

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
# Whoever answers the district's telephone, and who keeps the house in order.
_WATCHERS: Final = (
    ("calls", Role.CALL_CENTRE, "区养老服务热线"),
    ("auditor", Role.AUDITOR, "区审计局 养老资金审计"),
    ("system", Role.SYSTEM_ADMIN, "区数据中心 运维"),
    ("security", Role.SECURITY_ADMIN, "区民政 信息安全"),
    ("audit", Role.AUDIT_ADMIN, "区纪检 审计管理"),
    ("evaluator", Role.EVALUATOR, "第三方机构 养老服务评估"),
)


def draw_accounts(seed: int, places: Places, crew: list[Hand]) -> list[Account]:
    """One of each kind at the district's desks, each street, each counter, each kitchen
    and each helper."""
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
    for at, kitchen in enumerate(_kitchens(places), start=1):
        cook = account(f"kitchen{at}", Role.KITCHEN, f"{kitchen.name} 厨师长")
        cook.kitchen_id = kitchen.id
        made.append(cook)
    return [*made, *(account(*one) for one in _WATCHERS)]


def _kitchens(places: Places) -> list[Kitchen]:
    """Each once, in the order of the points that it feeds."""
    return list({point.kitchen.id: point.kitchen for point in places.points}.values())


def shown_accounts(accounts: list[Account]) -> list[DemoAccount]:
    """The sign-ins as the demo shows them, by role."""
    order = list(HOMES)
    shown = [a for a in accounts if a.role in HOMES]
    return [
        DemoAccount(a.login, PASSWORD, a.role.value, a.title, HOMES[a.role])
        for a in sorted(shown, key=lambda a: order.index(a.role))
    ]
