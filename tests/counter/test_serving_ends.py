"""Numbers at the start of a serving, proxies in between, what is left at its end."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session

from dispatch.catalogue.sittings import Serving
from dispatch.counter.ending import (
    ServingNotClosed,
    UnsoldWentNowhere,
    count_left_over,
    give_tokens,
)
from dispatch.counter.own_kitchen import close_own_sitting
from dispatch.counter.proxies import ToldHow, end_proxy, register_proxy
from dispatch.counter.serving import (
    Collector,
    Handing,
    Identity,
    NotRegisteredToCollect,
    serve,
)
from dispatch.counter.showing import find_people, show_counter
from dispatch.counter.till_people import hash_card, show_people
from dispatch.counter.tokens import code_of, find_token
from dispatch.orders.sitting_close import cook
from dispatch.people.vault import seal
from tests.counter.test_cash_days import do, lunch_here
from tests.little_town import ELEVEN, TODAY, LittleTown

BY_PROXY = Collector.REGISTERED_PROXY


def register(town: LittleTown, elder_id: UUID, name: str = "李邻居") -> UUID:
    return do(
        town,
        lambda uow: (
            register_proxy(
                uow,
                elder_id,
                name,
                "13900000001",
                relation="邻居",
                told_how=ToldHow.IN_PERSON,
                until_on=None,
                key=uuid4().hex,
            ).id
        ),
    )


def left_over(town: LittleTown, unsold: int, went_to: str) -> None:
    do(town, lambda uow: count_left_over(uow, town.sitting_id, unsold, went_to))


def test_numbers_are_given_once_and_a_code_finds_its_meal(town: LittleTown) -> None:
    orders = [lunch_here(town) for _ in range(3)]
    for _ in range(2):
        given = do(town, lambda uow: give_tokens(uow, town.sitting_id))
        assert [token.number for token in given] == [1, 2, 3]

    with Session(town.engine) as session:
        token = find_token(session, orders[1].id)
        assert token is not None
        code = code_of(token.id)
        row = session.connection().execute(text("SELECT * FROM token")).all()
    assert code not in str(row)
    found = do(town, lambda uow: find_people(uow, TODAY, Serving.LUNCH, card=code))
    assert [one.order.id for one in found if one.order] == [orders[1].id]
    shown = do(town, lambda uow: show_counter(uow, TODAY, Serving.LUNCH))
    assert [(one.token and one.token.number) for one in shown.expected] == [1, 2, 3]
    assert [one.bill.due_fen for one in shown.expected if one.bill] == [1000] * 3


def test_a_named_proxy_fetches_until_the_elder_ends_it(town: LittleTown) -> None:
    first, second = lunch_here(town), lunch_here(town)
    mine, ended = register(town, first.elder_id), register(town, second.elder_id)
    do(town, lambda uow: end_proxy(uow, ended))
    town.at(ELEVEN)

    def fetch(order_id: UUID, proxy_id: UUID) -> object:
        handing = Handing(Identity.STAFF_VISUAL, BY_PROXY, proxy_id)
        return do(town, lambda uow: serve(uow, order_id, handing))

    fetch(first.id, mine)
    for whose in (ended, mine):
        with pytest.raises(NotRegisteredToCollect):
            fetch(second.id, whose)


def test_what_is_left_over_is_counted_after_the_close_and_went_somewhere(
    town: LittleTown,
) -> None:
    came, _stayed = lunch_here(town), lunch_here(town)
    do(town, lambda uow: cook(uow, town.sitting_id))
    town.at(ELEVEN)
    do(town, lambda uow: serve(uow, came.id, Handing(Identity.CARD)))
    with pytest.raises(ServingNotClosed):
        left_over(town, 4, "员工餐")
    do(town, lambda uow: close_own_sitting(uow, town.sitting_id))
    with pytest.raises(UnsoldWentNowhere):
        left_over(town, 4, " ")
    for unsold in (3, 4):
        left_over(town, unsold, "员工餐")

    end = do(town, lambda uow: show_counter(uow, TODAY, Serving.LUNCH)).end
    assert end is not None
    assert (end.served, end.no_show, end.unsold) == (1, 1, 4)


def test_the_page_gets_everybody_with_prices_and_no_card_in_plain(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder("王桂英", hukou_in_district=False)
    register(town, elder_id)
    with Session(town.engine) as session:
        seal(session, elder_id, {"card": "1199000000012345"})
        session.commit()
    page = do(town, lambda uow: show_people(uow, TODAY, Serving.LUNCH))

    [one] = page.people
    assert (one.spelling, one.initials) == ("wangguiying", "wgy")
    assert one.card_hash == hash_card(page.salt, "1199000000012345")
    assert "1199000000012345" not in str(page)
    assert [proxy.name for proxy in one.proxies] == ["李邻居"]
    assert [dish.due_fen for dish in one.dishes] == [1000]
