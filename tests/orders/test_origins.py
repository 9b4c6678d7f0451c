"""By which way an order came, what came late, and who pays for the way."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from dispatch.access.elder_links import LinkIsOver, give_link, holder_of, revoke_link
from dispatch.catalogue.sittings import Sitting
from dispatch.errors import NotFound
from dispatch.orders.attesting import AttestationDraft, attest, withdraw_attestation
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.free_delivery import Attestor, Bearer, DeliveryRule, FreeDelivery
from dispatch.orders.free_list import Standing, show_free_list
from dispatch.orders.late_changes import list_late, sum_late
from dispatch.orders.ordering import OrderDraft, Override, place_order
from dispatch.orders.orders import Channel, Order
from dispatch.orders.origins import Agreed, Source, find_origin
from dispatch.orders.refusals import PastCutOff
from dispatch.orders.sitting_close import cook
from dispatch.people.consents import Purpose, Said, answer
from dispatch.people.elders import Elder
from dispatch.people.family import FamilyDeed, NotOptedIn
from dispatch.people.opting_in import opt_in, opt_out
from dispatch.store.unit_of_work import (
    Actor,
    UnitOfWork,
    in_one_transaction,
    picture,
)
from tests.little_town import ELEVEN, TODAY, LittleTown

T = TypeVar("T")
FETCHED: dict[str, Any] = {"service": "MEAL_PICKUP", "channel": Channel.PICKUP}


def place(town: LittleTown, draft: OrderDraft, who: Actor | None = None) -> Order:
    return in_one_transaction(
        town.engine,
        lambda uow: place_order(uow, draft, key=uuid4().hex),
        actor=who or town.staff,
    )


def holder(town: LittleTown, elder_id: UUID, contact_id: UUID | None = None) -> Actor:
    """Whoever holds a new link."""
    link, token = in_one_transaction(
        town.engine, lambda uow: give_link(uow, elder_id, contact_id), actor=town.staff
    )
    with Session(town.engine) as session:
        found = holder_of(session, token)
    assert found.link_id == link.id
    return found


def test_an_order_by_phone_says_who_typed_it_in(town: LittleTown) -> None:
    order = place(town, town.lunch(town.add_elder()))

    with Session(town.engine) as session:
        origin = find_origin(session, order.id)
    assert origin is not None
    assert (origin.source, origin.agreed) == (Source.PHONE, Agreed.SPOKEN)
    assert (origin.role, origin.account_id) == ("station", town.staff.account_id)


def test_a_link_opens_one_elder_until_it_is_ended(town: LittleTown) -> None:
    elder_id, other = town.add_elder(), town.add_elder()
    me = holder(town, elder_id)
    order = place(town, town.lunch(elder_id, source="elder", **FETCHED), me)
    with pytest.raises(NotFound):
        place(town, town.lunch(other, source="elder", **FETCHED), me)

    link, token = in_one_transaction(
        town.engine, lambda uow: give_link(uow, elder_id), actor=town.staff
    )
    in_one_transaction(
        town.engine, lambda uow: revoke_link(uow, elder_id, link.id), actor=town.staff
    )

    with Session(town.engine) as session:
        origin = find_origin(session, order.id)
        with pytest.raises(LinkIsOver):
            holder_of(session, token)
    assert origin is not None
    assert (origin.agreed, origin.link_id) == (Agreed.SELF, me.link_id)


def test_family_orders_only_while_the_elder_lets_them(town: LittleTown) -> None:
    elder_id = town.add_elder()
    daughter = town.add_contact(elder_id)
    her = holder(town, elder_id, daughter)
    draft = town.lunch(elder_id, source="family", **FETCHED)
    with pytest.raises(NotOptedIn):
        place(town, draft, her)

    def agree(*deeds: FamilyDeed) -> None:
        in_one_transaction(
            town.engine,
            lambda uow: opt_in(uow, elder_id, daughter, deeds),
            actor=town.staff,
        )

    agree(FamilyDeed.MESSAGE)
    with pytest.raises(NotOptedIn):
        place(town, draft, her)
    agree(FamilyDeed.ORDER)
    order = place(town, draft, her)
    with Session(town.engine) as session:
        origin = find_origin(session, order.id)
    assert origin is not None
    assert (origin.source, origin.agreed) == (Source.FAMILY, Agreed.OPT_IN)
    in_one_transaction(
        town.engine, lambda uow: cancel_order(uow, order.id, "undone"), actor=her
    )

    in_one_transaction(
        town.engine, lambda uow: opt_out(uow, elder_id, daughter), actor=town.staff
    )
    with pytest.raises(NotOptedIn):
        place(town, draft, her)


def test_a_consent_that_is_withdrawn_ends_every_opt_in(town: LittleTown) -> None:
    elder_id = town.add_elder()
    daughter = town.add_contact(elder_id)
    her = holder(town, elder_id, daughter)

    def agree_and_withdraw(uow: Any) -> None:
        opt_in(uow, elder_id, daughter, [FamilyDeed.ORDER])
        elder = uow.session.get_one(Elder, elder_id)
        answer(uow, elder, Purpose.FAMILY, Said.WITHDRAWN, version="1")

    in_one_transaction(town.engine, agree_and_withdraw, actor=town.staff)

    with pytest.raises(NotOptedIn):
        place(town, town.lunch(elder_id, source="family", **FETCHED), her)


def test_what_comes_late_has_a_role_a_reason_and_a_delta(town: LittleTown) -> None:
    elder_id = town.add_elder()
    first = place(town, town.lunch(town.add_elder(), **FETCHED))
    town.at(ELEVEN)
    in_one_transaction(town.engine, lambda uow: cook(uow, town.sitting_id))
    late = town.lunch(elder_id, override=Override("cut_off", "刚出院"), **FETCHED)
    with pytest.raises(PastCutOff):
        place(town, late, holder(town, elder_id))
    place(town, late)
    in_one_transaction(
        town.engine, lambda uow: cancel_order(uow, first.id, "住院"), actor=town.staff
    )

    with Session(town.engine) as session:
        lines = list_late(session, town.sitting_id)
        assert session.get_one(Sitting, town.sitting_id).spare == 3
    assert {(one.delta, one.reason, one.role) for one in lines} == {
        (1, "刚出院", "station"),
        (-1, "住院", "station"),
    }
    assert sum_late(lines) == {}


def test_an_elder_calls_off_until_the_kitchen_counts(town: LittleTown) -> None:
    elder_id = town.add_elder()
    me = holder(town, elder_id)
    order = place(town, town.lunch(elder_id, source="elder", **FETCHED), me)
    town.at(ELEVEN)

    with pytest.raises(PastCutOff):
        in_one_transaction(
            town.engine, lambda uow: cancel_order(uow, order.id, "by_elder"), actor=me
        )


def test_delivery_is_free_by_rule_and_somebody_bears_it(town: LittleTown) -> None:
    elder_id = town.add_elder(born_on=date(1940, 1, 1))
    rule_id = uuid4()
    with Session(town.engine) as session:
        session.add(
            DeliveryRule(
                id=rule_id,
                rank=1,
                title="老老人免费送餐",
                categories=[],
                needs_attestation=True,
                bearer=Bearer.DISTRICT,
                from_on=TODAY,
            )
        )
        session.commit()
    order_id = place(town, town.lunch(elder_id)).id
    said = AttestationDraft(
        attestor=Attestor.COMMUNITY,
        by="居委会张主任",
        reason="行动不便，家中无人",
        from_on=TODAY,
        until_on=TODAY,
    )

    assert do(town, lambda uow: attest(uow, elder_id, said, key="k")) == 1
    assert do(town, lambda uow: attest(uow, elder_id, said, key="k")) == 0
    with picture(town.engine, town.staff) as seen:
        assert seen.session.get_one(Order, order_id).fee_fen == 0
        kept = seen.session.exec(select(FreeDelivery)).one()
        assert (kept.order_id, kept.rule_id, kept.fen) == (order_id, rule_id, 200)
        assert kept.bearer is Bearer.DISTRICT
        [row] = show_free_list(seen).elders
    assert row.attestation is not None
    assert (row.standing, row.attestation.by) == (Standing.SOON_OVER, "居委会张主任")
    assert place_again(town, elder_id).fee_fen == 0

    word = row.attestation.id
    do(town, lambda uow: withdraw_attestation(uow, word, "女儿搬回来住"))
    with Session(town.engine) as session:
        assert {order.fee_fen for order in session.exec(select(Order))} == {200}
        assert session.exec(select(FreeDelivery)).all() == []


def place_again(town: LittleTown, elder_id: UUID) -> Order:
    twice = Override("again", "客人来访")
    return place(town, town.lunch(elder_id, override=twice))


def do(town: LittleTown, deed: Callable[[UnitOfWork], T]) -> T:
    return in_one_transaction(town.engine, deed, actor=town.staff)
