"""The promises over HTTP: the district's affair, and not read anew each time."""

import httpx

from dispatch.access.accounts import Role
from dispatch.promises.standing import STANDS_SECONDS, Standing
from tests.web.conftest import House
from tests.web.ordering import placed


def test_a_streets_officer_is_told_that_the_promises_are_the_districts(
    officer: httpx.Client,
) -> None:
    answer = officer.get("/api/office/promises")

    assert answer.status_code == 403
    assert "没有" in answer.json()["detail"]


def test_one_look_at_the_promises_stands_for_a_while(
    house: House, clerk: httpx.Client
) -> None:
    seconds = [1000.0]
    house.app.state.standing = Standing(lambda: seconds[0])
    actor = house.town.add_account("district", Role.DISTRICT)

    with house.enter(actor) as client:

        def checked() -> int:
            told = client.get("/api/office/promises").json()
            return next(int(one["checked"]) for one in told if one["n"] == 1)

        before = checked()
        placed(clerk, house.town.add_elder())
        seconds[0] += STANDS_SECONDS - 1
        assert checked() == before
        seconds[0] += 1
        assert checked() > before
