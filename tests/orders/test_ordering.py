"""Ordering: each refusal changes nothing, each order is in exactly one state."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func
from sqlmodel import Session, select

from dispatch.catalogue.sittings import Serving, Sitting, SoldOut
from dispatch.errors import NotFound, Refusal
from dispatch.log.events import list_story
from dispatch.orders.ordering import OrderDraft, Override, make_order, place_order
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.orders.refusals import (
    AlreadyOrdered,
    DietClash,
    ElderDied,
    NotOnThisDay,
    NotServed,
    PastCutOff,
    TextureClash,
    WrongChannel,
)
from dispatch.people.elder_facts import ElderFact, FactKind
from dispatch.people.elders import Elder
from dispatch.planning.waves import Wave
from dispatch.store.idempotency import KeyReused, claim, keep_result
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from tests.engines import ON_ONE_ENGINE
from tests.little_town import NOON, TODAY, LittleTown
from tests.web.counting import counted


def _place(
    town: LittleTown,
    draft: OrderDraft,
    key: str | None = None,
    who: Actor | None = None,
) -> Order:
    return in_one_transaction(
        town.engine,
        lambda uow: place_order(uow, draft, key=key or uuid4().hex),
        actor=who or town.staff,
    )


def _count(town: LittleTown, model: Any) -> int:
    with Session(town.engine) as session:
        return session.exec(select(func.count()).select_from(model)).one()


@ON_ONE_ENGINE
def test_who_lost_ability_by_a_written_fact_comes_first(town: LittleTown) -> None:
    elder_id = town.add_elder(born_on=date(1960, 3, 1))
    value = {"ability_level": 3, "assessed_on": None}
    about: dict[str, Any] = {
        "from_on": TODAY,
        "source": "assessment",
        "recorded_at": NOON,
    }
    kind = FactKind.ABILITY
    with Session(town.engine) as session:
        session.add(
            ElderFact(elder_id=elder_id, seq=1, kind=kind, value=value, **about)
        )
        session.commit()

    order = in_one_transaction(
        town.engine,
        lambda uow: place_order(uow, town.lunch(elder_id), key="k1"),
        actor=town.staff,
    )

    assert order.tier == 1


def test_a_lunch_is_taken_and_waits_for_its_wave(town: LittleTown) -> None:
    order = _place(town, town.lunch(town.add_elder()))

    assert order.state is OrderState.WAITING
    assert (order.price_fen, order.fee_fen, order.tier) == (1500, 200, 1)
    with Session(town.engine) as session:
        wave = session.get_one(Wave, order.wave_id)
        assert wave.orders_version == 1
        assert session.get_one(Sitting, town.sitting_id).sold == 1
        (placed,) = list_story(session, order.id)
        assert (placed.kind, placed.facts["state"]) == ("order.placed", "waiting")


def test_an_order_is_few_ways_to_the_database(town: LittleTown) -> None:
    """Each keeps the kitchen's next order waiting."""
    _place(town, town.lunch(town.add_elder()))
    draft = town.lunch(town.add_elder())

    with counted(town.engine, lambda word: word != "BEGIN") as said:
        _place(town, draft)

    # SQLite writes the order, its origin, event and outbox one after the other.
    assert len(said) == (11 if town.engine.dialect.name == "sqlite" else 8), said


def test_an_elder_without_a_place_is_blocked_and_counted(town: LittleTown) -> None:
    order = _place(town, town.lunch(town.add_elder(lat=None, lon=None)))

    assert (order.state, order.reason) == (OrderState.BLOCKED, "no_location")
    with Session(town.engine) as session:
        assert session.get_one(Sitting, town.sitting_id).sold == 1


@pytest.mark.proves("F38")
def test_an_elder_gets_one_lunch_unless_asked_for_again(town: LittleTown) -> None:
    draft = town.lunch(town.add_elder())
    _place(town, draft)

    with pytest.raises(AlreadyOrdered):
        _place(town, draft)
    _place(town, replace(draft, override=Override("again", "女儿来访")))

    assert _count(town, Order) == 2


def test_the_same_request_again_is_the_same_order(town: LittleTown) -> None:
    draft = town.lunch(town.add_elder())
    with ThreadPoolExecutor(8) as pool:
        made = {o.id for o in pool.map(lambda _: _place(town, draft, "k"), range(16))}

    assert len(made) == 1
    assert _count(town, Order) == 1


