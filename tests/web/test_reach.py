"""Who may use which door; a new route without a line here fails."""

from typing import Final
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.catalogue.sittings import Serving
from dispatch.orders.orders import get_order
from dispatch.planning.waves import find_wave
from dispatch.safety.cases import CaseKind
from dispatch.safety.opening import open_case
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from tests.little_town import OTHER_STREET, STREET, TODAY
from tests.web.conftest import House
from tests.web.ordering import placed

STATION = frozenset({"station"})
ORDERERS = frozenset({"station", "dispatcher"})
COORDINATORS = frozenset({"dispatcher", "street", "district"})
OFFICERS = frozenset({"street", "district"})
STAFF = STATION | COORDINATORS
HELPER = frozenset({"helper"})
DISTRICT = frozenset({"district"})
IMPORTERS = STATION | OFFICERS
EVERYBODY = STAFF | HELPER
PUBLIC: Final[frozenset[str]] = EVERYBODY | {"stranger"}

WHO_MAY: Final[dict[str, frozenset[str]]] = {
    "GET /api/me": EVERYBODY,
    "GET /api/greeting": PUBLIC,
    "POST /api/sign-in": PUBLIC,
    "POST /api/sign-out": EVERYBODY,
    "GET /api/clock": PUBLIC,
    "GET /api/demo/accounts": PUBLIC,
    "GET /api/station": STAFF,
    "GET /api/station/grid": STATION,
    "GET /api/station/offer": ORDERERS,
    "GET /api/elders": STAFF,
    "GET /api/elders/{elder_id}": STAFF,
    "POST /api/elders/{elder_id}/reveal": STAFF,
    "POST /api/elders": STATION,
    "GET /api/elders/{elder_id}/file": STAFF,
    "GET /api/station/people": STATION,
    "GET /api/geocoder": STATION,
    "POST /api/geocode": STATION,
    **{
        f"POST /api/elders/{{elder_id}}/{section}": STATION
        for section in (
            *("names", "identity", "diet", "care", "address", "place", "facts"),
            *("contacts", "consents", "agreements", "responsible", "keys"),
            *("pauses", "life"),
        )
    },
    "POST /api/elders/{elder_id}/contacts/{contact_id}": STATION,
    "POST /api/elders/{elder_id}/contacts/{contact_id}/remove": STATION,
    "POST /api/keys/{key_id}/move": STATION,
    "POST /api/pauses/{pause_id}/resume": STATION,
    "POST /api/life/{event_id}/return": STATION,
    "POST /api/life/{event_id}/undo": STATION,
    "POST /api/proposals/{proposal_id}/accept": STAFF,
    "POST /api/proposals/{proposal_id}/reject": STAFF,
    "GET /api/kitchen-sheet": STAFF,
    "GET /api/kitchen": STAFF,
    "POST /api/kitchen/batches": STATION,
    "POST /api/kitchen/batches/{batch_id}/cooked": STATION,
    "POST /api/kitchen/batches/{batch_id}/withdraw": STATION,
    "POST /api/kitchen/batches/{batch_id}/sample": STATION,
    "POST /api/kitchen/batches/{batch_id}/recall": STAFF,
    "POST /api/kitchen/samples/{sample_id}/destroy": STATION,
    "POST /api/kitchen/readings": STATION,
    "POST /api/kitchen/tastings/{tasting_id}": STAFF,
    "GET /api/kitchen/recall": STAFF,
    "POST /api/elders/{elder_id}/illness": ORDERERS,
    "POST /api/boxes": STATION,
    "GET /api/menus/week": STAFF,
    "POST /api/menus/meals": ORDERERS,
    "POST /api/menus/meals/{item_id}/drop": ORDERERS,
    "POST /api/menus/sittings/{sitting_id}/capacity": ORDERERS,
    "POST /api/menus/copy": STATION,
    "POST /api/menus/publish": STATION,
    "POST /api/menus/dishes": STATION,
    "POST /api/menus/dishes/{dish_id}/retire": STATION,
    "GET /api/duties": STAFF,
    "POST /api/duties/order": ORDERERS,
    "POST /api/outreach": STAFF,
    "POST /api/referrals": STAFF,
    "POST /api/referrals/{referral_id}/accept": STAFF,
    "POST /api/referrals/{referral_id}/end": STAFF,
    "GET /api/packs": STAFF,
    "POST /api/packs": STAFF,
    "POST /api/packs/{pack_id}/open": STAFF,
    "GET /api/route-sheets/{number}": STAFF,
    "POST /api/orders": ORDERERS,
    "GET /api/elders/{elder_id}/family": STATION,
    "POST /api/elders/{elder_id}/links": STATION,
    "POST /api/elders/{elder_id}/links/{link_id}/end": STATION,
    "POST /api/elders/{elder_id}/opt-in": STATION,
    "POST /api/elders/{elder_id}/opt-out": STATION,
    "GET /api/station/messages": STATION,
    "POST /api/station/messages/{message_id}/read": STATION,
    "GET /api/elders/{elder_id}/plans": STAFF,
    "POST /api/elders/{elder_id}/plans/preview": ORDERERS,
    "POST /api/elders/{elder_id}/plans": ORDERERS,
    "POST /api/plans/{plan_id}/end/preview": ORDERERS,
    "POST /api/plans/{plan_id}/end": ORDERERS,
    "GET /api/orders/{order_id}": STAFF,
    "POST /api/orders/{order_id}/cancel": ORDERERS,
    "POST /api/orders/{order_id}/undo-cancel": ORDERERS,
    "POST /api/orders/{order_id}/paper": STAFF,
    "POST /api/orders/{order_id}/entry": COORDINATORS,
    "GET /api/counter": STATION,
    "POST /api/counter/find": STATION,
    "POST /api/counter/serve": STATION,
    "POST /api/counter/walk-in": STATION,
    "POST /api/counter/deeds": STATION,
    "GET /api/counter/people": STATION,
    "GET /api/counter/differences": STATION,
    "POST /api/counter/differences/{deed_id}/resolve": STATION,
    "POST /api/counter/tokens": STATION,
    "POST /api/counter/left-over": STATION,
    "GET /api/counter/cash": STAFF,
    "POST /api/counter/cash/count": STATION,
    "POST /api/counter/cash/close": STAFF,
    "GET /api/orders/{order_id}/token.svg": STATION,
    "POST /api/elders/{elder_id}/proxies": STATION,
    "POST /api/proxies/{proxy_id}/end": STATION,
    "GET /api/orders/{order_id}/bill": STAFF,
    "POST /api/orders/{order_id}/pay": STATION,
    "POST /api/payments/{payment_id}/refund": STATION,
    "POST /api/sittings/{sitting_id}/close": STATION,
    "GET /api/round": HELPER,
    "POST /api/field/events": HELPER,
    "POST /api/field/position": HELPER,
    "POST /api/orders/{order_id}/call": HELPER,
    "GET /api/board": COORDINATORS,
    "GET /api/roads": STAFF,
    "POST /api/waves/{wave_id}/plan": COORDINATORS,
    "POST /api/waves/{wave_id}/rollback": COORDINATORS,
    "GET /api/plans/{wave_id}": COORDINATORS,
    "GET /api/orders/{order_id}/why": STAFF,
    "POST /api/orders/{order_id}/locate": STAFF,
    "GET /api/cases": STAFF,
    "GET /api/cases/{case_id}": STAFF,
    "POST /api/cases/{case_id}/rungs/{rung}/call": STAFF,
    "POST /api/cases/{case_id}/steps": STAFF,
    "POST /api/cases/{case_id}/close": STAFF,
    "GET /api/imports": IMPORTERS,
    "POST /api/imports": IMPORTERS,
    "GET /api/imports/kinds": IMPORTERS,
    "GET /api/imports/kinds/{kind}/template.xlsx": IMPORTERS,
    "GET /api/imports/{run_id}": IMPORTERS,
    "POST /api/imports/{run_id}/columns": IMPORTERS,
    "POST /api/imports/{run_id}/confirm": IMPORTERS,
    "POST /api/imports/{run_id}/drop": IMPORTERS,
    "GET /api/imports/{run_id}/faults.xlsx": IMPORTERS,
    "GET /api/exports": IMPORTERS,
    "POST /api/exports/{form}": IMPORTERS,
    "POST /api/exports/{form}/template": IMPORTERS,
    "GET /api/export-profiles": IMPORTERS,
    "POST /api/export-profiles": OFFICERS,
    "GET /api/proposals": IMPORTERS,
    "POST /api/proposals/decide": IMPORTERS,
    "GET /api/office/usage": OFFICERS,
    "GET /api/office/lines": OFFICERS,
    "GET /api/office/promises": frozenset({"district"}),
    "GET /api/helpers": STAFF,
    "POST /api/helpers": STAFF,
    "GET /api/helpers/{helper_id}": STAFF,
    "POST /api/helpers/{helper_id}/papers": STAFF,
    "POST /api/papers/{paper_id}/end": STAFF,
    "POST /api/helpers/{helper_id}/week": STAFF,
    "POST /api/helpers/{helper_id}/shifts": STAFF,
    "POST /api/helpers/{helper_id}/leave": STAFF,
    "POST /api/leaves/{leave_id}/call-off": STAFF,
    "POST /api/helpers/{helper_id}/limits": STAFF,
    "POST /api/helpers/{helper_id}/guardian": STAFF,
    "POST /api/helpers/{helper_id}/guardian/withdraw": STAFF,
    "POST /api/helpers/{helper_id}/suspend": STAFF,
    "POST /api/helpers/{helper_id}/resume": STAFF,
    "POST /api/helpers/{helper_id}/pairs": STAFF,
    "POST /api/pairs/{pair_id}/end": STAFF,
    "POST /api/pairs/{pair_id}/reason": STAFF,
    "POST /api/heat": COORDINATORS,
    "POST /api/orders/{order_id}/offer": ORDERERS,
    "GET /api/offers": HELPER,
    "POST /api/offers/{offer_id}/accept": HELPER,
    "POST /api/offers/{offer_id}/decline": HELPER,
    "GET /api/catalogue": STAFF,
    "POST /api/catalogue/services": DISTRICT,
    "POST /api/catalogue/skills": DISTRICT,
    "POST /api/catalogue/assists": DISTRICT,
    "GET /api/calendar": STAFF,
    "POST /api/calendar": DISTRICT,
    "GET /api/points": OFFICERS,
    "POST /api/points": DISTRICT,
    "GET /api/points/{point_id}/exit": DISTRICT,
    "POST /api/points/{point_id}/exit": DISTRICT,
    "POST /api/points/{point_id}/star": DISTRICT,
    "POST /api/points/{point_id}/operator": DISTRICT,
    "POST /api/operators": DISTRICT,
    "POST /api/feed/ticket": EVERYBODY,
    "GET /api/house": STAFF,
    "GET /health": PUBLIC,
    "GET /ready": PUBLIC,
}


