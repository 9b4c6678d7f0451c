"""New rows of several tables are written as one."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from dispatch.clock import wall_now
from dispatch.log.events import Event, Outbox
from dispatch.people.places import Street
from dispatch.store.writing import write_new
from tests.web.counting import counted


def _event() -> Event:
    return Event(
        subject="order",
        subject_id=uuid4(),
        number=1,
        kind="order.placed",
        facts={"state": "waiting"},
        role="system",
        at=wall_now(),
    )


def _told(event: Event) -> Outbox:
    return Outbox(event_id=event.id, kind=event.kind, at=event.at)


def test_what_is_written_is_known_and_changes_are_kept(engine: Engine) -> None:
    street, event = Street(code="119900001", name="清河"), _event()
    with Session(engine) as session:
        with counted(engine, lambda word: word in {"WITH", "INSERT"}) as said:
            write_new(session, street, event, _told(event))
        assert session.get(Event, event.id) is event
        assert event.account_id is None
        street.name = "清河街道"
        session.commit()
    with Session(engine) as session:
        assert session.get_one(Street, "119900001").name == "清河街道"
        told = select(Outbox.kind).join(Event, col(Event.id) == Outbox.event_id)
        assert session.exec(told).one() == "order.placed"
    assert len(said) == (3 if engine.dialect.name == "sqlite" else 1)


def test_of_what_is_written_together_nothing_stays_alone(engine: Engine) -> None:
    event, twin = _event(), _event()
    with Session(engine) as session:
        with pytest.raises(IntegrityError), session.begin_nested():
            write_new(session, event, twin, _told(event), _told(event))
        write_new(session, twin)
        session.commit()
        kept = select(func.count(col(Event.id)), func.max(col(Event.role)))
        assert session.exec(kept).one() == (1, "system")
