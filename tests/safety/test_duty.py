"""Every case belongs to a named person, who takes it within a minute or is passed."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from dispatch.access.accounts import Account, Role
from dispatch.orders.orders import Order
from dispatch.safety.cases import Case, CaseKind
from dispatch.safety.climbing import close_case, step
from dispatch.safety.crying import call_for_elder
from dispatch.safety.duty import Alarm, CaseDuty, DutyTurn
from dispatch.safety.notices import Notice, Way
from dispatch.safety.opening import open_case
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from dispatch.sweep import ask_for_owners
from tests.field.walk import HALF_PAST, Walk, make_walk
from tests.little_town import EIGHT, NOON, STREET, LittleTown
from tests.safety.test_ladder import closed_door, do, file_of, sweep

MINUTE = timedelta(minutes=1)


def on_duty(town: LittleTown, name: str, *, rank: int = 1, hours: int = 10) -> Actor:
    """Somebody at the street's desk from eight on."""
    actor = town.add_account(name, Role.DISPATCHER, street_code=STREET)
    assert actor.account_id
    with Session(town.engine) as session:
        session.add(
            DutyTurn(
                street_code=STREET,
                account_id=actor.account_id,
                rank=rank,
                starts_at=EIGHT,
                ends_at=EIGHT + timedelta(hours=hours),
                made_at=EIGHT,
            )
        )
        session.commit()
    return actor


def owner(walk: Walk) -> tuple[str, bool]:
    """Who has the walk's case by name, and whether they said so."""
    [case] = walk.cases()
    with Session(walk.town.engine) as session:
        duty = session.get_one(CaseDuty, case.id)
        person = session.get_one(Account, duty.account_id)
        assert person.title == case.owner
        return case.owner, duty.taken_at is not None


def told(town: LittleTown, actor: Actor) -> list[str]:
    """What lies in somebody's inbox, the oldest first."""
    query = select(Notice.words).where(
        Notice.account_id == actor.account_id, Notice.way == Way.INBOX
    )
    with Session(town.engine) as session:
        return list(session.exec(query.order_by(col(Notice.made_at))))


def asked_by(town: LittleTown, seconds: int) -> int:
    town.at(HALF_PAST + timedelta(seconds=seconds))
    return ask_for_owners(town.engine)


def test_who_does_not_take_a_case_in_a_minute_is_passed_over(town: LittleTown) -> None:
    first, backup = on_duty(town, "王芳"), on_duty(town, "李强", rank=2)
    walk = closed_door(town)
    assert owner(walk) == ("王芳", False)
    assert (len(told(town, first)), told(town, backup)) == (1, [])
    assert "敲门无应答（11:30）：请 60 秒内接手" in told(town, first)[0]

    assert [asked_by(town, s) for s in (59, 60, 61)] == [0, 1, 0]
    assert owner(walk) == ("李强", False)
    assert "上一位未接手" in told(town, backup)[0]

    do(walk, step, 1, "acknowledged", "", actor=backup)
    assert owner(walk) == ("李强", True)
    assert asked_by(town, 600) == 0


def test_whose_turn_is_over_is_followed_by_whoever_is_on_duty_then(
    town: LittleTown,
) -> None:
    day = on_duty(town, "白班", hours=4)
    walk = closed_door(town)
    do(walk, step, 1, "acknowledged", "", actor=day)
    on_duty(town, "晚班", hours=14)
    town.at(NOON)
    assert (ask_for_owners(town.engine), owner(walk)) == (1, ("晚班", False))


def test_where_nobody_can_be_asked_it_is_tried_again_without_a_word(
    town: LittleTown,
) -> None:
    def let(active: bool) -> None:
        with Session(town.engine) as session:
            for account in session.exec(select(Account)):
                account.active = active
            session.commit()

    let(False)
    walk = closed_door(town)
    let(True)
    [case] = walk.cases()
    assert sweep(town, case.deadline_at) == 1
    assert owner(walk)[1] is False  # the first one who could be asked

    let(False)
    at = case.deadline_at + MINUTE
    town.at(at)
    steps = len(file_of(walk).story)
    assert [ask_for_owners(town.engine) for _ in range(2)] == [0, 0]
    assert len(file_of(walk).story) == steps
    with Session(town.engine) as session:
        again_at = session.get_one(CaseDuty, case.id).again_at
        assert again_at == at + 5 * MINUTE