@pytest.mark.proves("F39")
def test_another_order_under_the_same_key_is_refused(town: LittleTown) -> None:
    draft = town.lunch(town.add_elder())
    _place(town, draft, "k")

    with pytest.raises(KeyReused):
        _place(town, replace(draft, note="多饭"), "k")


def test_a_foreign_elder_does_not_exist(town: LittleTown) -> None:
    draft = town.lunch(town.add_elder())
    with pytest.raises(NotFound):
        _place(town, draft, who=Actor("station", station_id=uuid4()))
    with pytest.raises(NotFound):
        _place(town, replace(draft, elder_id=uuid4()))


_Change = Callable[[LittleTown, UUID, OrderDraft], OrderDraft]


def _after_cut_off(town: LittleTown, _: UUID, draft: OrderDraft) -> OrderDraft:
    town.at(town_cut_off(town) + timedelta(seconds=1))
    return draft


def town_cut_off(town: LittleTown) -> Any:
    """When the kitchen stops taking orders."""
    with Session(town.engine) as session:
        return session.get_one(Sitting, town.sitting_id).cut_off_at


def _died(town: LittleTown, elder_id: UUID, draft: OrderDraft) -> OrderDraft:
    with Session(town.engine) as session:
        session.get_one(Elder, elder_id).died_on = TODAY - timedelta(days=1)
        session.commit()
    return draft


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (_after_cut_off, PastCutOff),
        (_died, ElderDied),
        (lambda t, e, d: replace(d, channel=Channel.DINE_IN), WrongChannel),
        (lambda t, e, d: replace(d, channel=Channel.VISIT), WrongChannel),
        (lambda t, e, d: replace(d, service="MEAL_FLYING"), Refusal),
        (lambda t, e, d: replace(d, serving=Serving.DINNER), NotServed),
        (lambda t, e, d: replace(d, serve_on=date(2026, 11, 19)), NotOnThisDay),
        (lambda t, e, d: replace(d, serve_on=date(2027, 11, 20)), NotOnThisDay),
        (lambda t, e, d: replace(d, menu_item_id=uuid4()), Refusal),
    ],
)
def test_what_cannot_be_taken_changes_nothing(
    town: LittleTown, change: _Change, refusal: type[Refusal]
) -> None:
    elder_id = town.add_elder()
    draft = change(town, elder_id, town.lunch(elder_id))

    with pytest.raises(refusal) as said:
        _place(town, draft)

    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(said.value))
    assert (_count(town, Order), _count(town, Wave)) == (0, 0)
    with Session(town.engine) as session:
        assert session.get_one(Sitting, town.sitting_id).sold == 0


def test_an_allergy_stops_a_dish_and_a_reason_lets_it_through(town: LittleTown) -> None:
    draft = town.lunch(town.add_elder(allergies=["花生"]))
    with pytest.raises(DietClash):
        _place(town, draft)

    order = _place(town, replace(draft, override=Override("diet", "已去花生")))

    with Session(town.engine) as session:
        assert list_story(session, order.id)[0].facts["overrides"] == "diet"


def test_nobody_overrides_a_swallowing_level(town: LittleTown) -> None:
    draft = town.lunch(town.add_elder(swallowing_level=4))

    with pytest.raises(TextureClash):
        _place(town, replace(draft, override=Override("diet", "家属要求")))


@pytest.mark.proves("F40")
def test_the_last_portion_goes_to_exactly_one(town: LittleTown) -> None:
    elders = [town.add_elder() for _ in range(8)]
    with Session(town.engine) as session:
        session.get_one(Sitting, town.sitting_id).capacity = 5
        session.commit()

    def order(elder_id: UUID) -> bool:
        try:
            _place(town, town.lunch(elder_id))
        except SoldOut:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(order, elders))

    assert (taken, _count(town, Order)) == (5, 5)


def test_a_key_stands_for_the_same_order_as_before_orders_could_be_wanted_at_once(
    town: LittleTown,
) -> None:
    draft = town.lunch(town.add_elder())
    came_later = {"ready_at", "contact_id", "plan_id"}
    before = {
        name: value for name, value in asdict(draft).items() if name not in came_later
    }
    wanted = replace(draft, ready_at=NOON)

    def claim_as_before(uow: UnitOfWork) -> None:
        claim(uow, "before", "order", before)
        keep_result(uow, "before", make_order(uow, draft).id)

    in_one_transaction(town.engine, claim_as_before, actor=town.staff)
    assert _place(town, draft, "before").elder_id == draft.elder_id
    with pytest.raises(KeyReused):
        _place(town, wanted, "before")
