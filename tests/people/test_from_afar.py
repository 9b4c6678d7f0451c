"""A daughter far away knows that her mother was seen, as far as her mother lets."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from dispatch.access.elder_links import give_link, holder_of
from dispatch.duties.from_afar import FromAfar, look_from_afar
from dispatch.errors import Refusal
from dispatch.field.rounds import rounds_of
from dispatch.orders.elder_page import follow, show_holder
from dispatch.orders.saying_along import NobodyComes, say_along
from dispatch.people.day_words import word_of_day
from dispatch.people.elders import Elder
from dispatch.people.family import FamilyDeed, FamilyOptIn, Told
from dispatch.people.messaging import list_messages, list_own
from dispatch.people.opting_in import NothingAgreed, opt_in, opt_out
from dispatch.safety.climbing import close_case
from dispatch.safety.notices import Notice
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, Walk, make_walk
from tests.little_town import TODAY, LittleTown
from tests.subsidy.ledger_town import do

SEE = (FamilyDeed.SEE,)


def daughter_of(town: LittleTown, elder_id: UUID) -> Actor:
    """The holder of a fresh link; nothing is agreed yet."""
    contact_id = town.add_contact(elder_id)

    def give(uow: UnitOfWork) -> Actor:
        return holder_of(uow.session, give_link(uow, elder_id, contact_id)[1])

    return do(town, give)


def let(town: LittleTown, who: Actor, *deeds: FamilyDeed, **about: Any) -> None:
    do(town, opt_in, who.elder_id, who.contact_id, deeds, **about)


def afar(town: LittleTown, who: Actor) -> FromAfar:
    return in_one_transaction(town.engine, look_from_afar, actor=who)


def at_the_door(walk: Walk, kind: str, **detail: Any) -> None:
    phone = Phone(walk)
    phone.at_stop(kind, HALF_PAST, detail=detail)
    phone.sync(HALF_PAST)


def test_a_daughter_reads_when_by_whom_and_how_often_once_her_mother_agrees(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    who = daughter_of(town, elder_id)
    walk = make_walk(town, elder_id)
    at_the_door(walk, "handed_over", to="self")

    assert afar(town, who) == FromAfar(seen=None, cases=[])

    let(town, who, *SEE)
    seen = afar(town, who).seen
    assert seen is not None
    [once] = seen.today
    assert (once.at, once.way, once.by) == (HALF_PAST, "door", "送餐员赵师傅")
    assert (seen.times, seen.last_at) == (1, HALF_PAST)

    do(town, opt_out, elder_id, who.contact_id)
    assert afar(town, who).seen is None


def test_a_bag_on_the_handle_or_a_neighbour_is_no_sighting(town: LittleTown) -> None:
    elder_id = town.add_elder()
    who = daughter_of(town, elder_id)
    let(town, who, *SEE)
    walk = make_walk(town, elder_id)
    at_the_door(walk, "handed_over", to="neighbour", name="王邻居")

    seen = afar(town, who).seen
    assert seen is not None
    assert (seen.today, seen.times, seen.last_at) == ([], 0, None)


@pytest.mark.parametrize(
    ("told", "while_open", "when_over", "notices"),
    [
        (Told.NEVER, 0, 0, []),
        (Told.AT_ONCE, 1, 1, ["正在处理", "外出，已核实"]),
        (Told.WHEN_OVER, 0, 1, ["外出，已核实"]),
    ],
)
def test_a_case_is_told_as_the_elder_chose_beforehand(
    town: LittleTown, told: Told, while_open: int, when_over: int, notices: list[str]
) -> None:
    elder_id = town.add_elder()
    who = daughter_of(town, elder_id)
    let(town, who, *SEE, told=told)
    walk = make_walk(town, elder_id)
    at_the_door(walk, "no_answer")

    assert len(afar(town, who).cases) == while_open
    case = walk.cases()[0].id

    def close(uow: UnitOfWork) -> None:
        close_case(uow, case, "away", "")

    in_one_transaction(town.engine, close, actor=town.dispatcher)
    cases = afar(town, who).cases
    assert [one.outcome for one in cases] == ["away"] * when_over
    with Session(town.engine) as session:
        sent = select(Notice).where(Notice.contact_id == who.contact_id)
        words = [one.words for one in session.exec(sent.order_by(col(Notice.made_at)))]
    assert len(words) == len(notices)
    assert all(part in each for part, each in zip(notices, words, strict=True))


def test_words_go_along_with_the_next_order_and_their_writer_knows_when(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    who = daughter_of(town, elder_id)
    let(town, who, FamilyDeed.MESSAGE)

    def say(words: str, key: str) -> None:
        def run(uow: UnitOfWork) -> None:
            say_along(uow, words, key=key)

        in_one_transaction(town.engine, run, actor=who)

    with pytest.raises(NobodyComes):
        say("门铃坏了", "k0")
    walk = make_walk(town, elder_id)
    say("门铃坏了，请敲门", "k1")
    say("门铃坏了，请敲门", "k1")

    [unread] = do(town, list_messages)
    assert (unread.words, unread.to_helper) == ("门铃坏了，请敲门", True)
    day = in_one_transaction(
        town.engine,
        lambda uow: rounds_of(uow, walk.helper_id, TODAY),
        actor=walk.actor,
    )
    person = day.rounds[0].stops[1].persons[0]
    assert person.said == "女儿：门铃坏了，请敲门"
    [sent] = in_one_transaction(town.engine, list_own, actor=who)
    assert sent.shown_at is not None


def test_elder_and_helper_have_the_same_word_today_and_another_tomorrow(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    walk = make_walk(town, elder_id)
    token = do(town, lambda uow: give_link(uow, elder_id)[1])

    def elders(uow: UnitOfWork) -> tuple[str, str | None]:
        return show_holder(uow).word, follow(uow, walk.orders[0]).word

    elder = do(town, lambda uow: holder_of(uow.session, token))
    page, order = in_one_transaction(town.engine, elders, actor=elder)
    day = in_one_transaction(
        town.engine,
        lambda uow: rounds_of(uow, walk.helper_id, TODAY),
        actor=walk.actor,
    )
    kitchen, door = day.rounds[0].stops
    assert door.persons[0].word == page == order
    assert kitchen.persons[0].word is None
    days = {word_of_day(elder_id, TODAY + timedelta(days=n)) for n in range(20)}
    assert len(days) > 10


def test_agreeing_to_nothing_is_refused_and_changes_nothing(town: LittleTown) -> None:
    elder_id = town.add_elder()
    who = daughter_of(town, elder_id)
    let(town, who, told=Told.AT_ONCE)

    with pytest.raises(NothingAgreed) as refused:
        let(town, who)
    assert isinstance(refused.value, Refusal)
    with Session(town.engine) as session:
        [stands] = session.exec(select(FamilyOptIn)).all()
        assert (stands.told, stands.withdrawn_at) == (Told.AT_ONCE, None)
        assert session.get_one(Elder, elder_id).last_seen_at is None
