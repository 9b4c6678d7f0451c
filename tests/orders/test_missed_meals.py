"""What standing plans could not order is seen in the morning until it is settled."""

from dataclasses import replace
from uuid import UUID, uuid4

from dispatch.orders.keeping_plans import end_plans, preview_end
from dispatch.orders.missed_meals import list_missed
from dispatch.orders.ordering import Override, place_order
from dispatch.orders.standing_plans import list_plans
from dispatch.store.unit_of_work import Actor, in_one_transaction, picture
from tests.engines import ON_ONE_ENGINE
from tests.little_town import TODAY, LittleTown
from tests.orders.test_standing import keep, lunches


def missed(town: LittleTown, actor: Actor) -> list[tuple[UUID, str, bool]]:
    with picture(town.engine, actor) as seen:
        rows = list_missed(seen)
    assert {(row.on, row.serving) for row in rows} <= {(TODAY, "lunch")}
    return [(row.elder_id, row.why, row.orderable) for row in rows]


@ON_ONE_ENGINE
def test_the_station_sees_in_the_morning_what_could_not_be_ordered(
    town: LittleTown,
) -> None:
    chokes = town.add_elder(swallowing_level=3)
    picky = town.add_elder("李大山", allergies=["花生"])
    for elder_id in (chokes, picky):
        keep(town, lunches(elder_id))
    staff = town.staff
    both = [(picky, "diet_clash", True), (chokes, "texture_clash", False)]
    assert missed(town, staff) == both
    assert missed(town, replace(staff, station_id=uuid4())) == []

    by_hand = town.lunch(picky, override=Override("diet", "家属确认可以吃"))
    in_one_transaction(
        town.engine, lambda uow: place_order(uow, by_hand, key="k"), actor=staff
    )
    assert missed(town, staff) == both[1:]

    with picture(town.engine, staff) as seen:
        plans = [plan.id for plan in list_plans(seen.session, chokes)]
        end = preview_end(seen, plans)
    in_one_transaction(
        town.engine, lambda uow: end_plans(uow, plans, end.seen), actor=staff
    )
    assert missed(town, staff) == []
