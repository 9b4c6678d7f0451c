"""Whole districts as files: each shipped or tried one gives what it says it gives."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from dispatch.subsidy.commands import grant
from dispatch.subsidy.policy_files import DEMO_POLICY, policy_of
from dispatch.subsidy.rule_versions import Rules, RuleVersion, same_meaning
from dispatch.subsidy.timeline import Reign, clashes, in_turn

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SHIPPED = sorted(DEMO_POLICY.parent.rglob("*.toml"))
TRIED = sorted(Path(__file__).parent.joinpath("shapes").glob("*.toml"))


@pytest.mark.parametrize("path", SHIPPED + TRIED, ids=lambda path: path.stem)
def test_a_file_gives_what_its_own_cases_say(path: Path) -> None:
    result = CliRunner().invoke(grant, [str(path)])
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(json.loads(result.stdout)["cases"]) >= 1


def test_a_file_that_contradicts_itself_is_refused_with_the_line(
    tmp_path: Path,
) -> None:
    words = DEMO_POLICY.read_text(encoding="utf-8")
    bent = words.replace("price_fen_per_unit = 4000", "price_fen_per_unit = 4100")
    path, cases = tmp_path / "rules.toml", tmp_path / "cases.json"
    path.write_text(bent, encoding="utf-8")
    cases.write_text('{"format": "liuzhu-cases/1", "cases": []}', encoding="utf-8")
    result = CliRunner().invoke(grant, [str(path), str(cases)])
    line = bent.splitlines().index('id = "特困只用工单不用券"')
    assert result.exit_code == 2
    assert f"line {line}, golden[特困只用工单不用券]" in result.stderr
    assert "{'service-quota': 4100}, expected {'service-quota': 4000}" in result.stderr


def _reign(name: str, from_on: str, until_on: str | None, over: str = "") -> Reign:
    last = date.fromisoformat(until_on) if until_on else None
    return Reign(name, date.fromisoformat(from_on), last, over or None)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (_reign("b", "2026-07-01", None), "overlaps version 'a'"),
        (_reign("b", "2026-01-01", None, "a"), "overlaps version 'a'"),
        (_reign("b", "2027-01-02", None, "a"), "leaves a gap after version 'a'"),
        (_reign("b", "2027-01-01", None), None),
        (_reign("b", "2026-07-01", None, "a"), None),
    ],
)
def test_two_versions_share_no_day_and_leave_none_out(
    after: Reign, words: str | None
) -> None:
    first = _reign("a", "2026-01-01", "2026-12-31")
    found = [what for _, what, _ in clashes([after, first])]
    assert (words is None and not found) or (words is not None and words in found[0])
    if words is None:
        one, two = in_turn([after, first])
        assert one.until_on == two.from_on - timedelta(days=1)


def test_a_comment_or_a_case_more_is_the_same_version_and_another_fen_is_not() -> None:
    words = DEMO_POLICY.read_text(encoding="utf-8")
    bare = words[: words.index("[[golden]]")] + "# 一句说明\n"
    kept = RuleVersion(id="2026-01", sha256="", words=bare, adopted_at=MOMENT)
    assert same_meaning(kept, Rules(policy_of(words, "own"), words))
    other = bare.replace("amount_fen = 500", "amount_fen = 501")
    assert not same_meaning(kept, Rules(policy_of(other, "own"), other))
