"""A district's year as rows: its report's two shares come out of the same query."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_moment
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.agreements import Agreement
from dispatch.people.elders import Elder
from dispatch.reports.figures import figure
from dispatch.reports.kinds.coverage import told
from tests.little_town import STREET, LittleTown

ENTITLED: Final = 7_100
SIGNED: Final = 6_741
SERVED: Final = 6_312
SERVICES: Final = 156_147
OTHERS: Final = 400  # not entitled: they stand in no share
NEW_YEAR: Final = date(2022, 1, 1)
_AT_ONCE: Final = 2_000


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_year_of_rows_gives_the_shares_that_the_district_told(
    town: LittleTown,
) -> None:
    with Session(town.engine) as session:
        home = session.get_one(Elder, town.add_elder(born_on=date(1990, 1, 1)))
        elders = [uuid4() for _ in range(ENTITLED + OTHERS)]
        _put(session, Elder, _people(elders, home.household_id, town.station_id))
        _put(session, Agreement, _agreements(elders[:SIGNED], town.station_id))
        _put(session, Order, _services(elders[:SERVED], home, town.station_id))
        session.commit()
        shares = {
            query: figure(session, query, "2022")
            for query in (
                *("cover.signed_rate/1", "cover.coverage/1", "orders.done/1"),
                "cover.per_person/1",
            )
        }
    rate, coverage = shares["cover.signed_rate/1"], shares["cover.coverage/1"]
    assert (rate.part, rate.whole, told(rate)) == (SIGNED, ENTITLED, "94.94 %")
    assert (coverage.part, coverage.whole) == (SERVED, SIGNED)
    assert told(coverage) == "93.64 %"
    assert shares["orders.done/1"].value == SERVICES
    assert told(shares["cover.per_person/1"]) == "24.74"
    assert rate.as_of == date(2022, 12, 31)


def _put(
    session: Session, model: type[SQLModel], rows: Iterator[dict[str, Any]]
) -> None:
    """Straight into the table: a year is not typed in door by door."""
    kept, table = list(rows), insert(model.__table__)  # type: ignore[attr-defined]
    for start in range(0, len(kept), _AT_ONCE):
        session.connection().execute(table, kept[start : start + _AT_ONCE])


def _people(
    ids: list[UUID], household_id: UUID, station_id: UUID
) -> Iterator[dict[str, Any]]:
    alike = Elder(
        number="",
        household_id=household_id,
        station_id=station_id,
        street_code=STREET,
        sex="F",
        born_on=date(1940, 3, 1),
        home_street=STREET,
        made_at=town_moment(NEW_YEAR, 0),
    ).model_dump()
    for at, elder_id in enumerate(ids):
        entitled = {"relief": "DB", "dementia": True} if at < ENTITLED else {}
        yield {**alike, "id": elder_id, "number": f"M{at:06d}", **entitled}


def _agreements(ids: list[UUID], station_id: UUID) -> Iterator[dict[str, Any]]:
    alike = Agreement(
        elder_id=ids[0],
        station_id=station_id,
        from_on=NEW_YEAR,
        made_at=town_moment(NEW_YEAR, 0),
    ).model_dump()
    for elder_id in ids:
        yield {**alike, "id": uuid4(), "elder_id": elder_id}


def _services(
    ids: list[UUID], home: Elder, station_id: UUID
) -> Iterator[dict[str, Any]]:
    alike = Order(
        number="",
        elder_id=home.id,
        household_id=home.household_id,
        station_id=station_id,
        street_code=STREET,
        service="VISIT_HOME",
        is_meal=False,
        channel=Channel.VISIT,
        serve_on=NEW_YEAR,
        serving=Serving.LUNCH,
        window_from_at=town_moment(NEW_YEAR, 8 * 3600),
        window_until_at=town_moment(NEW_YEAR, 12 * 3600),
        source="phone",
        state=OrderState.DONE,
        grade="A",
        placed_at=town_moment(NEW_YEAR, 0),
        ended_at=town_moment(NEW_YEAR, 9 * 3600),
    ).model_dump()
    for at in range(SERVICES):
        yield {
            **alike,
            "id": uuid4(),
            "number": f"M{at:07d}",
            "elder_id": ids[at % len(ids)],
            "serve_on": NEW_YEAR + timedelta(days=at % 365),
        }
