"""A sheet of elders: every mistake named, the rest written once it is confirmed."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from benchmarks.rosters import MISTAKES, Roster, draw_roster, put
from dispatch.exchange.bringing import confirm_sheet, try_sheet
from dispatch.exchange.runs import FileGone, ImportRun, RunState, forget_files
from dispatch.exchange.trying import FilesMoved, NotYoursToImport, SheetFile
from dispatch.people.elder_facts import (
    ElderFact,
    FactKind,
    history_of,
    is_told,
    standing_on,
)
from dispatch.people.elders import Elder, Household, Living
from dispatch.people.vault import find_owners, unseal
from dispatch.promises.checking import Look, Premises
from dispatch.promises.losses import check_losses
from dispatch.store.database import Database
from dispatch.store.unit_of_work import Actor
from tests.little_town import EIGHT, TODAY, LittleTown


def tried(database: Database, roster: Roster, by: Actor) -> ImportRun:
    return try_sheet(database, SheetFile("elders", "名单.xlsx", roster.xlsx()), by)


def files(database: Database) -> list[Elder]:
    with Session(database.engine) as session:
        return list(session.exec(select(Elder).order_by(col(Elder.number))))


@pytest.mark.proves("F68", "F73")
def test_every_planted_mistake_is_named_by_its_cell_and_the_rest_is_written(
    town: LittleTown, database: Database
) -> None:
    roster = draw_roster(130, ["s1"], faulty=2 * len(MISTAKES))

    run = tried(database, roster, town.staff)
    before = files(database)
    confirmed = confirm_sheet(database, run.id, town.staff)

    found = {(each["cell"], each["fault"]) for each in run.findings}
    assert {(each.cell, each.fault) for each in roster.planted} == found
    assert before == []
    assert confirmed.state is RunState.CONFIRMED
    assert (run.creates, run.faulty) == (104, 26)
    assert len(files(database)) == 104
    numbers = {one.number.rpartition("-")[0] for one in files(database)}
    assert [one[:6] for one in numbers] == [f"{TODAY:%y%m%d}"]  # one beginning for all


def test_what_is_kept_of_somebody_is_what_the_row_says(
    town: LittleTown, database: Database
) -> None:
    roster = draw_roster(1, ["s1驿站"])
    row = roster.rows[0]

    confirm_sheet(database, tried(database, roster, town.staff).id, town.staff)

    (elder,) = files(database)
    with Session(database.engine) as session:
        home = session.get_one(Household, elder.household_id)
        kept = unseal(session, [elder.id, home.id], ["name", "id_number", "address"])
        assert find_owners(session, "id_number", str(row[1])) == [elder.id]
    assert kept[elder.id] == {"name": row[0], "id_number": row[1]}
    assert kept[home.id] == {"address": row[10]}
    assert (elder.born_on, elder.sex, elder.relief) == (date(1930, 1, 1), "F", "DB")
    assert (elder.living, elder.diet_tags) == (Living.ALONE, ["低盐", "软食"])
    assert home.lat == pytest.approx(36.5993, abs=1e-3)  # brought back from GCJ-02


@pytest.mark.proves("F70")
def test_the_same_sheet_again_changes_nothing(
    town: LittleTown, database: Database
) -> None:
    roster = draw_roster(20, ["s1"])
    first = tried(database, roster, town.staff)
    confirm_sheet(database, first.id, town.staff)
    confirm_sheet(database, first.id, town.staff)
    there = files(database)

    again = tried(database, roster, town.staff)
    confirm_sheet(database, again.id, town.staff)

    assert (again.sames, again.creates, again.updates) == (20, 0, 0)
    assert again.again_of == first.id
    assert files(database) == there
    look = Look()  # the feed heard of all of it, once
    with Session(database.engine) as session:
        check_losses(Premises(session), look)
    assert look.broken == []


def test_what_a_sheet_says_outright_is_said_and_what_it_leaves_blank_is_not(
    town: LittleTown, database: Database
) -> None:
    roster = draw_roster(2, ["s1"])
    for title, said in (("能力等级", "完好"), ("评估日期", ""), ("户籍", "本区")):
        put(roster.rows, 0, title, said)
        put(roster.rows, 1, title, "")
    confirm_sheet(database, tried(database, roster, town.staff).id, town.staff)
    assert said_of(database, roster) == [{"ability", "hukou"}, set()]

    put(roster.rows, 1, "能力等级", "完好")
    put(roster.rows, 1, "户籍", "外区")  # as it was taken to be
    run = tried(database, roster, town.staff)
    confirm_sheet(database, run.id, town.staff)

    assert (run.sames, run.updates) == (1, 1)
    assert said_of(database, roster) == [{"ability", "hukou"}] * 2
    assert tried(database, roster, town.staff).sames == 2


def said_of(database: Database, roster: Roster) -> list[set[str]]:
    """Whether somebody told of these elders' ability and hukou."""
    asked = (FactKind.ABILITY, FactKind.HUKOU)
    found = []
    with Session(database.engine) as session:
        for row in roster.rows:
            (elder_id,) = find_owners(session, "id_number", str(row[1]))
            elder = session.get_one(Elder, elder_id)
            history = history_of(session, elder_id)
            on = {
                kind: standing_on(elder, history, kind, EIGHT.date()) for kind in asked
            }
            told = {k for k, one in on.items() if one and is_told(k, history, one)}
            found.append({kind.value for kind in told})
    return found


