"""Orders that were given back before that was written down."""

from datetime import timedelta
from importlib import import_module

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import update
from sqlmodel import Session

from dispatch.planning.plans import StopOrder
from dispatch.store.unit_of_work import in_one_transaction
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, Walk, make_walk, publish_walk
from tests.little_town import LittleTown

PARTING = "dispatch.store.migrations.versions.2026_11_22_0919_parting"


def test_the_migration_finds_what_was_given_back_by_its_story(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder())
    phone = Phone(walk)
    phone.at_stop("cannot", HALF_PAST, detail={"reason": "stairs"})
    phone.sync(HALF_PAST)
    later = HALF_PAST + timedelta(minutes=1)
    again = in_one_transaction(
        town.engine,
        lambda uow: publish_walk(
            uow, town, walk.actor, walk.orders, published_at=later, keep=True
        ),
    )
    with town.engine.begin() as connection:
        connection.execute(update(StopOrder).values(given_back_at=None))
        with Operations.context(MigrationContext.configure(connection)):
            import_module(PARTING).find_returns()

    assert [given_back(walk, n) for n in (0, 1)] == [True, False]
    assert given_back(again, 0) is False


def given_back(walk: Walk, n: int) -> bool:
    with Session(walk.town.engine) as session:
        return session.get_one(StopOrder, (walk.stops[n], walk.orders[n])).given_back
