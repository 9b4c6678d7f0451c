"""What helpers may do follows from their papers, on the day that is planned."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, SQLModel, select

from dispatch.catalogue.heat import HeatLevel, HeatWarning
from dispatch.catalogue.skills import Skill
from dispatch.clock import town_seconds
from dispatch.errors import NotFound
from dispatch.field.rounds import rounds_of
from dispatch.people.areas import HelperArea
from dispatch.people.certificates import Certificate, PaperKind
from dispatch.people.guardians import Guardian
from dispatch.people.helpers import HelperKind, Shift
from dispatch.people.leaves import Leave, LeaveKind
from dispatch.people.limits import HelperLimits
from dispatch.people.on_duty import list_on_duty
from dispatch.people.pairings import Pairing, PairKind
from dispatch.planning.board import show_board
from dispatch.planning.problem import WaveProblem
from dispatch.planning.rules import ASKED_FOR_SECONDS, OWN_AREA_SECONDS
from dispatch.staffing.heat import (
    BadRest,
    HeatDraft,
    call_off_heat,
    show_heat,
    warn_of_heat,
)
from dispatch.store.unit_of_work import picture, unit_of_work
from routing import Vehicle
from routing.problem import Break
from tests.little_town import EIGHT, STREET, TODAY, LittleTown
from tests.planning.lunch_wave import order_lunch, order_visit, plan, quick, read_wave

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def keep(town: LittleTown, *rows: SQLModel) -> None:
    with Session(town.engine, expire_on_commit=False) as session:
        for row in rows:
            session.add(row)
            session.flush()
        session.commit()


def paper(helper: UUID, until: date, **about: Any) -> Certificate:
    facts: dict[str, Any] = {"kind": PaperKind.CERTIFICATE, "skill": "meal"} | about
    return Certificate(
        helper_id=helper, from_on=date(2025, 1, 1), until_on=until, **facts
    )


def vehicles(town: LittleTown) -> dict[UUID, Vehicle]:
    """Who may be sent, by helper."""
    wave = read_wave(town)
    return {
        wave.carriers[vehicle.id].helper_id: vehicle
        for vehicle in wave.problem.vehicles
    }


def wishes(wave: WaveProblem, seconds: int) -> set[tuple[UUID, str]]:
    return {
        (wave.carriers[wish.vehicle].helper_id, wish.task)
        for wish in wave.problem.prefer
        if wish.seconds == seconds
    }


def test_no_meal_goes_out_with_a_health_certificate_that_has_run_out(
    town: LittleTown,
) -> None:
    keep(town, Skill(code="meal", name="健康证", certified=True))
    until = {"today": TODAY, "yesterday": TODAY - DAY, "never": None}
    helpers = {name: town.add_helper() for name in until}
    for name, last in until.items():
        if last is not None:
            keep(town, paper(helpers[name], last))
    ended = paper(town.add_helper(), TODAY + 90 * DAY, ended_on=TODAY - DAY)
    keep(town, ended)
    order_lunch(town)

    found = vehicles(town)

    assert {name: "meal" in found[h].skills for name, h in helpers.items()} == {
        "today": True,
        "yesterday": False,
        "never": False,
    }
    assert "meal" not in found[ended.helper_id].skills
    assert "visit" in found[ended.helper_id].skills  # what needs no paper stays


def test_nobody_goes_out_uninsured_who_must_be_insured(town: LittleTown) -> None:
    bare, lapsed, insured = (town.add_helper(must_be_insured=True) for _ in range(3))
    about: dict[str, Any] = {"kind": PaperKind.INSURANCE, "skill": None}
    keep(town, paper(lapsed, TODAY - DAY, **about), paper(insured, TODAY, **about))
    order_lunch(town)

    assert {*vehicles(town)} == {insured} != {bare}


def test_a_minor_goes_out_only_with_a_guardians_consent(town: LittleTown) -> None:
    young: dict[str, Any] = {"kind": HelperKind.VOLUNTEER, "born_on": date(2009, 5, 1)}
    alone, allowed, no_longer = (town.add_helper(**young) for _ in range(3))
    grown = town.add_helper(**(young | {"born_on": TODAY.replace(year=2008)}))
    since: dict[str, Any] = {"relation": "母亲", "consented_on": TODAY - DAY}
    keep(town, Guardian(helper_id=allowed, **since))
    keep(town, Guardian(helper_id=no_longer, withdrawn_on=TODAY, **since))
    order_lunch(town)

    assert {*vehicles(town)} == {allowed, grown} != {alone}


def test_leave_is_taken_from_a_shift(town: LittleTown) -> None:
    away, late = town.add_helper(), town.add_helper()
    sick: dict[str, Any] = {"kind": LeaveKind.SICK, "from_at": EIGHT}
    keep(town, Leave(helper_id=away, until_at=EIGHT + DAY, **sick))
    keep(town, Leave(helper_id=late, until_at=EIGHT + 3 * HOUR, **sick))
    keep(town, Leave(helper_id=late, until_at=EIGHT + DAY, called_off=True, **sick))
    order_lunch(town)

    found = vehicles(town)
    assert {*found} == {late}
    assert found[late].shift == (11 * 3600, 14 * 3600)


def test_a_break_reaches_the_solver(town: LittleTown) -> None:
    helper = town.add_helper(skills=["visit"])
    noon = EIGHT + 4 * HOUR
    with Session(town.engine) as session:
        shift = session.exec(select(Shift)).one()
        shift.break_from_at, shift.break_until_at = noon, noon + HOUR
        shift.break_seconds = 1800
        session.commit()
    order_visit(town)

    assert vehicles(town)[helper].breaks == (Break((43_200, 46_800), 1800),)


@pytest.mark.parametrize("floor", [4, 5])
def test_nobody_is_sent_higher_than_they_climb(town: LittleTown, floor: int) -> None:
    helper = town.add_helper()
    keep(town, HelperLimits(helper_id=helper, most_floors=3, most_stops=9))
    order_lunch(town, town.add_elder(floor=floor))
    order_lunch(town, town.add_elder(floor=floor, lift=True))

    wave = read_wave(town)

    assert len(wave.problem.never) == (floor == 5)
    assert sorted(wave.past.floors.values()) == [0, floor - 1]
    assert wave.past.of[0].most_floors == 3
    assert wave.problem.vehicles[0].max_tasks == 9


def test_heat_shortens_the_day_and_keeps_volunteers_at_home(town: LittleTown) -> None:
    courier, frail = town.add_helper(), town.add_helper()
    town.add_helper(kind=HelperKind.VOLUNTEER)
    warning: dict[str, Any] = {"street_code": STREET, "level": HeatLevel.ORANGE}
    hours: dict[str, Any] = {"most_seconds": 6 * 3600, "volunteers_stay": True}
    keep(town, HeatWarning(warns_on=TODAY, **warning, **hours))
    keep(town, HelperLimits(helper_id=frail, heat_seconds=3600))
    order_lunch(town)

    found = vehicles(town)
    assert {h: v.max_work_seconds for h, v in found.items()} == {
        courier: 6 * 3600,
        frail: 3600,
    }


def test_in_heat_everybody_rests_at_noon_and_hears_of_it(town: LittleTown) -> None:
    helper = town.add_helper()  # from ten to two
    warning = HeatDraft(
        warns_on=TODAY, level=HeatLevel.RED, rest_from=12 * 3600, rest_until=13 * 3600
    )
    backwards = replace(warning, rest_until=11 * 3600)
    with pytest.raises(BadRest), unit_of_work(town.engine, town.dispatcher) as uow:
        warn_of_heat(uow, backwards)
    with unit_of_work(town.engine, town.dispatcher) as uow:
        warn_of_heat(uow, warning)
        told = rounds_of(uow, helper, TODAY).heat
    assert told is not None
    assert (told.level, told.rest_from) == ("red", 12 * 3600)
    assert hours(town) == [(10, 12), (13, 14)]
    with picture(town.engine, town.staff) as seen:
        shown = [(row.street, row.set_by) for row in show_heat(seen).warnings]
    assert shown == [("清河街道", "map")]

    with unit_of_work(town.engine, town.dispatcher) as uow:
        call_off_heat(uow, None, TODAY)
    assert hours(town) == [(10, 14)]
    with pytest.raises(NotFound), unit_of_work(town.engine, town.dispatcher) as uow:
        call_off_heat(uow, None, TODAY)


def hours(town: LittleTown) -> list[tuple[int, ...]]:
    """When somebody is on duty today, in hours of the town's day."""
    with Session(town.engine) as session:
        duty = list_on_duty(session, STREET, TODAY)
    ends = [(one.starts_at, one.ends_at) for one in duty]
    return [tuple(town_seconds(at, TODAY) // 3600 for at in each) for each in ends]


def test_never_is_hard_and_asked_for_and_known_doors_are_worth_something(
    town: LittleTown,
) -> None:
    barred, friend = town.add_helper(), town.add_helper()
    elder = town.add_elder()
    since: dict[str, Any] = {"elder_id": elder, "set_at": EIGHT}
    keep(town, Pairing(helper_id=barred, kind=PairKind.NEVER, **since))
    keep(town, Pairing(helper_id=friend, kind=PairKind.PREFER, **since))
    keep(town, HelperArea(helper_id=friend, community="清河一社区"))
    order = str(order_lunch(town, elder))

    wave = read_wave(town)

    never = {(wave.carriers[v].helper_id, task) for v, task in wave.problem.never}
    assert never == {(barred, order)}
    assert wishes(wave, ASKED_FOR_SECONDS) == {(friend, order)}
    assert wishes(wave, OWN_AREA_SECONDS) == {(friend, order)}


def test_work_outside_an_area_is_seen_on_the_board(town: LittleTown) -> None:
    helper = town.add_helper()
    order_lunch(town)
    plan(town, thinking=quick)

    def outside() -> list[bool]:
        with picture(town.engine, town.dispatcher) as uow:
            return [one.outside_area for one in show_board(uow, TODAY).orders]

    assert outside() == [False]
    keep(town, HelperArea(helper_id=helper, community="东山社区"))
    assert outside() == [True]
