"""One transaction: all of it or nothing, tried again when the database asks."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, select

from dispatch.errors import Refusal
from dispatch.log.events import Event, list_story, record
from dispatch.store.idempotency import KeyMissing, KeyReused, claim, keep_result
from dispatch.store.migrate import differences, upgrade
from dispatch.store.unit_of_work import (
    UnitOfWork,
    in_one_transaction,
    picture,
    unit_of_work,
)


def test_the_migrations_make_exactly_the_tables_of_the_code(engine: Engine) -> None:
    assert differences(engine) == []


def test_migrating_again_changes_nothing(database_url: str, engine: Engine) -> None:
    upgrade(database_url)
    assert differences(engine) == []


def test_a_refusal_leaves_no_trace(engine: Engine) -> None:
    subject = uuid4()

    def refuse(uow: UnitOfWork) -> None:
        record(uow, "order.placed", "order", subject)
        raise Refusal

    with pytest.raises(Refusal):
        in_one_transaction(engine, refuse)
    with Session(engine) as session:
        assert list_story(session, subject) == []


@pytest.mark.proves("F26", "F27")
def test_many_writers_of_one_story_number_it_without_gap(engine: Engine) -> None:
    subject = uuid4()

    def tell(_: int) -> None:
        in_one_transaction(
            engine, lambda uow: record(uow, "order.told", "order", subject)
        )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, range(12)))
    with Session(engine) as session:
        numbers = [event.number for event in list_story(session, subject)]
    assert numbers == list(range(1, 13))


def test_a_picture_does_not_see_what_happens_after_it(engine: Engine) -> None:
    count = select(func.count()).select_from(Event)
    with picture(engine) as before:
        seen = before.session.exec(count).one()
        with unit_of_work(engine) as uow:
            record(uow, "order.placed", "order", uuid4())
        assert before.session.exec(count).one() == seen


def test_the_same_key_finds_what_it_made_before(engine: Engine) -> None:
    made = uuid4()
    with unit_of_work(engine) as uow:
        assert claim(uow, "k-1", "order", {"a": 1}) is None
        keep_result(uow, "k-1", made)
    with unit_of_work(engine) as uow:
        assert claim(uow, "k-1", "order", {"a": 1}) == made


def test_a_key_cannot_stand_for_two_different_requests(engine: Engine) -> None:
    with unit_of_work(engine) as uow:
        claim(uow, "k-1", "order", {"a": 1})
        keep_result(uow, "k-1", uuid4())
    with pytest.raises(KeyReused), unit_of_work(engine) as uow:
        claim(uow, "k-1", "order", {"a": 2})


@pytest.mark.parametrize("key", [None, "", "x" * 81])
def test_a_request_without_a_usable_key_is_refused(
    engine: Engine, key: str | None
) -> None:
    with pytest.raises(KeyMissing), unit_of_work(engine) as uow:
        claim(uow, key, "order", {})


@pytest.mark.proves("F39")
def test_twins_at_the_same_moment_have_one_effect(engine: Engine) -> None:
    def twin(_: int) -> UUID:
        def do(uow: UnitOfWork) -> UUID:
            if made := claim(uow, "twin", "order", {}):
                return made
            mine = uuid4()
            record(uow, "order.placed", "order", mine)
            keep_result(uow, "twin", mine)
            return mine

        return in_one_transaction(engine, do)

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(twin, range(12)))
    with Session(engine) as session:
        events = session.exec(select(func.count()).select_from(Event)).one()
    assert (len(answers), events) == (1, 1)
