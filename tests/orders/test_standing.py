"""Standing plans become orders once, whatever happens in the night."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from structlog.testing import capture_logs

from dispatch.catalogue.sittings import MenuItem, Serving, Sitting
from dispatch.clock import town_moment
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.keeping_plans import (
    PlanDraft,
    PlanMovedOn,
    end_plans,
    keep_plan,
    preview_end,
    preview_plan,
)
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.orders.origins import Agreed, Origin, Source
from dispatch.orders.plan_changes import PlanChange
from dispatch.orders.standing_plans import (
    Outcome,
    StandingDay,
    StandingRun,
    list_plans,
)
from dispatch.orders.standing_run import begin_run, list_due, make_due, run_standing
from dispatch.people.elder_facts import ElderFact, FactKind
from dispatch.store.unit_of_work import in_one_transaction, picture
from tests.little_town import EIGHT, TODAY, LittleTown

FRIDAY = TODAY.weekday()
NEXT = TODAY + timedelta(days=7)
BOTH_LUNCHES = [(on, "pickup", "waiting") for on in (TODAY, NEXT)]


@pytest.fixture
def served(town: LittleTown) -> LittleTown:
    """A town that also serves lunch a week later, with two dishes."""
    with Session(town.engine) as session:
        lunch = session.get_one(Sitting, town.sitting_id)
        again = lunch.model_dump() | {"id": uuid4(), "serve_on": NEXT}
        for name in ("cut_off_at", "ready_at", "door_from_at", "door_until_at"):
            again[name] += timedelta(days=7)
        again["eat_by_at"] += timedelta(days=7)
        session.add(Sitting(**again))
        session.flush()
        dishes = (("A", "烧鸡套餐"), ("B", "鱼片套餐"))
        session.add_all(
            MenuItem(sitting_id=again["id"], code=code, name=name, price_fen=1500)
            for code, name in dishes
        )
        session.commit()
    return town


def lunches(elder_id: UUID, **about: Any) -> PlanDraft:
    """Lunch every Friday, fetched; a test names only what it is about."""
    facts: dict[str, Any] = {
        "weekdays": frozenset({FRIDAY}),
        "serving": Serving.LUNCH,
        "channel": Channel.PICKUP,
        "from_on": TODAY,
    }
    return PlanDraft(elder_id=elder_id, **(facts | about))


def keep(town: LittleTown, draft: PlanDraft) -> PlanChange:
    """Look, then keep."""
    with picture(town.engine, town.staff) as seen:
        shown = preview_plan(seen, draft)
    return in_one_transaction(
        town.engine, lambda uow: keep_plan(uow, draft, shown.seen), actor=town.staff
    )


def keep_for_the_night(town: LittleTown, elders: list[UUID]) -> None:
    """A lunch plan each, while next week's lunch has no room: it is left to the run."""
    _make_room(town, 0)
    for elder_id in elders:
        keep(town, lunches(elder_id))
    _make_room(town, 9)


def _make_room(town: LittleTown, capacity: int) -> None:
    with Session(town.engine) as session:
        lunch = session.exec(select(Sitting).where(Sitting.serve_on == NEXT)).one()
        lunch.capacity = capacity
        session.commit()


def orders_of(engine: Engine, elder_id: UUID) -> list[tuple[date, str, str]]:
    """Live orders: the day, the channel, the state."""
    with Session(engine) as session:
        query = select(Order).where(Order.elder_id == elder_id)
        rows = session.exec(query.order_by(col(Order.serve_on), col(Order.placed_at)))
        return [
            (one.serve_on, one.channel.value, one.state.value)
            for one in rows
            if one.state is not OrderState.CANCELLED
        ]


def test_a_plan_makes_its_orders_and_says_where_they_come_from(
    served: LittleTown,
) -> None:
    elder_id = served.add_elder()

    change = keep(served, lunches(elder_id, dish="B"))

    assert [(one.on, one.was, one.becomes) for one in change.days] == [
        (TODAY, None, "B pickup"),
        (NEXT, None, "B pickup"),
    ]
    assert orders_of(served.engine, elder_id) == BOTH_LUNCHES
    with Session(served.engine) as session:
        origins = session.exec(select(Origin)).all()
        assert {(one.source, one.agreed) for one in origins} == {
            (Source.STANDING, Agreed.PLAN)
        }
        sold = session.exec(select(Sitting.sold)).all()
    assert list(sold) == [1, 1]


def test_the_night_may_run_twice_or_break_off_and_doubles_nothing(
    served: LittleTown,
) -> None:
    elders = [served.add_elder() for _ in range(3)]
    keep_for_the_night(served, elders)
    served.at(town_moment(TODAY, 86_400 + 7200))  # the night after

    run = in_one_transaction(served.engine, begin_run)
    with picture(served.engine) as seen:
        first, *_ = list_due(seen.session, run, 10)
    in_one_transaction(served.engine, lambda uow: make_due(uow, first))  # and died
    rounds = [run_standing(served.engine, at_once=2) for _ in range(4)]

    assert rounds == [2, 0, 0, 0]
    for elder_id in elders:
        assert orders_of(served.engine, elder_id) == BOTH_LUNCHES
    with Session(served.engine) as session:
        assert session.exec(select(StandingRun)).one().done_at is not None


def test_what_somebody_called_off_is_not_made_again(served: LittleTown) -> None:
    elder_id = served.add_elder()
    keep(served, lunches(elder_id))
    with Session(served.engine) as session:
        made = session.exec(select(Order.id).where(Order.serve_on == NEXT)).one()
    in_one_transaction(
        served.engine, lambda uow: cancel_order(uow, made, "away"), actor=served.staff
    )
    served.at(town_moment(TODAY, 86_400 + 7200))

    while run_standing(served.engine):
        pass

    assert orders_of(served.engine, elder_id) == [(TODAY, "pickup", "waiting")]


