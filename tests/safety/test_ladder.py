"""A closed door climbs its ladder, and only a person with an outcome ends it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.errors import NotFound, Refusal
from dispatch.orders.orders import OrderState
from dispatch.safety.case_file import CaseFile, show_case
from dispatch.safety.cases import Case, CaseOutcome, Rung, list_rungs
from dispatch.safety.climbing import (
    CaseIsClosed,
    OnlyAPersonCloses,
    OutcomeMissing,
    UnknownStep,
    close_case,
    step,
)
from dispatch.safety.waiting import Wait, read_waits
from dispatch.store.unit_of_work import SYSTEM, Actor, UnitOfWork, in_one_transaction
from dispatch.sweep import climb_overdue
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, Walk, make_walk
from tests.little_town import NOON, OTHER_STREET, LittleTown

MINUTE = timedelta(minutes=1)


def closed_door(town: LittleTown, **contacts: Any) -> Walk:
    """A helper before a closed door at half past eleven; a daughter, a neighbour."""
    elder_id = town.add_elder()
    if not contacts.get("none"):
        town.add_contact(elder_id)
        town.add_contact(elder_id, rank=2, relation="邻居", holds_key=True)
    walk = make_walk(town, elder_id)
    phone = Phone(walk)
    phone.at_stop("no_answer", HALF_PAST)
    phone.sync(HALF_PAST)
    return walk


def do(walk: Walk, deed: Any, *args: Any, actor: Actor | None = None) -> Any:
    def run(uow: UnitOfWork) -> Any:
        [case] = walk.cases_in(uow)
        return deed(uow, case, *args)

    return in_one_transaction(
        walk.town.engine, run, actor=actor or walk.town.dispatcher
    )


def sweep(town: LittleTown, at: datetime) -> int:
    town.at(at)
    return climb_overdue(town.engine)


def file_of(walk: Walk) -> CaseFile:
    shown: CaseFile = do(walk, show_case)
    return shown


def test_the_ladder_names_who_is_asked_until_when(town: LittleTown) -> None:
    walk = closed_door(town)
    shown = file_of(walk)

    assert [rung.code for rung in shown.ladder] == [
        "phone_elder",
        "contacts",
        "neighbour",
        "second_visit",
        "police_120",
    ]
    assert [rung.who for rung in shown.ladder][:3] == [
        "老人本人",
        "女儿",
        "邻居（持钥匙）",
    ]
    assert shown.ladder[0].phone_masked == "138****0000"
    assert shown.ladder[1].phone_masked == "139****0000"
    assert shown.case.owner == "map"
    assert shown.case.deadline_at == HALF_PAST + 3 * MINUTE
    deadlines = [rung.deadline_at for rung in shown.ladder]
    assert deadlines == sorted(deadlines)


def test_an_elder_without_contacts_still_has_a_ladder(town: LittleTown) -> None:
    shown = file_of(closed_door(town, none=True))
    second = shown.ladder[1]
    assert (second.who, second.outcome) == ("没有登记联系人", "no_contacts")
    assert second.done_at is not None
    assert len(shown.ladder) == 5


def test_a_case_that_cannot_climb_holds_no_other_back(town: LittleTown) -> None:
    broken, fine = closed_door(town), closed_door(town)
    [case], [other] = broken.cases(), fine.cases()
    with Session(town.engine) as session:
        for rung in list_rungs(session, case.id):
            session.delete(rung)
        session.get_one(Case, case.id).deadline_at = HALF_PAST
        session.commit()

    assert sweep(town, other.deadline_at) == 1

    assert fine.cases()[0].rung is Rung.CONTACTS
    assert broken.cases()[0].rung is Rung.PHONE_ELDER


@pytest.mark.proves("F51")
def test_every_missed_deadline_climbs_one_rung_and_the_last_stands(
    town: LittleTown,
) -> None:
    walk = closed_door(town)
    at, reached = HALF_PAST, []
    for _ in range(7):
        [case] = walk.cases()
        at = max(at, case.deadline_at)
        assert sweep(town, at - timedelta(seconds=1)) == 0
        assert sweep(town, at) == 1
        reached.append(walk.cases()[0].rung)
    assert reached == [
        Rung.CONTACTS,
        Rung.NEIGHBOUR,
        Rung.SECOND_VISIT,
        *[Rung.POLICE_120] * 4,
    ]
    assert walk.cases()[0].closed_at is None
    missed = [line for line in file_of(walk).story if line.kind == "missed"]
    assert len(missed) == 7
    assert walk.order().state is OrderState.UNDER_WAY


def test_a_step_without_a_reply_goes_on_and_one_with_a_reply_holds(
    town: LittleTown,
) -> None:
    walk = closed_door(town)
    town.at(HALF_PAST + MINUTE)
    case = do(walk, step, 1, "no_reply", "响了很久")
    assert case.rung is Rung.CONTACTS
    assert case.deadline_at == HALF_PAST + 6 * MINUTE
    case = do(walk, step, "contacts", "reached", "女儿在路上")
    assert case.rung is Rung.CONTACTS
    assert case.deadline_at == HALF_PAST + 16 * MINUTE
    assert do(walk, step, 2, "acknowledged", "").owner == "map"
    for rung, outcome in ((9, "no_reply"), (2, "nonsense"), ("roof", "no_reply")):
        with pytest.raises(UnknownStep):
            do(walk, step, rung, outcome, "")


def test_whoever_waits_at_the_door_hears_who_has_it_and_when_to_go(
    town: LittleTown,
) -> None:
    walk = closed_door(town)

    def wait() -> Wait | None:
        with Session(town.engine) as session:
            return read_waits(session, walk.orders).get(walk.orders[0])

    assert wait() == Wait(open=True, taken_by=None, may_go=False)
    do(walk, step, "phone_elder", "acknowledged", "")
    assert wait() == Wait(open=True, taken_by="map", may_go=False)
    do(walk, step, "phone_elder", "let_go", "")
    assert wait() == Wait(open=True, taken_by="map", may_go=True)
    do(walk, close_case, "away", "")
    assert wait() == Wait(open=False, taken_by="map", may_go=True)


@pytest.mark.parametrize(
    ("outcome", "reason", "seen"),
    [("seen_well", "no_answer", True), ("hospital", "hospital", False)],
)
def test_a_person_closes_with_an_outcome_and_the_order_is_decided(
    town: LittleTown, outcome: str, reason: str, seen: bool
) -> None:
    walk = closed_door(town)
    town.at(HALF_PAST + 10 * MINUTE)
    case = do(walk, close_case, outcome, "女儿接到电话")

    assert (case.outcome, case.closed_by) == (
        CaseOutcome(outcome),
        town.dispatcher.account_id,
    )
    assert (walk.order().state, walk.order().reason) == (OrderState.FAILED, reason)
    assert (walk.elder().last_seen_at is not None) is seen
    with pytest.raises(CaseIsClosed):
        do(walk, close_case, outcome, "")
    with pytest.raises(CaseIsClosed):
        do(walk, step, 1, "no_reply", "")


def test_a_handover_heard_after_the_case_was_closed_makes_the_order_done(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.at_stop("no_answer", HALF_PAST)
    phone.sync(HALF_PAST)
    phone.hand(HALF_PAST + 2 * MINUTE)
    town.at(HALF_PAST + 5 * MINUTE)
    do(walk, close_case, "seen_well", "邻居看见老人")
    phone.sync(HALF_PAST + 20 * MINUTE)
    assert walk.order().state is OrderState.DONE


@pytest.mark.parametrize("outcome", ["", "no_answer", "closed"])
def test_no_case_is_closed_without_an_outcome(town: LittleTown, outcome: str) -> None:
    walk = closed_door(town)
    with pytest.raises(OutcomeMissing):
        do(walk, close_case, outcome, "")
    assert walk.cases()[0].closed_at is None


def test_no_process_and_no_helper_closes_a_case(town: LittleTown) -> None:
    walk = closed_door(town)
    for actor in (SYSTEM, walk.actor):
        with pytest.raises(OnlyAPersonCloses):
            do(walk, close_case, "seen_well", "", actor=actor)


@pytest.mark.parametrize(
    "change",
    [
        {"closed_at": NOON},
        {"outcome": CaseOutcome.AWAY},
        {"closed_at": NOON, "outcome": CaseOutcome.AWAY},
    ],
)
def test_the_database_refuses_an_end_without_person_and_outcome(
    town: LittleTown, change: dict[str, Any]
) -> None:
    [case] = closed_door(town).cases()
    with Session(town.engine) as session:
        row = session.get_one(Case, case.id)
        for name, value in change.items():
            setattr(row, name, value)
        session.add(row)
        with pytest.raises(IntegrityError):
            session.commit()


def test_a_case_of_another_street_does_not_exist(town: LittleTown) -> None:
    walk = closed_door(town)
    stranger = town.add_account("far", Role.DISPATCHER, street_code=OTHER_STREET)
    for deed in (
        lambda uow, case: step(uow, case, 1, "no_reply", ""),
        lambda uow, case: close_case(uow, case, "away", ""),
        show_case,
    ):
        with pytest.raises(NotFound):
            do(walk, deed, actor=stranger)


@pytest.mark.proves("F51")
def test_no_path_of_steps_and_sweeps_closes_a_case(town: LittleTown) -> None:
    walk = closed_door(town)
    at = HALF_PAST
    for n in range(12):
        at += 4 * MINUTE
        sweep(town, at)
        ladder = rungs(town, walk.cases()[0].id)
        outcome = ("no_reply", "reached", "sent", "not_there")[n % 4]
        do(walk, step, ladder[n % len(ladder)].seq, outcome, "")
        [case] = walk.cases()
        assert case.closed_at is None
        assert case.deadline_at > at


def rungs(town: LittleTown, case_id: UUID) -> Any:
    with Session(town.engine) as session:
        return list_rungs(session, case_id)


def test_a_refusal_speaks_chinese() -> None:
    for refusal in (CaseIsClosed, OutcomeMissing, OnlyAPersonCloses, UnknownStep):
        assert issubclass(refusal, Refusal)
        assert "。" in str(refusal())