def routes_of(house: House) -> set[str]:
    """Every route but the pages, as `METHOD /path`."""
    paths = house.app.openapi()["paths"]
    return {f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs}


def everybody(house: House) -> dict[str, Actor | None]:
    """One person of each role, and a stranger."""
    town = house.town
    helper_id = town.add_helper()
    return {
        "stranger": None,
        "station": town.staff,
        "dispatcher": town.dispatcher,
        "street": town.add_account("street", Role.STREET, street_code=STREET),
        "district": town.add_account("district", Role.DISTRICT),
        "helper": town.add_account("helper", Role.HELPER, helper_id=helper_id),
    }


def test_every_route_says_who_may_use_it(house: House) -> None:
    assert routes_of(house) == set(WHO_MAY)


def test_each_role_uses_its_own_doors_and_no_other(house: House) -> None:
    wrong = []
    for role, actor in everybody(house).items():
        with house.enter(actor) as client:
            for route, allowed in WHO_MAY.items():
                if route == "POST /api/sign-out":
                    continue
                status = _knock(client, route)
                shut = 401 if role == "stranger" else 403
                if (status == shut) is (role in allowed):
                    wrong.append(f"{role} {route}: {status}")
    assert wrong == []


STAFFING: Final = ("helper", "paper", "leave", "pair", "offer", "point")


