"""What is left out of the suite is left out loudly, or fails where nothing may be."""

from pathlib import Path

import pytest

from tests import conftest


@pytest.mark.parametrize("missing", [True, False])
def test_instances_that_were_named_and_are_not_there_fail_where_nothing_may_be_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, missing: bool
) -> None:
    folder = str(tmp_path / "nowhere") if missing else str(tmp_path)  # the latter empty
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception):
        conftest.find_instances(folder)

    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception):
        conftest.find_instances(folder)


def test_instances_that_nobody_named_are_left_out_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(conftest, "ROOT", tmp_path / "checkout")

    with pytest.raises(pytest.skip.Exception):
        conftest.find_instances(None)


def test_instances_that_are_there_are_found(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text("{}")

    assert conftest.find_instances(str(tmp_path)) == tmp_path
