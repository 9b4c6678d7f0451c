"""Requests that somebody else's page made, and what every answer carries."""

import re

import httpx
import pytest

from tests.engines import ON_ONE_ENGINE
from tests.test_house import ROOT
from tests.web.conftest import House
from tests.web.ordering import lunch_form
from tests.web.test_orders import count_orders
from tests.web.who_may import WHO_MAY

UNSAFE = sorted(route for route in WHO_MAY if not route.startswith("GET"))
BEGIN_A_SESSION = {"POST /api/sign-in", "POST /api/pass"}


@ON_ONE_ENGINE
@pytest.mark.proves("F92", "S07")
def test_no_unsafe_route_works_without_the_sessions_own_token(
    clerk: httpx.Client,
) -> None:
    del clerk.headers["X-CSRF"]
    for route in UNSAFE:
        if route in BEGIN_A_SESSION:
            continue
        answer = clerk.request(route.split()[0], _path(route), json={})
        assert answer.status_code == 403, route
        assert answer.json()["error"] == "forged_request", route


@ON_ONE_ENGINE
@pytest.mark.proves("F92", "S07")
def test_no_unsafe_route_works_from_another_sites_page(clerk: httpx.Client) -> None:
    for origin in ("http://evil.example", "null", "http://127.0.0.1.evil.example", ""):
        for route in UNSAFE:
            method, headers = route.split()[0], {"Origin": origin}
            answer = clerk.request(method, _path(route), json={}, headers=headers)
            told = (answer.status_code, answer.json()["error"])
            assert told == (403, "foreign_origin"), (origin, route)


@ON_ONE_ENGINE
def test_a_cross_site_fetch_without_an_origin_is_refused(
    house: House, clerk: httpx.Client
) -> None:
    del clerk.headers["Origin"]
    form = lunch_form(house.town.add_elder())

    answer = clerk.post(
        "/api/orders", json=form, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    assert count_orders(house.town) == 0


@ON_ONE_ENGINE
@pytest.mark.proves("S14")
def test_every_answer_carries_the_safe_headers(
    house: House, clerk: httpx.Client
) -> None:
    paths = ["/", "/station", "/assets/main-1a2b.js", "/sw.js", "/health", "/nothing"]
    paths += [_path(route) for route in WHO_MAY if route.startswith("GET /api")]
    for path in paths:
        headers = clerk.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert "unsafe-inline" not in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path
        if path.startswith("/api/") and "roads" not in path:
            assert headers["cache-control"] == "no-store", path
    over_tls = clerk.get("/nothing", headers={"X-Forwarded-Proto": "https"})
    assert over_tls.status_code == 404
    assert "max-age" in over_tls.headers["strict-transport-security"]


@pytest.mark.proves("S14")
def test_no_page_has_a_script_or_a_style_within_itself() -> None:
    pages = [*ROOT.glob("web/ui/*.html"), *ROOT.glob("web/pages/*.html")]
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:")
    found = [page.name for page in pages if inline.search(page.read_text())]
    assert len(pages) > 10
    assert found == []


def _path(route: str) -> str:
    path = route.split()[1]
    return path.replace("{", "").replace("}", "")