def _knock(client: httpx.Client, route: str) -> int:
    method, path = route.split()
    things = ("elder", "order", "payment", "sitting", "wave", "case", "proxy", "deed")
    files = ("contact", "key", "pause", "event", "proposal")
    more = ("plan", "referral", "run", "link", "message")
    for name in (*things, *files, *STAFFING, *more):
        path = path.replace(f"{{{name}_id}}", str(uuid4()))
    path = path.replace("{rung}", "1").replace("{kind}", "elders")
    path = path.replace("{form}", "meals")
    if route == "POST /api/sign-in":
        return client.post(path, json={}).status_code
    return client.request(
        method, path, json={} if method == "POST" else None
    ).status_code


@pytest.fixture
def foreigner(house: House) -> Actor:
    """The front desk of a station in another street."""
    station_id = uuid4()
    with Session(house.town.engine) as session:
        session.add(house.town.station(station_id, "s2", OTHER_STREET))
        session.commit()
    return house.town.add_account("other", Role.STATION, station_id=station_id)


def test_what_is_somebody_elses_is_not_found(
    house: House, clerk: httpx.Client, foreigner: Actor
) -> None:
    town = house.town
    elder_id = town.add_elder()
    order_id = placed(clerk, elder_id)["id"]
    desk = town.add_account("desk", Role.DISPATCHER, street_code=OTHER_STREET)
    case_id, wave_id = _case_and_wave(house, order_id)
    before = clerk.get(f"/api/orders/{order_id}").json()
    asked = {
        "GET /api/elders/{}": elder_id,
        "POST /api/elders/{}/reveal": elder_id,
        "GET /api/elders/{}/file": elder_id,
        "POST /api/elders/{}/pauses": elder_id,
        "POST /api/elders/{}/care": elder_id,
        "GET /api/orders/{}": order_id,
        "GET /api/orders/{}/bill": order_id,
        "GET /api/orders/{}/why": order_id,
        "POST /api/orders/{}/cancel": order_id,
        "POST /api/orders/{}/undo-cancel": order_id,
        "POST /api/orders/{}/locate": order_id,
        "POST /api/orders/{}/pay": order_id,
        "GET /api/orders/{}/token.svg": order_id,
        "POST /api/elders/{}/proxies": elder_id,
        "GET /api/cases/{}": case_id,
        "POST /api/cases/{}/rungs/1/call": case_id,
        "POST /api/cases/{}/steps": case_id,
        "POST /api/cases/{}/close": case_id,
        "POST /api/waves/{}/plan": wave_id,
        "POST /api/waves/{}/rollback": wave_id,
        "GET /api/plans/{}": wave_id,
    }
    shut = {}
    for actor in (foreigner, desk):
        with house.enter(actor) as client:
            for what, of in asked.items():
                answer = _ask(client, what, str(of))
                if answer.status_code not in (404, 403):
                    shut[what] = answer.status_code
                elif answer.status_code == 404:
                    assert answer.json()["error"] == "not_found", what
    assert shut == {}
    with house.enter(foreigner) as client:
        assert client.get("/api/elders").json()["total"] == 0
        assert client.get("/api/cases").json() == []
    with house.enter(desk) as client:
        assert client.get("/api/board").json()["total"] == 0
    assert clerk.get(f"/api/orders/{order_id}").json() == before


