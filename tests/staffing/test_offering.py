"""Offers go from one to the next; a decline costs nothing; who accepts gets it."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.errors import NotFound
from dispatch.log.events import list_story
from dispatch.orders.orders import OrderState
from dispatch.people.offers import Offer, OfferState
from dispatch.people.pairings import Pairing, PairKind
from dispatch.staffing.offering import (
    ASKS_FOR,
    NobodyToAsk,
    NotOnOffer,
    OfferOver,
    answer,
    offer_order,
    pass_on_expired,
)
from dispatch.store.unit_of_work import in_one_transaction
from tests.little_town import EIGHT, LittleTown
from tests.planning.lunch_wave import (
    order_of,
    order_visit,
    plan,
    quick,
    read_wave,
    rounds_of,
)


def ask_for(town: LittleTown, order: UUID) -> UUID:
    offer = in_one_transaction(
        town.engine, lambda uow: offer_order(uow, order), actor=town.dispatcher
    )
    return offer.helper_id


def say(town: LittleTown, helper: UUID, *, accepts: bool) -> OfferState:
    actor = town.add_account("phone", Role.HELPER, helper_id=helper)
    with Session(town.engine) as session:
        offer = session.exec(select(Offer).where(Offer.helper_id == helper)).one()
    return in_one_transaction(
        town.engine, lambda uow: answer(uow, offer.id, accepts=accepts), actor=actor
    ).state


def states(town: LittleTown) -> dict[UUID, OfferState]:
    with Session(town.engine) as session:
        return {each.helper_id: each.state for each in session.exec(select(Offer))}


def test_a_declined_and_an_unanswered_offer_go_to_the_next(town: LittleTown) -> None:
    elder = town.add_elder()
    wished, silent, willing = sorted(town.add_helper() for _ in range(3))
    town.add_helper(skills=["meal"])
    with Session(town.engine) as session:
        since: dict[str, Any] = {"elder_id": elder, "set_at": EIGHT}
        session.add(Pairing(helper_id=wished, kind=PairKind.PREFER, **since))
        session.commit()
    order = order_visit(town, elder)

    assert ask_for(town, order) == wished
    with pytest.raises(NotOnOffer):
        ask_for(town, order)
    assert say(town, wished, accepts=False) is OfferState.DECLINED
    town.at(EIGHT + ASKS_FOR - timedelta(seconds=1))
    assert pass_on_expired(town.engine) == 0
    town.at(EIGHT + ASKS_FOR)
    assert pass_on_expired(town.engine) == 1
    with pytest.raises(OfferOver):
        say(town, silent, accepts=True)
    assert say(town, willing, accepts=True) is OfferState.ACCEPTED

    assert states(town) == {
        wished: OfferState.DECLINED,
        silent: OfferState.EXPIRED,
        willing: OfferState.ACCEPTED,
    }
    wave = read_wave(town)
    barred = {wave.carriers[v].helper_id for v, _ in wave.problem.never}
    assert willing not in barred
    assert {wished, silent} <= barred
    plan(town, thinking=quick)
    assert order_of(town, order).state is OrderState.PLANNED
    assert [r.helper_id for r in rounds_of(town)] == [willing]
    with Session(town.engine) as session:
        kinds = [each.kind for each in list_story(session, order)]
    assert kinds[:3] == ["order.placed", "order.offered", "order.offer_declined"]


def test_when_all_were_asked_the_story_says_so_and_others_are_not_asked(
    town: LittleTown,
) -> None:
    only, other = town.add_helper(), town.add_helper(skills=["meal"])
    order = order_visit(town)

    assert ask_for(town, order) == only
    stranger = town.add_account("phone", Role.HELPER, helper_id=other)
    with Session(town.engine) as session:
        offer = session.exec(select(Offer)).one()
    taking = partial(answer, offer_id=offer.id, accepts=True)
    with pytest.raises(NotFound):
        in_one_transaction(town.engine, taking, actor=stranger)
    say(town, only, accepts=False)

    with Session(town.engine) as session:
        assert list_story(session, order)[-1].kind == "order.offered_to_all"
    with pytest.raises(NobodyToAsk):
        ask_for(town, order)
