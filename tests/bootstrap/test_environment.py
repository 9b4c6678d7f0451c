"""What a start finds made, and what it makes again."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from dispatch.bootstrap import compiling, environment, pages, places, progress
from dispatch.bootstrap.start import prepare


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a lock, an environment that is only files, and a page."""
    root = tmp_path.resolve()
    venv, ui = root / ".venv", root / "web" / "ui"
    for folder in (venv / "bin", ui / "node_modules" / "svelte", ui / "src"):
        folder.mkdir(parents=True)
    for name in ("requirements.lock", ".venv/pyvenv.cfg", ".venv/bin/python"):
        (root / name).write_text(name)
    for name in ("package.json", "src/main.ts"):
        (ui / name).write_text("{}")
    places_of = {
        environment: {"ROOT": root, "VENV": venv, "PYTHON": venv / "bin" / "python"},
        pages: {"UI": ui, "DIST": root / "dist", "BUILT_FROM": root / "dist" / "mark"},
        compiling: {"ROOT": root, "VENV": venv},
        places: {"ROOT": root},
    }
    for module, values in places_of.items():
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(environment, "CONFIG", venv / "pyvenv.cfg")
    return root


def mark(root: Path) -> None:
    lock = "requirements.lock"
    (root / ".venv" / f".holds-{lock}").write_text(environment.mark_of(lock))


def test_an_environment_without_a_mark_is_lacking(checkout: Path) -> None:
    assert environment.lacking(["requirements.lock"]) == ["requirements.lock"]


def test_a_marked_environment_lacks_nothing(checkout: Path) -> None:
    mark(checkout)

    assert environment.lacking(["requirements.lock"]) == []


@pytest.mark.parametrize("changed", ["requirements.lock", ".venv/pyvenv.cfg"])
def test_a_changed_lock_or_python_makes_it_lacking_again(
    checkout: Path, changed: str
) -> None:
    mark(checkout)
    (checkout / changed).write_text("other")

    assert environment.lacking(["requirements.lock"]) == ["requirements.lock"]


def test_only_the_tests_bring_their_own_tools() -> None:
    assert environment.locks_for("demo") == ["requirements.lock"]
    assert environment.locks_for(None) == ["requirements.lock"]
    assert "requirements-test.lock" in environment.locks_for("test")


def test_pages_are_built_again_only_when_their_sources_change(checkout: Path) -> None:
    assert pages.lacking()
    (checkout / "dist").mkdir()
    (checkout / "dist" / "mark").write_text(places.fingerprint(pages.sources()))
    assert not pages.lacking()

    (checkout / "web" / "ui" / "node_modules" / "svelte" / "new.js").touch()
    assert not pages.lacking()

    (checkout / "web" / "ui" / "src" / "new.ts").touch()
    assert pages.lacking()


def test_pages_may_come_built_but_not_be_missing(checkout: Path) -> None:
    (checkout / "web" / "ui" / "package.json").unlink()
    with pytest.raises(progress.StepFailed, match="no pages"):
        pages.lacking()
    (checkout / "dist").mkdir()
    assert not pages.lacking()


def test_a_second_start_starts_nothing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(checkout)
    (checkout / "dist").mkdir()
    (checkout / "dist" / "mark").write_text(places.fingerprint(pages.sources()))
    kernels = checkout / "routing" / "search"
    kernels.mkdir(parents=True)
    (kernels.parent / "fields.py").touch()
    for parts in (*compiling.ALWAYS_ASKED, compiling.SELDOM_ASKED):
        assert compiling.lacking(parts)
        compiling.mark_of(parts).write_text(places.fingerprint(compiling.sources()))
    monkeypatch.setattr(subprocess, "Popen", None)  # whoever starts a process, breaks

    prepare(["demo", "--headless"])


@pytest.mark.parametrize(
    ("told", "version"),
    [("v22.12.0\n", (22, 12)), ("v24.19.0", (24, 19)), ("", (0, 0)), ("nope", (0, 0))],
)
def test_a_version_of_node_is_read(told: str, version: tuple[int, int]) -> None:
    assert pages.version_of(told) == version


def test_a_step_that_fails_shows_its_last_words(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(progress.StepFailed, match="exit code 3"):
        progress.run_step("trying", ["sh", "-c", "echo why; exit 3"])
    out, err = capfd.readouterr()
    assert out == ""
    assert "why" in err


def test_a_program_that_is_not_there_is_a_failed_step() -> None:
    with pytest.raises(progress.StepFailed, match="no-such-program"):
        progress.run_step("trying", ["no-such-program"])


def test_two_starts_take_turns(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from dispatch.bootstrap.turns import turn
        folder, name = Path(sys.argv[1]), sys.argv[2]
        with turn(folder), (folder / "diary").open("a", buffering=1) as diary:
            diary.write(f"{name} in\\n")
            time.sleep(0.3)
            diary.write(f"{name} out\\n")
    """)
    starts = [
        subprocess.Popen([sys.executable, "-c", script, tmp_path, name])
        for name in ("one", "two")
    ]
    assert [start.wait(20) for start in starts] == [0, 0]
    diary = (tmp_path / "diary").read_text().split()
    assert diary[0::2] in (["one", "one", "two", "two"], ["two", "two", "one", "one"])
