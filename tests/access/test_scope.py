"""Scope: what is outside somebody's reach does not exist for them."""

from uuid import uuid4

import pytest
from sqlmodel import SQLModel

from dispatch.access.accounts import ADMINS, JUDGES, Account, Role
from dispatch.access.masking import called, mask_id_number, mask_name, mask_phone
from dispatch.access.scope import get_scoped, scoped
from dispatch.counter.payments import Payment
from dispatch.errors import NotFound
from dispatch.orders.orders import Order
from dispatch.people.elders import Elder
from dispatch.people.helpers import Helper
from dispatch.people.places import Kitchen, Station
from dispatch.planning.plans import Round
from dispatch.planning.waves import Wave
from dispatch.store.unit_of_work import Actor, picture
from tests.little_town import OTHER_STREET, STREET, LittleTown
from tests.web.filling import MODELS

_NARROW = (Role.KITCHEN, *sorted(JUDGES), Role.CALL_CENTRE)


def _count(town: LittleTown, actor: Actor, model: type[SQLModel]) -> int:
    with picture(town.engine, actor) as uow:
        return len(uow.session.exec(scoped(actor, model)).all())


def test_everybody_sees_their_own_part_of_the_town(town: LittleTown) -> None:
    town.add_elder()
    town.add_helper()
    actors = {
        "district": Actor("district"),
        "street": Actor("street", street_code=STREET),
        "other street": Actor("street", street_code=OTHER_STREET),
        "station": Actor("station", station_id=town.station_id),
        "other station": Actor("station", station_id=uuid4()),
        "helper": Actor("helper", helper_id=uuid4()),
        "nobody": Actor("nobody"),
    }
    seen = {
        name: tuple(_count(town, actor, model) for model in (Elder, Station, Helper))
        for name, actor in actors.items()
    }
    assert seen == {
        "district": (1, 1, 1),
        "street": (1, 1, 1),
        "other street": (0, 0, 0),
        "station": (1, 1, 1),
        "other station": (0, 0, 0),
        "helper": (0, 0, 0),
        "nobody": (0, 0, 0),
    }


@pytest.mark.parametrize("model", [Account, Order, Payment, Round, Wave])
def test_a_role_that_reaches_no_such_column_sees_nothing(
    town: LittleTown, model: type[SQLModel]
) -> None:
    assert _count(town, Actor("helper", helper_id=uuid4()), model) == 0


@pytest.mark.proves("S01")
@pytest.mark.parametrize("role", [*_NARROW, *sorted(ADMINS)])
def test_a_narrow_role_reaches_the_tables_that_are_named_for_it_and_no_other(
    role: Role,
) -> None:
    """Also of tables that somebody adds tomorrow; of an elder's never a row."""
    own = {name: uuid4() for name in ("kitchen_id", "station_id", "elder_id")}
    actor = Actor(role.value, street_code=STREET, **own)
    reached = {
        name
        for name, model in MODELS.items()
        if str(scoped(actor, model).whereclause) != "false"
    }
    assert reached == {
        Role.KITCHEN: {"kitchen"},
        Role.AUDITOR: {
            *("ledger_entry", "month_grant", "month_sum", "correction", "station")
        },
        Role.EVALUATOR: {"audit_draw", "station"},
        Role.CALL_CENTRE: {"elder"},  # one of them, whose number has rung
    }.get(role, set())


def test_every_role_can_be_given_on_this_engine(town: LittleTown) -> None:
    kitchen = town.add_account("cook", Role.KITCHEN, kitchen_id=town.kitchen_id)
    assert _count(town, kitchen, Kitchen) == 1
    assert _count(town, Actor("kitchen", kitchen_id=uuid4()), Kitchen) == 0
    for role in (Role.CALL_CENTRE, *JUDGES, *ADMINS):
        assert _count(town, town.add_account(role.value, role), Elder) == 0


def test_an_account_without_its_reach_sees_nothing(town: LittleTown) -> None:
    town.add_elder()
    assert _count(town, Actor(Role.STATION.value), Elder) == 0


def test_a_foreign_elder_is_not_found(town: LittleTown) -> None:
    elder_id = town.add_elder()
    stranger = Actor("station", station_id=uuid4())
    with picture(town.engine, stranger) as uow, pytest.raises(NotFound):
        get_scoped(uow, Elder, elder_id)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王英", "王*"),
        ("王小英", "王*英"),
        ("欧阳小英", "欧阳**"),
        ("阿依古丽·买买提", "阿*******"),
    ],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_other_masks() -> None:
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("01088881234") == "010****1234"
    assert mask_id_number("11990019440301123X") == "119***********123X"
    assert called("欧阳小英", "F") == "欧阳奶奶"
