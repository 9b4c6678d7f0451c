"""The demo's home: anew on wish, never over something real."""

from pathlib import Path

import pytest

from dispatch.demo.home import Made, NotADemo, clear, made_in, mark_begun


def test_what_no_demo_made_is_never_cleared(tmp_path: Path) -> None:
    (tmp_path / "liuzhu.db").write_text("real people")
    with pytest.raises(NotADemo, match="no demo made"):
        clear(tmp_path)
    assert (tmp_path / "liuzhu.db").read_text() == "real people"


def test_a_folder_of_somebody_else_keeps_everything(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("dear")
    clear(tmp_path)
    assert (tmp_path / "letters" / "one.txt").exists()


def test_a_demo_is_cleared_and_what_lies_beside_it_stays(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"size": "small", "seed": 7}')
    (tmp_path / "liuzhu.db-wal").write_text("made up")
    (tmp_path / "logs").mkdir()
    (tmp_path / "mine.txt").write_text("stays")
    assert made_in(tmp_path) == Made("small", 7)
    clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_demo_that_was_not_finished_may_be_cleared(tmp_path: Path) -> None:
    mark_begun(tmp_path, "small", 7)
    (tmp_path / "liuzhu.db").write_text("half a district")
    assert made_in(tmp_path) == Made("small", 7, whole=False)
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_real_database_is_not_marked_as_a_demo(tmp_path: Path) -> None:
    (tmp_path / "liuzhu.db").write_text("real people")
    mark_begun(tmp_path, "small", 7)
    assert made_in(tmp_path) is None