def test_a_meal_ordered_by_hand_stays_and_is_not_doubled(served: LittleTown) -> None:
    elder_id = served.add_elder()
    by_hand = served.lunch(elder_id)
    in_one_transaction(
        served.engine,
        lambda uow: place_order(uow, by_hand, key="k"),
        actor=served.staff,
    )

    change = keep(served, lunches(elder_id))

    assert [one.stays for one in change.days] == ["already_ordered", None]
    assert orders_of(served.engine, elder_id)[0] == (TODAY, "delivery", "waiting")


def test_a_change_shows_what_it_replaces_and_gives_way_when_it_is_over(
    served: LittleTown,
) -> None:
    elder_id = served.add_elder()
    keep(served, lunches(elder_id))

    only_today = lunches(elder_id, channel=Channel.DINE_IN, until_on=TODAY)
    change = keep(served, only_today)

    assert [(one.on, one.was, one.becomes) for one in change.days] == [
        (TODAY, "• pickup", "• dine_in")
    ]
    assert (change.ends, len(change.gives_way)) == ([], 1)
    assert orders_of(served.engine, elder_id) == [
        (TODAY, "dine_in", "waiting"),
        (NEXT, "pickup", "waiting"),
    ]
    lasting = keep(served, lunches(elder_id, channel=Channel.DELIVERY))
    assert len(lasting.ends) == 2
    assert {way for _, way, _ in orders_of(served.engine, elder_id)} == {"delivery"}


def test_what_was_not_seen_is_not_done(served: LittleTown) -> None:
    elder_id = served.add_elder()
    draft = lunches(elder_id)
    with picture(served.engine, served.staff) as seen:
        shown = preview_plan(seen, draft)
    keep(served, lunches(elder_id, channel=Channel.DINE_IN))

    with pytest.raises(PlanMovedOn):
        in_one_transaction(
            served.engine,
            lambda uow: keep_plan(uow, draft, shown.seen),
            actor=served.staff,
        )
    assert {way for _, way, _ in orders_of(served.engine, elder_id)} == {"dine_in"}


def test_ending_a_plan_takes_its_coming_orders_with_it(served: LittleTown) -> None:
    elder_id = served.add_elder()
    keep(served, lunches(elder_id))
    served.at(town_moment(TODAY, 10 * 3600))  # today's are being cooked
    with Session(served.engine) as session:
        plan_id = session.exec(select(StandingDay.plan_id)).first()
    assert plan_id is not None
    with picture(served.engine, served.staff) as seen:
        shown = preview_end(seen, [plan_id])

    in_one_transaction(
        served.engine,
        lambda uow: end_plans(uow, [plan_id], shown.seen),
        actor=served.staff,
    )

    assert [(one.on, one.stays) for one in shown.days] == [
        (TODAY, "past_cut_off"),
        (NEXT, None),
    ]
    assert orders_of(served.engine, elder_id) == [(TODAY, "pickup", "waiting")]


def test_a_plan_that_is_changed_from_a_later_day_goes_on_until_then(
    served: LittleTown,
) -> None:
    elder_id = served.add_elder()
    keep(served, lunches(elder_id))
    with Session(served.engine) as session:
        old = list_plans(session, elder_id)
    moved = lunches(
        elder_id,
        weekdays=frozenset({5}),
        from_on=NEXT + timedelta(days=7),
        instead_of=frozenset(plan.id for plan in old),
    )

    change = keep(served, moved)

    assert {row.until_on for row in change.ends} == {NEXT + timedelta(days=6)}
    assert [way for _, way, _ in orders_of(served.engine, elder_id)] == ["pickup"] * 2
    with picture(served.engine, served.staff) as seen:
        end = preview_end(seen, [old[0].id], last_on=TODAY)
        later = preview_end(seen, [old[0].id], last_on=NEXT + timedelta(days=6))
    assert [row.until_on for row in end.ends] == [TODAY]
    assert (later.ends, later.days) == ([], [])


def test_what_cannot_be_made_is_kept_with_its_reason(served: LittleTown) -> None:
    elder_id = served.add_elder(swallowing_level=3)

    keep(served, lunches(elder_id))

    with Session(served.engine) as session:
        days = session.exec(select(StandingDay)).all()
    assert {(day.outcome, day.why) for day in days} == {
        (Outcome.MISSED, "texture_clash")
    }


def test_a_meal_that_breaks_keeps_nobody_behind_it_waiting(served: LittleTown) -> None:
    elders = sorted(served.add_elder(born_on=date(1956, 5, 1)) for _ in range(3))
    keep_for_the_night(served, elders)
    with Session(served.engine) as session:
        about: dict[str, Any] = {"source": "file", "recorded_at": EIGHT, "seq": 1}
        about |= {"value": {"ability_level": 3, "assessed_on": "某日"}}
        about |= {"kind": FactKind.ABILITY, "from_on": TODAY}
        session.add(ElderFact(elder_id=elders[0], **about))
        session.commit()
    served.at(town_moment(TODAY, 86_400 + 7200))
    with capture_logs() as told:
        assert [run_standing(served.engine) for _ in range(3)] == [3, 0, 0]

    assert [one["event"] for one in told] == ["standing.failed"]
    assert all("某日" not in str(one) and elders[0].hex not in str(one) for one in told)
    assert [len(orders_of(served.engine, each)) for each in elders] == [1, 2, 2]
    with Session(served.engine) as session:
        left = session.get_one(StandingDay, (elders[0], NEXT, Serving.LUNCH))
        assert (left.outcome, left.why) == (Outcome.MISSED, "failed")
