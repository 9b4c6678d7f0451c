"""A grade is computed, on appeal too; what weak proof costs is never the elder's."""

from datetime import timedelta
from uuid import UUID

import pytest

from dispatch.access.accounts import Role
from dispatch.errors import NotFound
from dispatch.field.appealing import (
    AppealDraft,
    AppealIsDecided,
    AppealIsOpen,
    NotToAppeal,
    SecondPersonNeeded,
    ask_again,
    decide_appeal,
)
from dispatch.field.appeals import Claim
from dispatch.field.own_proofs import list_own
from dispatch.field.weak_proofs import WeakProof, list_weak
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from dispatch.subsidy.usage import usage_of
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, Walk, make_walk
from tests.little_town import LAT, LON, NOON, OTHER_STREET, LittleTown
from tests.subsidy.ledger_town import bill, do, entitled, live_grants, pay_all

ELSEWHERE = {"lat": LAT + 0.02, "lon": LON, "accuracy_m": 15, "datum": "wgs84"}


def handed_elsewhere(town: LittleTown) -> tuple[Walk, Phone]:
    """A paid meal in the elder's own hands; the phone says two kilometres away."""
    walk = make_walk(town, entitled(town))
    pay_all(town, walk.order())
    phone = Phone(walk)
    phone.hand(HALF_PAST, pos=ELSEWHERE)
    phone.sync(HALF_PAST)
    return walk, phone


def ask(walk: Walk, claim: Claim = Claim.PLACE, minutes: int | None = None) -> UUID:
    [proof] = walk.proofs()
    draft = AppealDraft(proof.id, claim, "楼里信号差，定位漂移", minutes)
    return do(walk.town, lambda uow: ask_again(uow, draft).id)


def decide(walk: Walk, appeal_id: UUID, actor: Actor, *, upheld: bool = True) -> None:
    def run(uow: UnitOfWork) -> None:
        decide_appeal(uow, appeal_id, upheld=upheld)

    in_one_transaction(walk.town.engine, run, actor=actor)


def weak(town: LittleTown, actor: Actor | None = None) -> list[WeakProof]:
    return in_one_transaction(town.engine, list_weak, actor=actor or town.staff)


def test_what_a_second_person_finds_is_graded_anew_and_paid(town: LittleTown) -> None:
    walk, phone = handed_elsewhere(town)
    assert (walk.order().grade, live_grants(town)) == ("D", {})
    [row] = weak(town)
    assert row.flags == ["position_elsewhere"]
    assert row.borne_fen > 0
    before = bill(town, walk.order()).self_fen

    appeal = ask(walk)
    assert walk.order().grade == "D"
    decide(walk, appeal, town.dispatcher)

    assert walk.order().grade == "B"
    assert live_grants(town)
    assert walk.proofs()[0].basis["found_on_appeal"] == ["place"]
    assert bill(town, walk.order()).self_fen == before
    assert weak(town) == []
    phone.sync(NOON)
    assert walk.order().grade == "B"


def test_a_helper_appeals_against_their_own_proof_and_no_other(
    town: LittleTown,
) -> None:
    walk, _ = handed_elsewhere(town)
    other = town.add_account("other", Role.HELPER, helper_id=town.add_helper())
    [own] = in_one_transaction(town.engine, list_own, actor=walk.actor)
    assert (own.grade, own.label, own.answer) == ("D", "王奶奶", None)
    assert in_one_transaction(town.engine, list_own, actor=other) == []
    draft = AppealDraft(own.evidence_id, Claim.PLACE, "楼里信号差")

    def asking(uow: UnitOfWork) -> UUID:
        return ask_again(uow, draft).id

    with pytest.raises(NotFound):
        in_one_transaction(town.engine, asking, actor=other)
    appeal = in_one_transaction(town.engine, asking, actor=walk.actor)
    [waits] = in_one_transaction(town.engine, list_own, actor=walk.actor)
    decide(walk, appeal, town.dispatcher)
    [found] = in_one_transaction(town.engine, list_own, actor=walk.actor)
    assert (waits.answer, found.answer, found.grade) == ("open", "upheld", "B")


def test_nobody_decides_their_own_appeal_and_no_station_decides_any(
    town: LittleTown,
) -> None:
    walk, _ = handed_elsewhere(town)
    draft = AppealDraft(walk.proofs()[0].id, Claim.PLACE, "定位漂移")
    appeal = in_one_transaction(
        town.engine, lambda uow: ask_again(uow, draft).id, actor=town.dispatcher
    )
    for actor in (town.dispatcher, town.staff, walk.actor):
        with pytest.raises((SecondPersonNeeded, NotFound)):
            decide(walk, appeal, actor)
    elsewhere = town.add_account("east", Role.DISPATCHER, street_code=OTHER_STREET)
    with pytest.raises(NotFound):
        decide(walk, appeal, elsewhere)
    with pytest.raises(AppealIsOpen):
        ask(walk)
    town.at(NOON + timedelta(days=70))
    [row] = weak(town)
    assert row.appeal is not None, "it is never too old to be decided"
    assert (row.appeal.id, row.appeal.upheld) == (appeal, None)

    district = town.add_account("office", Role.DISTRICT)
    decide(walk, appeal, district, upheld=False)
    assert (walk.order().grade, live_grants(town)) == ("D", {})
    with pytest.raises(AppealIsDecided):
        decide(walk, appeal, district)


def test_a_box_past_its_time_stays_past_its_time(town: LittleTown) -> None:
    walk = make_walk(town, entitled(town))
    late = NOON + timedelta(minutes=95)
    phone = Phone(walk)
    phone.hand(late)
    phone.sync(late)
    with pytest.raises(NotToAppeal):
        ask(walk, Claim.LASTED, 20)
    decide(walk, ask(walk, Claim.TIME), town.dispatcher)
    assert walk.order().grade == "E"


def test_who_pays_after_weak_proof_pays_what_they_would_have_before(
    town: LittleTown,
) -> None:
    walk = make_walk(town, entitled(town))
    before = bill(town, walk.order()).self_fen
    phone = Phone(walk)
    phone.hand(HALF_PAST, pos=ELSEWHERE)
    phone.sync(HALF_PAST)

    assert bill(town, walk.order()).self_fen == before < walk.order().price_fen
    pay_all(town, walk.order())

    sums = do(town, usage_of, "2026-11").totals
    assert (sums.self_fen, sums.subsidy_fen) == (before, 0)
    assert sums.borne_fen == sums.price_fen - before > 0
