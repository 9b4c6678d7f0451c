"""The gauges over HTTP: for this machine, or with the token, and for nobody else."""

import httpx
import pytest

from dispatch.access.accounts import Role
from dispatch.settings import settings
from tests.engines import ON_ONE_ENGINE
from tests.web.conftest import House


@ON_ONE_ENGINE
def test_gauges_are_for_this_machine_or_for_who_has_the_token(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    elder = house.town.add_elder(name="欧阳独一")
    forwarded = {"X-Forwarded-For": "203.0.113.7"}
    with httpx.Client(base_url=house.address) as machine:
        here = machine.get("/metrics")
        elsewhere = machine.get("/metrics", headers=forwarded)
        monkeypatch.setenv("DISPATCH_METRICS_TOKEN", "a token of this test")
        settings.cache_clear()
        bearer = {"Authorization": "Bearer a token of this test"}
        told = machine.get("/metrics", headers=forwarded | bearer)
        guessed = {"Authorization": "Bearer another"}
        wrong = machine.get("/metrics", headers=forwarded | guessed)
    monkeypatch.undo()
    settings.cache_clear()

    assert (here.status_code, told.status_code) == (200, 200)
    assert (elsewhere.status_code, wrong.status_code) == (404, 404)
    assert here.headers["content-type"].startswith("text/plain")
    assert "liuzhu_database_seconds" in here.text
    assert "欧阳" not in here.text
    assert str(elder) not in here.text


@ON_ONE_ENGINE
def test_the_district_sees_what_is_red(house: House) -> None:
    with house.enter(house.town.add_account("district", Role.DISTRICT)) as office:
        told = office.get("/api/system").json()

    signs = {sign["code"]: sign["level"] for sign in told["signs"]}
    assert signs["database"] == "good"
    assert signs["part_relay"] == "alarm"
    assert told["red"] == [*signs.values()].count("alarm")