def _case_and_wave(house: House, order_id: str) -> tuple[str, str]:
    def do(uow: UnitOfWork) -> tuple[str, str]:
        order = get_order(uow.session, UUID(order_id), lock=True)
        case = open_case(uow, order, CaseKind.NO_ANSWER, uow.now, None)
        wave = find_wave(uow.session, STREET, TODAY, Serving.LUNCH)
        assert wave is not None
        return str(case.id), str(wave.id)

    return in_one_transaction(house.town.engine, do)


_FORMS: Final[dict[str, dict[str, object]]] = {
    "reveal": {"fields": ["phone"], "reason": "电话确认"},
    "pauses": {"from_on": "2026-11-20", "reason": "away"},
    "cancel": {"reason": "by_elder"},
    "locate": {"lat": 36.66, "lon": 117.02},
    "pay": {"method": "cash", "fen": 1500},
    "proxies": {"name": "李", "relation": "邻居", "told_how": "phone"},
    "steps": {"rung": "phone_elder", "outcome": "no_reply"},
    "close": {"outcome": "seen_well"},
}


def _ask(client: httpx.Client, what: str, of: str) -> httpx.Response:
    method, path = what.split()
    form = _FORMS.get(path.rsplit("/", 1)[-1], {}) if method == "POST" else None
    headers = {"Idempotency-Key": uuid4().hex}
    return client.request(method, path.format(of), json=form, headers=headers)
