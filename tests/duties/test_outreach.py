"""A call written down moves one clock; a care plan is open once."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dispatch.duties.care_plans import CarePlan, list_care_plans, minutes_due
from dispatch.duties.encounters import Way
from dispatch.duties.outreach import (
    NotAnOutreach,
    Outreach,
    OutreachDraft,
    Purpose,
    SpokeWith,
    record_outreach,
)
from dispatch.errors import NotFound
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import Actor, unit_of_work
from tests.little_town import EIGHT, TODAY, LittleTown


def test_the_elders_own_voice_moves_last_seen_and_no_visit(town: LittleTown) -> None:
    elder_id = town.add_elder()
    call = told(elder_id, spoke_with=SpokeWith.FAMILY)
    first = write(town, call)
    assert clocks(town, elder_id) == (None, None, None)

    again = write(town, call)
    assert again.id == first.id
    write(town, told(elder_id))
    write(town, told(elder_id, way=Way.MESSAGE, at=EIGHT))
    assert clocks(town, elder_id) == (EIGHT - timedelta(minutes=5), "phone", None)


@pytest.mark.parametrize(
    "about",
    [
        {"way": Way.HOME},
        {"at": EIGHT + timedelta(minutes=1)},
        {"at": EIGHT - timedelta(days=8)},
    ],
)
def test_a_visit_is_no_outreach_and_neither_is_tomorrow(
    town: LittleTown, about: dict[str, object]
) -> None:
    with pytest.raises(NotAnOutreach):
        write(town, told(town.add_elder(), **about))


def test_another_stations_elder_is_not_there(town: LittleTown) -> None:
    draft = told(town.add_elder())
    stranger = Actor("station", account_id=town.staff.account_id, station_id=uuid4())
    with pytest.raises(NotFound), unit_of_work(town.engine, stranger) as uow:
        record_outreach(uow, draft, key=uuid4().hex)


def test_a_home_care_bed_has_one_open_plan(town: LittleTown) -> None:
    elder_id = town.add_elder()
    with Session(town.engine) as session:
        session.add(CarePlan(elder_id=elder_id, minutes_a_month=600, from_on=TODAY))
        session.commit()
        mine = list_care_plans(session, [elder_id])[elder_id]
        assert minutes_due(mine, TODAY) == 220  # eleven of thirty days
        assert minutes_due(mine, TODAY - timedelta(days=1)) is None

        session.add(CarePlan(elder_id=elder_id, minutes_a_month=900, from_on=TODAY))
        with pytest.raises(IntegrityError):
            session.commit()


def told(elder_id: UUID, **about: object) -> OutreachDraft:
    facts: dict[str, object] = {
        "purpose": Purpose.PHONE_CHECK,
        "way": Way.PHONE,
        "spoke_with": SpokeWith.SELF,
        "at": EIGHT - timedelta(minutes=5),
    }
    return OutreachDraft(elder_id, **(facts | about))  # type: ignore[arg-type]


def write(town: LittleTown, draft: OutreachDraft) -> Outreach:
    """What the page does: a key for what is written down."""
    with unit_of_work(town.engine, town.staff) as uow:
        key = f"{draft.way} {draft.spoke_with}"
        return record_outreach(uow, draft, key=key)


def clocks(town: LittleTown, elder_id: UUID) -> tuple[object, object, object]:
    with Session(town.engine) as session:
        elder = session.get_one(Elder, elder_id)
        return elder.last_seen_at, elder.last_seen_by, elder.last_visit_at