def test_silent_stops_of_one_helper_ring_once_and_are_taken_together(
    town: LittleTown,
) -> None:
    desk = on_duty(town, "王芳")
    walk = make_walk(town, *(town.add_elder() for _ in range(4)))
    assert sweep(town, NOON + 21 * MINUTE) == 4
    assert len(told(town, desk)) == 1

    def count() -> tuple[int, int]:
        with Session(town.engine) as session:
            duties = session.exec(select(CaseDuty)).all()
            taken = [one for one in duties if one.taken_at]
            return len(session.exec(select(Alarm)).all()), len(taken)

    assert count() == (1, 0)
    case = _case_of(town, walk.orders[0])
    with_case = lambda uow, _: step(uow, case, 1, "acknowledged", "")  # noqa: E731
    walk.orders = walk.orders[:1]
    do(walk, with_case, actor=desk)
    assert count() == (1, 4)


def test_a_second_alarm_in_ten_minutes_rings_whoever_on_duty_was_rung_less(
    town: LittleTown,
) -> None:
    on_duty(town, "王芳")
    on_duty(town, "李强", rank=2)
    town.at(HALF_PAST)
    cries = [_deed(town, call_for_elder, town.add_elder(), "") for _ in range(3)]
    assert [_case(town, one.id).owner for one in cries] == ["王芳", "李强", "王芳"]

    assert asked_by(town, 60) == 3  # the circle began with whoever was rung
    passed = [_case(town, one.id).owner for one in cries]
    assert passed == ["李强", "王芳", "李强"]
    later = []
    for minutes in (11, 22, 33):
        town.at(HALF_PAST + minutes * MINUTE)
        later.append(_deed(town, call_for_elder, town.add_elder(), ""))
    assert [_case(town, one.id).owner for one in later] == ["王芳", "李强", "王芳"]


def test_a_silence_in_hand_takes_in_its_later_stops_without_a_new_ring(
    town: LittleTown,
) -> None:
    desk = on_duty(town, "王芳")
    walk = make_walk(town, *(town.add_elder() for _ in range(3)))

    def goes_silent(n: int, minutes: int) -> UUID:
        def do(uow: UnitOfWork) -> UUID:
            order = uow.session.get_one(Order, walk.orders[n])
            at = HALF_PAST
            return open_case(uow, order, CaseKind.OVERDUE, at, walk.helper_id).id

        town.at(HALF_PAST + minutes * MINUTE)
        return in_one_transaction(town.engine, do)

    def rings() -> int:
        with Session(town.engine) as session:
            return len(session.exec(select(Alarm)).all())

    first = goes_silent(0, 0)
    _deed(town, step, first, 1, "acknowledged", "", actor=desk)
    second = goes_silent(1, 15)
    assert (rings(), _case(town, second).owner, asked_by(town, 1000)) == (1, "王芳", 0)
    assert "已并入上一次提醒" in told(town, desk)[-1]
    assert sweep(town, HALF_PAST + 19 * MINUTE) == 2  # each keeps its own deadline

    for one in (first, second):
        _deed(town, close_case, one, "seen_well", "都好", actor=desk)
    before = rings()
    goes_silent(2, 40)
    assert rings() == before + 1


def _deed(town: LittleTown, deed: Any, *args: Any, actor: Actor | None = None) -> Any:
    key = {"key": uuid4().hex} if deed is call_for_elder else {}
    run = partial(deed, **key)
    who = actor or town.dispatcher
    return in_one_transaction(town.engine, lambda uow: run(uow, *args), actor=who)


def _case(town: LittleTown, case_id: UUID) -> Case:
    with Session(town.engine) as session:
        return session.get_one(Case, case_id)


def _case_of(town: LittleTown, order_id: UUID) -> UUID:
    with Session(town.engine) as session:
        return session.exec(select(Case.id).where(Case.order_id == order_id)).one()
