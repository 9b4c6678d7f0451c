"""Filling months that have been: drawn, settled by the rules, and posted in bulk."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, Engine, insert
from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import Serving, Sitting
from dispatch.clock import town_moment
from dispatch.demo.chance import Chance
from dispatch.demo.past.cast import At, read_cast
from dispatch.demo.past.drawing import DINNERS, OF_A_DAY, OFTEN, VISITS, Day
from dispatch.demo.past.facts import Past, Truth
from dispatch.demo.past.lies_at_counters import AT_COUNTERS
from dispatch.demo.past.lies_at_doors import AT_DOORS
from dispatch.demo.past.lies_of_people import ABOUT_PEOPLE
from dispatch.demo.past.lying import Liar, Lie
from dispatch.demo.past.settling import Settler, month_days
from dispatch.demo.past.stories import tell_stories
from dispatch.demo.past.writing import Row, Writer
from dispatch.store.engine import reading
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from dispatch.subsidy.policy import Policy
from dispatch.subsidy.rule_versions import adopt, rules_on

EVERY_LIE: Final[tuple[Lie, ...]] = (*ABOUT_PEOPLE, *AT_DOORS, *AT_COUNTERS)
_OPENS: Final = {"lunch": 11 * 3600, "dinner": 17 * 3600}
Where = tuple[UUID, date, str]  # kitchen, day, serving


@dataclass
class Filling:
    """One month on its way into the books."""

    month: str
    cast: list[At]
    seed: int
    policy: Policy
    share: float
    stories: bool = False
    standing: dict[Where, UUID] = field(default_factory=dict)  # sittings, already


def fill_months(
    engine: Engine,
    months: Sequence[str],
    orders: int,
    seed: int,
    *,
    lies: Sequence[Lie] = (),
    stories: bool = False,
) -> Truth:
    """Make up whole months of a district that stands, each in one transaction.

    Orders are made, proven, paid, granted by the rules of their day and posted, with
    every guard of the database on; the same seed makes the same months.

    Args:
        months: YYYY-MM, one after the other; none of them has orders yet.
        orders: how many each month has, about.
        lies: what the last month is lied about.
        stories: whether the log tells of each order, as a house has it that runs.

    Returns:
        what was planted, and how many orders and lines (postings) were made.
    """
    with Session(reading(engine)) as session:
        cast = read_cast(session)
        found = {each: rules_on(session, month_days(each)[0]) for each in months}
    truth = Truth()
    for month, rules in found.items():
        in_one_transaction(engine, partial(adopt, rules=rules))
        share = share_for(cast, month, orders)
        filling = Filling(month, cast, seed, rules.policy, share, stories)
        _fill(engine, filling, truth, lies if month == months[-1] else ())
    return truth


def share_for(cast: Sequence[At], month: str, orders: int) -> float:
    """Of the people on file, how many eat regularly, for so many orders in a month."""
    days = sum(OF_A_DAY.get(day.weekday(), 1.0) for day in month_days(month))
    people = sum(len(at.eaters) for at in cast)
    of_one = OFTEN * (1 + DINNERS) * (1 + VISITS)
    return orders / (days * people * of_one)


def _fill(engine: Engine, filling: Filling, truth: Truth, lies: Sequence[Lie]) -> None:
    chance = Chance(filling.seed, f"past rows {filling.month}")
    after = []
    settler = Settler(filling.policy)
    days = _days(filling, settler)
    if lies:
        drawn = [past for day in days for past in day]
        liar = Liar(
            Chance(filling.seed, "lies"), month_days(filling.month), drawn, truth
        )
        for lie in lies:
            lie(liar)
        days, after = iter([drawn]), liar.after
    with engine.begin() as connection:
        writer = Writer(connection, chance, filling.month)
        writer.lay_out()
        filling.standing = _standing(connection, filling.month)
        for day in days:
            _bring(connection, writer, filling, settler, day, truth)
        writer.spread([at.station_id for at in filling.cast])
        if filling.stories:
            tell_stories(connection)

    def tell(uow: UnitOfWork) -> None:
        for do in after:
            do(uow)

    in_one_transaction(engine, tell)


def _days(filling: Filling, settler: Settler) -> Iterator[list[Past]]:
    """The month's days, settled in the order in which they went by."""
    for on in month_days(filling.month):
        day = Day(Chance(filling.seed, f"past {on}"), on, filling.share)
        drawn = [past for at in filling.cast for past in day.draw(at)]
        for past in drawn:
            if past.state == "done":
                settler.settle(past)
        yield drawn


def _bring(
    connection: Connection,
    writer: Writer,
    filling: Filling,
    settler: Settler,
    day: list[Past],
    truth: Truth,
) -> None:
    orders: list[Row] = []
    lines: list[Row] = []
    events: list[Row] = []
    pictures: list[Row] = []
    sittings: dict[Where, Sitting] = {}
    sold: Counter[Where] = Counter()
    for past in day:
        where = (past.point.kitchen_id, past.on, past.serving)
        if past.is_meal:
            sold[where] += past.state != "cancelled"
            if where not in filling.standing:
                sittings[where] = _sitting(writer, *where)
                filling.standing[where] = sittings[where].id
        sitting = filling.standing[where].hex if past.is_meal else None
        first, every = settler.kinds_of(past)
        home = past.eater.elder.home_street
        told = (filling.policy.version.id, home, first, every)
        row = writer.order_row(past, sitting, told)
        once = {
            line.subsidy: filling.policy.once_key(line.subsidy, line.window)
            for line in past.lines
        }
        orders.append(row)
        lines += writer.line_rows(past, once)
        events += writer.event_rows(past, row)
        pictures += writer.picture_rows(past)
        if past.state == "done" and past.price_fen + past.fee_fen:
            own = past.price_fen + past.fee_fen - past.given_fen
            truth.lines += 1 + (own != 0) + len(past.lines)
    truth.orders += len(orders)
    for where, made in sittings.items():
        made.sold, made.cooked = sold[where], sold[where]
    _keep_sittings(connection, list(sittings.values()))
    writer.put("past_order", orders)
    writer.put("past_line", lines)
    writer.put("past_event", events)
    writer.put("past_picture", pictures)


def _standing(connection: Connection, month: str) -> dict[Where, UUID]:
    """Sittings that the district has in this month without us."""
    days = month_days(month)
    known = select(Sitting).where(col(Sitting.serve_on).between(days[0], days[-1]))
    with Session(connection) as session:
        return {
            (each.kitchen_id, each.serve_on, each.serving.value): each.id
            for each in session.exec(known)
        }


def _keep_sittings(connection: Connection, sittings: list[Sitting]) -> None:
    if sittings:
        connection.execute(insert(Sitting), [row.model_dump() for row in sittings])


def _sitting(writer: Writer, kitchen_id: UUID, on: date, serving: str) -> Sitting:
    opens = _OPENS[serving]
    return Sitting(
        id=UUID(writer.id()),
        kitchen_id=kitchen_id,
        serve_on=on,
        serving=Serving(serving),
        capacity=100_000,
        cut_off_at=town_moment(on, opens - 5400),
        ready_at=town_moment(on, opens - 1800),
        door_from_at=town_moment(on, opens - 600),
        door_until_at=town_moment(on, opens + 7200),
        eat_by_at=town_moment(on, opens + 10800),
        closed_at=town_moment(on, opens + 14400),
    )
