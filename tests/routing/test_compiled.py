"""Where machine code is kept, also when its user has no home."""

import pwd
from pathlib import Path

import pytest

from routing.search import compiled


def nobody(_number: int) -> None:
    raise KeyError("getpwuid(): uid not found")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package's folder, for a user who has neither HOME nor a name."""
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    return tmp_path


def home_of(folder: Path) -> Path | None:
    return compiled._home.__wrapped__(folder)


def test_a_user_without_a_name_keeps_it_beside_the_sources(folder: Path) -> None:
    found = home_of(folder)
    assert found is not None
    assert found.parent == folder / "__pycache__"


def test_where_nothing_can_be_written_nothing_is_kept(folder: Path) -> None:
    (folder / "__pycache__").write_text("no folder")
    assert home_of(folder) is None


def test_a_folder_that_is_named_is_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "__pycache__").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "kept"))
    found = home_of(folder)
    assert found is not None
    assert found.parent == folder / "kept" / "liuzhu"
