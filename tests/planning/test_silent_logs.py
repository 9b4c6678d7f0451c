"""What goes wrong is written to a log, and nobody's name with it."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch.planning.jobs import carry_out
from dispatch.planning.solving import Thought
from routing import EngineMissing, Problem
from tests.little_town import LittleTown
from tests.planning.lunch_wave import ask, order_lunch

ROOT = Path(__file__).parents[2]
WITH_TRACEBACK = re.compile(r"log\.exception\(|exc_info\s*=|show_locals")


def test_a_missing_engine_is_told_without_what_was_being_planned(
    town: LittleTown, capfd: pytest.CaptureFixture[str]
) -> None:
    town.add_helper()
    order_lunch(town)

    def thinking(problem: Problem) -> Thought:
        who = f"王小英 {len(problem.tasks)}"
        raise EngineMissing("ortools is not installed" if who else "")

    assert not carry_out(town.engine, ask(town), thinking=thinking)

    said = "".join(capfd.readouterr())
    assert "engine missing" in said
    assert "ortools is not installed" in said
    assert "王小英" not in said
    assert "Traceback" not in said


def test_a_statement_that_fails_keeps_its_values_to_itself(town: LittleTown) -> None:
    name = f"王小英{uuid4().hex}"
    with pytest.raises(DBAPIError) as failed, town.engine.connect() as connection:
        connection.execute(text("SELECT :who FROM nowhere"), {"who": name})

    assert name not in str(failed.value)


def test_nothing_of_ours_logs_a_traceback_with_its_locals() -> None:
    loud = [
        str(path.relative_to(ROOT))
        for room in ("dispatch", "web", "routing")
        for path in sorted((ROOT / room).rglob("*.py"))
        if WITH_TRACEBACK.search(path.read_text("utf-8"))
    ]

    assert loud == []