def test_a_changed_cell_changes_that_fact_from_today_on(
    town: LittleTown, database: Database
) -> None:
    roster = draw_roster(3, ["s1"])
    confirm_sheet(database, tried(database, roster, town.staff).id, town.staff)
    put(roster.rows, 1, "居住状况", "独居")
    put(roster.rows, 1, "联系电话", "15400099999")
    put(roster.rows, 2, "居住状况", "")

    run = tried(database, roster, town.staff)
    confirm_sheet(database, run.id, town.staff)

    said = Counter(verdict[1] for verdict in run.verdicts)
    assert said == {"same": 2, "update": 1}
    with Session(database.engine) as session:
        (changed,) = find_owners(session, "phone", "15400099999")
        facts = select(ElderFact.kind).where(ElderFact.elder_id == changed)
        assert session.exec(facts).all().count(FactKind.LIVING) == 2
        assert session.get_one(Elder, changed).living is Living.ALONE


def test_somebody_on_file_under_another_name_or_elsewhere_is_left_alone(
    town: LittleTown, database: Database
) -> None:
    roster = draw_roster(2, ["s1"])
    confirm_sheet(database, tried(database, roster, town.staff).id, town.staff)
    put(roster.rows, 0, "姓名", "某某某")
    put(roster.rows, 1, "驿站", "s9")

    run = tried(database, roster, town.staff)

    assert [each["fault"] for each in run.findings] == [
        "known_otherwise",
        "unknown_place",
    ]


def test_what_changed_after_the_trial_is_not_overrun(
    town: LittleTown, database: Database
) -> None:
    roster = draw_roster(2, ["s1"])
    first = tried(database, roster, town.staff)
    second = tried(database, roster, town.staff)
    confirm_sheet(database, first.id, town.staff)

    with pytest.raises(FilesMoved):
        confirm_sheet(database, second.id, town.staff)


def test_a_dispatcher_brings_no_roster(town: LittleTown, database: Database) -> None:
    with pytest.raises(NotYoursToImport):
        tried(database, draw_roster(1, ["s1"]), town.dispatcher)


def test_a_file_is_thrown_away_after_a_week_and_its_verdicts_stay(
    town: LittleTown, database: Database
) -> None:
    run = tried(database, draw_roster(2, ["s1"]), town.staff)
    town.at(EIGHT + timedelta(days=8))

    gone = database.change(forget_files)

    assert gone == 1
    with pytest.raises(FileGone):
        confirm_sheet(database, run.id, town.staff)
    with Session(database.engine) as session:
        assert session.get_one(ImportRun, run.id).row_count == 2
