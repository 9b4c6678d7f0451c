"""Who may use which door; a new route without a line here fails."""

import re
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
from tests.engines import ON_ONE_ENGINE
from tests.little_town import OTHER_STREET, STREET, TODAY
from tests.web.conftest import House
from tests.web.ordering import placed
from tests.web.who_may import WHO_MAY


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


@ON_ONE_ENGINE
def test_every_route_says_who_may_use_it(house: House) -> None:
    assert routes_of(house) == set(WHO_MAY)


@ON_ONE_ENGINE
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


def _knock(client: httpx.Client, route: str) -> int:
    method, path = route.split()
    path = re.sub(r"\{\w+_id\}", lambda _: str(uuid4()), path)
    path = path.replace("{rung}", "1").replace("{kind}", "elders")
    path = path.replace("{form}", "meals").replace("{sha256}", "0" * 64)
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
