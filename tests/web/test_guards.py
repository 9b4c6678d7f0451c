"""A door is open to whom its guard names, and a role that nobody named opens none."""

from typing import Final

import pytest

from dispatch.access.accounts import Role
from dispatch.access.greeting import HOMES
from dispatch.store.database import Database
from dispatch.store.engine import make_engine
from tests.web.guarding import guards_of
from tests.web.roles import ACCOUNTS
from tests.web.who_may import WHO_MAY
from web.app import create_app

# A phone whose pass is over still hands in what it recorded: a guard of its own.
_LATE: Final = {"POST /api/field/events", "POST /api/field/photos/{sha256}"}


@pytest.mark.proves("S01")
def test_each_guard_lets_in_whom_the_table_names_and_nobody_else() -> None:
    guards = guards_of(create_app(Database(make_engine("sqlite://"))))
    assert set(guards) == set(WHO_MAY)
    wrong = {
        route: sorted(WHO_MAY[route])
        for route, guard in guards.items()
        if guard is not None and guard.roles != WHO_MAY[route]
    }
    assert wrong == {}
    # What has no guard is open to whoever has an account, or to all.
    bare = {route for route, guard in guards.items() if guard is None}
    assert {route for route in bare if WHO_MAY[route] < ACCOUNTS} == _LATE


def test_everybody_who_signs_in_begins_somewhere() -> None:
    assert set(HOMES) == set(Role) - {Role.SYSTEM} == ACCOUNTS
