"""Suspending stops what has not begun; reasons stay sealed; weeks become shifts."""

from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from dispatch.access.accounts import Role
from dispatch.errors import NotFound
from dispatch.log.audit import Audit
from dispatch.orders.orders import OrderState
from dispatch.people.helpers import Helper, Shift
from dispatch.people.pairings import PairKind
from dispatch.people.vault import Sealed
from dispatch.people.week_patterns import lay_out_shifts
from dispatch.planning.plans import RoundState
from dispatch.planning.waves import AskState, PlanRequest
from dispatch.staffing.hours import HoursMixedUp, PatternDraft, set_week
from dispatch.staffing.pairing import (
    PairedAlready,
    ReasonSealed,
    SealedReason,
    pair,
    read_reason,
)
from dispatch.staffing.pairs_shown import list_elder_pairs
from dispatch.staffing.suspending import (
    AlreadySuspended,
    SuspendedFor,
    Suspension,
    suspend,
)
from dispatch.store.unit_of_work import (
    Actor,
    UnitOfWork,
    in_one_transaction,
    picture,
)
from tests.little_town import TODAY, LittleTown
from tests.planning.lunch_wave import (
    begin,
    order_lunch,
    order_of,
    plan,
    quick,
    rounds_of,
    wave_of,
)


def suspend_helper(town: LittleTown, helper: UUID) -> Suspension:
    return in_one_transaction(
        town.engine,
        lambda uow: suspend(uow, helper, SuspendedFor.COMPLAINT),
        actor=town.staff,
    )


def waiting_requests(town: LittleTown) -> int:
    with Session(town.engine) as session:
        query = select(PlanRequest).where(
            PlanRequest.wave_id == wave_of(town).id,
            PlanRequest.state == AskState.QUEUED,
        )
        return len(session.exec(query).all())


def test_suspension_takes_rounds_that_have_not_begun_at_once(town: LittleTown) -> None:
    helper = town.add_helper()
    order = order_lunch(town)
    plan(town, thinking=quick)
    assert order_of(town, order).state is OrderState.PLANNED

    assert suspend_helper(town, helper) == Suspension(stopped=1, under_way=0)

    assert [r.state for r in rounds_of(town)] == [RoundState.DROPPED]
    assert order_of(town, order).state is OrderState.WAITING
    assert waiting_requests(town) == 1
    with pytest.raises(AlreadySuspended):
        suspend_helper(town, helper)
    other = town.add_helper()
    plan(town, thinking=quick)
    carrying = [r for r in rounds_of(town) if r.state is RoundState.READY]
    assert [r.helper_id for r in carrying] == [other]


def test_who_is_on_the_way_when_suspended_is_told_of(town: LittleTown) -> None:
    helper = town.add_helper()
    order = order_lunch(town)
    plan(town, thinking=quick)
    begin(town, rounds_of(town)[0], RoundState.UNDER_WAY)

    assert suspend_helper(town, helper) == Suspension(stopped=0, under_way=1)
    assert order_of(town, order).state is OrderState.PLANNED


def test_why_somebody_never_comes_is_sealed_and_looks_are_kept(
    town: LittleTown,
) -> None:
    helper, elder = town.add_helper(), town.add_elder()
    office = town.add_account("office", Role.DISTRICT)
    words = "老人投诉态度不好"

    def agree(actor: Actor) -> UUID:
        def do(uow: UnitOfWork) -> UUID:
            return pair(uow, helper, elder, PairKind.NEVER, words).id

        return in_one_transaction(town.engine, do, actor=actor)

    made = agree(town.staff)
    with pytest.raises(PairedAlready):
        agree(town.staff)

    def look(actor: Actor) -> SealedReason:
        return in_one_transaction(
            town.engine, lambda uow: read_reason(uow, made, "投诉复核"), actor=actor
        )

    with pytest.raises(ReasonSealed):
        look(town.staff)
    seen = look(office)
    assert (seen.reason, seen.set_by) == (words, "front")
    assert [(one.who, one.purpose) for one in seen.looks] == [("office", "投诉复核")]
    with picture(town.engine, town.staff) as shown:
        mine = list_elder_pairs(shown, elder)
    assert [(one.helper_id, one.kind) for one in mine] == [(helper, "never")]
    with Session(town.engine) as session:
        sealed = session.get_one(Sealed, (made, "reason")).sealed
        query = select(Audit).where(Audit.action == "read_reason")
        looks = session.exec(query).all()
    assert words.encode() not in sealed
    assert [(one.object_id, one.purpose) for one in looks] == [(made, "投诉复核")]


def test_a_week_becomes_shifts_once_and_follows_the_calendar(town: LittleTown) -> None:
    helper = town.add_helper()
    week = [
        PatternDraft(weekday=day, begins=28_800, ends=43_200, off_on_holidays=True)
        for day in range(5)
    ]
    week += [PatternDraft(weekday=7, begins=32_400, ends=43_200)]

    def setting(uow: UnitOfWork) -> int:
        return set_week(uow, helper, week)

    made = in_one_transaction(town.engine, setting, actor=town.staff)

    with Session(town.engine) as session:
        assert lay_out_shifts(session, TODAY) == 0
        hand_made = Shift.pattern_id
        query = select(col(Shift.works_on)).where(col(hand_made).is_not(None))
        days = session.exec(query.order_by(col(Shift.works_on))).all()
    assert len(days) == made == 9  # Monday to Friday, the days ahead less today
    assert {on.weekday() for on in days} == {0, 1, 2, 3, 4}
    assert in_one_transaction(town.engine, setting, actor=town.staff) == made


def test_hours_that_run_backwards_are_refused(town: LittleTown) -> None:
    helper = town.add_helper()
    bad = [PatternDraft(weekday=0, begins=50_000, ends=40_000)]
    with pytest.raises(HoursMixedUp):
        in_one_transaction(
            town.engine, lambda uow: set_week(uow, helper, bad), actor=town.staff
        )
    with pytest.raises(NotFound):
        in_one_transaction(
            town.engine,
            lambda uow: set_week(uow, helper, []),
            actor=Actor("station", station_id=town.kitchen_id),
        )
    with Session(town.engine) as session:
        assert session.get_one(Helper, helper).suspended is False
