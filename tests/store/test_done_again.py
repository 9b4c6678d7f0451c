"""What the database could not do the first time is done again; nobody notices."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from dispatch.people.places import Street
from dispatch.store.engine import reading
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.engines import ON_POSTGRESQL
from tests.little_town import OTHER_STREET, STREET, LittleTown

# SQLite's writers follow each other from their first word: none of this happens there.
SOON = text("SET LOCAL deadlock_timeout = '20ms'")
Deed = Callable[[UnitOfWork, int], None]  # and the how manyeth try it is


def hold(uow: UnitOfWork, code: str) -> Street:
    """A street, locked, as it stands now."""
    query = select(Street).where(Street.code == code).with_for_update()
    return uow.session.exec(query.execution_options(populate_existing=True)).one()


def at_once(engine: Engine, deeds: dict[str, Deed]) -> tuple[Counter[str], list[str]]:
    """All of them at the same time; how often each was begun, what it was refused."""
    begun: Counter[str] = Counter()
    refused: list[str] = []

    def do(name: str) -> None:
        def noted(uow: UnitOfWork) -> None:
            begun[name] += 1
            try:
                deeds[name](uow, begun[name])
                uow.session.flush()
            except DBAPIError as error:
                refused.append(str(getattr(error.orig, "sqlstate", "")))
                raise

        in_one_transaction(engine, noted)

    with ThreadPoolExecutor(len(deeds)) as many:
        for done in [many.submit(do, name) for name in deeds]:
            done.result()
    return begun, refused


def names(town: LittleTown) -> list[str]:
    with Session(town.engine) as session:
        streets = (session.get_one(Street, code) for code in (STREET, OTHER_STREET))
        return [street.name for street in streets]


@ON_POSTGRESQL
@pytest.mark.proves("F24")
def test_of_two_that_wait_for_each_other_one_is_done_again(town: LittleTown) -> None:
    both_hold_one = Barrier(2)

    def renaming(word: str, first: str, then: str) -> Deed:
        def rename(uow: UnitOfWork, tries: int) -> None:
            uow.session.connection().execute(SOON)
            street = hold(uow, first)
            if tries == 1:
                both_hold_one.wait()
            for each in (street, hold(uow, then)):
                each.name += word
                uow.session.add(each)

        return rename

    begun, refused = at_once(
        town.engine,
        {
            "a": renaming("甲", STREET, OTHER_STREET),
            "b": renaming("乙", OTHER_STREET, STREET),
        },
    )

    assert refused == ["40P01"]
    assert sorted(begun.values()) == [1, 2]
    assert [sorted(name[-2:]) for name in names(town)] == [["乙", "甲"]] * 2


@ON_POSTGRESQL
@pytest.mark.proves("F25")
def test_what_cannot_be_put_in_an_order_is_done_again(town: LittleTown) -> None:
    both_have_read = Barrier(2)

    def renaming(word: str) -> Deed:
        def rename(uow: UnitOfWork, tries: int) -> None:
            street = uow.session.get_one(Street, STREET)
            if tries == 1:
                both_have_read.wait()
            street.name += word
            uow.session.add(street)

        return rename

    begun, refused = at_once(
        reading(town.engine), {"a": renaming("甲"), "b": renaming("乙")}
    )

    assert refused == ["40001"]
    assert sorted(begun.values()) == [1, 2]
    assert sorted(names(town)[0][-2:]) == ["乙", "甲"]
