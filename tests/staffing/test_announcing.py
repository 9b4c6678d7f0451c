"""Telling many helpers at once: who is meant, who has it, and that it is counted."""

from datetime import timedelta
from uuid import UUID

import pytest

from dispatch.errors import NotFound
from dispatch.people.crew_messages import Audience
from dispatch.staffing.announcing import (
    CrewMessageRow,
    CrewNote,
    NobodyThere,
    NoWords,
    acknowledge,
    announce,
    list_crew_messages,
    list_my_notes,
)
from dispatch.store.unit_of_work import Actor, in_one_transaction, picture
from tests.field.walk import make_walk
from tests.little_town import EIGHT, NOON, STREET, LittleTown


def tell(
    town: LittleTown,
    audience: Audience,
    words: str = "东门修路，走南门",
    **about: object,
) -> None:
    in_one_transaction(
        town.engine,
        lambda uow: announce(uow, audience, words, **about),  # type: ignore[arg-type]
        actor=town.dispatcher,
    )


def notes(town: LittleTown, helper: UUID) -> list[CrewNote]:
    with picture(town.engine, Actor(role="helper", helper_id=helper)) as seen:
        return list_my_notes(seen)


def sent(town: LittleTown) -> list[CrewMessageRow]:
    with picture(town.engine, town.dispatcher) as seen:
        return list_crew_messages(seen)


def got_it(town: LittleTown, message_id: UUID, helper: UUID) -> None:
    in_one_transaction(
        town.engine,
        lambda uow: acknowledge(uow, message_id),
        actor=Actor(role="helper", helper_id=helper),
    )


def test_whoever_is_on_duty_is_told_once_and_each_answer_is_counted(
    town: LittleTown,
) -> None:
    first, second = town.add_helper(), town.add_helper()
    town.add_helper(suspended=True)
    town.at(NOON)

    for _ in range(2):
        tell(town, Audience.ON_DUTY, key="once")
    (message,) = sent(town)
    assert (message.sent_to, message.read, len(message.missing)) == (2, 0, 2)

    for _ in range(2):
        got_it(town, message.id, first)
    assert notes(town, first) == []
    (waiting,) = notes(town, second)  # a phone that was away has it when it is back
    assert waiting.words == "东门修路，走南门"
    (message,) = sent(town)
    assert (message.sent_to, message.read, len(message.missing)) == (2, 1, 1)

    town.at(NOON + timedelta(hours=20))
    assert (notes(town, second), sent(town)) == ([], [])


def test_a_kitchens_couriers_are_those_whose_rounds_take_its_meals(
    town: LittleTown,
) -> None:
    courier = make_walk(town, town.add_elder()).actor.helper_id
    idle = town.add_helper()
    assert courier is not None

    tell(town, Audience.KITCHEN, kitchen_id=town.kitchen_id)
    tell(town, Audience.STREET, street_code=STREET)

    assert (len(notes(town, courier)), len(notes(town, idle))) == (2, 1)


def test_what_reaches_nobody_or_says_nothing_is_refused(town: LittleTown) -> None:
    helper = town.add_helper()
    town.at(EIGHT)

    with pytest.raises(NobodyThere):
        tell(town, Audience.ON_DUTY)
    with pytest.raises(NoWords):
        tell(town, Audience.STREET, "  ", street_code=STREET)
    with pytest.raises(NotFound):
        tell(town, Audience.STREET, street_code="999999")
    tell(town, Audience.STREET, street_code=STREET)
    (message,) = sent(town)
    stranger = town.add_helper()
    with pytest.raises(NotFound):
        got_it(town, message.id, stranger)

    assert (notes(town, stranger), len(notes(town, helper))) == ([], 1)
