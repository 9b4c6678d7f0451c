"""What a promise's check finds when somebody has bent a row behind the house's back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlmodel import Session, delete, select, update

from dispatch.access.accounts import Role
from dispatch.field.events import FieldEvent, Trust
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order, OrderState
from dispatch.planning.plans import Plan
from dispatch.promises.checking import Checker, Look, Premises, Status
from dispatch.promises.doors import check_doors
from dispatch.promises.heat import check_heat
from dispatch.promises.phones import check_phones
from dispatch.promises.reasons import check_reasons
from dispatch.safety.cases import Case, CaseRung
from dispatch.safety.climbing import close_case
from dispatch.safety.duty import CaseDuty
from dispatch.store.unit_of_work import in_one_transaction
from tests.field.phone import Phone
from tests.field.walk import make_walk
from tests.little_town import ELEVEN, LittleTown
from tests.planning.lunch_wave import order_lunch, plan, quick

Bend = Callable[[Session], Any]
MINUTE = timedelta(minutes=1)


def found(town: LittleTown, check: Checker, bend: Bend | None = None) -> Look:
    """What the check says. Rows are bent where it reads them: most tables refuse it."""
    look = Look()
    with Session(town.engine, autoflush=False) as session:
        if bend is not None:
            bend(session)
        check(Premises(session), look)
        session.rollback()
    assert look.checked
    return look


def only(town: LittleTown, check: Checker, bend: Bend, words: str) -> None:
    [broken] = found(town, check, bend).broken
    assert words in broken


def bent(**values: object) -> Bend:
    """The first word of the first phone, otherwise than it was kept."""

    def bend(session: Session) -> None:
        event = session.exec(select(FieldEvent).where(FieldEvent.seq == 1)).one()
        for name, value in values.items():
            setattr(event, name, value)
        session.info["bent"] = event  # held: the session would read it anew

    return bend


def test_a_door_without_a_case_and_a_case_without_an_end_are_found(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.at_stop("no_answer", ELEVEN + 5 * MINUTE)
    phone.sync(ELEVEN + 5 * MINUTE)
    helper = town.add_account("else", Role.HELPER, helper_id=town.add_helper())

    assert found(town, check_doors).broken == []
    only(town, check_doors, lambda s: s.exec(delete(CaseRung)), "has no ladder")
    only(town, check_doors, lambda s: s.exec(delete(CaseDuty)), "nobody is asked")
    [case] = walk.cases()
    in_one_transaction(
        town.engine,
        lambda uow: close_case(uow, case.id, "seen_well", "在楼下"),
        actor=town.staff,
    )
    assert found(town, check_doors).broken == []
    later = bent(corrected_at=ELEVEN + 60 * MINUTE)
    only(town, check_doors, later, "a closed door, and no case")
    by_helper = update(Case).values(closed_by=helper.account_id)
    only(town, check_doors, lambda s: s.exec(by_helper), "was closed by helper")
    odd = update(Case).values(outcome="upheld")
    only(town, check_doors, lambda s: s.exec(odd), "no end of such a case")


def test_a_no_without_a_word_and_an_offer_that_may_not_be_are_found(
    town: LittleTown,
) -> None:
    order_id = order_lunch(town)
    town.add_helper(skills=[])
    plan(town, thinking=quick)

    def say(**more: object) -> Bend:
        def bend(session: Session) -> None:
            order = session.get_one(Order, order_id)
            order.explanation = {**(order.explanation or {}), **more}
            session.add(order)

        return bend

    with Session(town.engine) as session:
        assert session.get_one(Order, order_id).state is OrderState.UNASSIGNED
    assert found(town, check_reasons).broken == []
    for bend, words in (
        (say(why=""), "without a word"),
        (say(plan_version=7), "which there is not"),
        (say(relaxation={"kind": "window", "value": 86_400}), "past the time to eat"),
        (say(relaxation={"kind": "shift", "value": 0}), "loosens nothing"),
        (lambda s: s.exec(update(Plan).values(left_out={"luck": 1})), "luck"),
    ):
        only(town, check_reasons, bend, words)


def test_a_time_that_was_moved_and_a_link_that_was_cut_are_found(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder("李建国"))
    phone = Phone(walk)
    phone.hand(ELEVEN + 5 * MINUTE)
    phone.sync(ELEVEN + 5 * MINUTE)
    phone.ahead = timedelta(hours=-2)  # somebody set the clock back
    phone.hand(ELEVEN + 20 * MINUTE, 1)
    phone.ahead = timedelta(0)
    phone.sync(ELEVEN + 30 * MINUTE)

    def graded_a(session: Session) -> None:
        for proof in session.exec(select(Evidence)):
            proof.grade = "A"
            session.info[proof.id] = proof

    assert found(town, check_phones).broken == []
    for bend, words in (
        (bent(raw_at=ELEVEN), "kept is"),
        (bent(received_at=ELEVEN + 4 * MINUTE), "before it happened"),
        (bent(received_at=ELEVEN + 9 * MINUTE), "is called live"),
        (bent(hash="0" * 64), "not flagged: chain_broken"),
        (graded_a, "by a time that is back_filled"),
        (bent(trust=Trust.BACK_FILLED), "back-dated without a flag"),
    ):
        assert any(words in each for each in found(town, check_phones, bend).broken)


def test_a_meal_of_which_nobody_speaks_is_not_said_to_have_been_hot(
    town: LittleTown,
) -> None:
    make_walk(town, town.add_elder())
    for hours, status in ((0, Status.HELD), (9, Status.OPEN)):
        look = Look()
        with Session(town.engine) as session:
            now = ELEVEN + timedelta(hours=hours)
            check_heat(Premises(session, now=now), look)
        assert (look.told(4, "").status, look.broken) == (status, [])
