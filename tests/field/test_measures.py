"""How near and how long: as the district's rule file has it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from dispatch.field.measures import Measures, measures_of, measures_on
from dispatch.settings import settings
from dispatch.subsidy.policy_files import DEMO_POLICY
from dispatch.subsidy.rule_versions import file_rules_on
from tests.little_town import TODAY, LittleTown


@pytest.fixture
def rules() -> Iterator[Path]:
    folder = settings().home / "rules"
    folder.mkdir(parents=True)
    yield folder
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def test_the_demo_districts_measures() -> None:
    told = measures_of(file_rules_on(TODAY).policy)
    assert told == Measures(200, 3600, 300, 50, 1200)


def test_a_district_sets_its_own(rules: Path) -> None:
    words = DEMO_POLICY.read_text(encoding="utf-8")
    own = words.replace("geo_radius_m = 200", "geo_radius_m = 80")
    own = own.replace("min_minutes = 20", "min_minutes = 30")
    (rules / "own.toml").write_text(own, encoding="utf-8")
    told = measures_of(file_rules_on(TODAY).policy)
    assert told == Measures(80, 3600, 300, 50, 1800)


def test_a_broken_rule_file_does_not_stop_the_street(
    rules: Path, town: LittleTown
) -> None:
    (rules / "broken.toml").write_text("schema = ", encoding="utf-8")
    with Session(town.engine) as session:
        assert measures_on(session, TODAY) == Measures()
