"""What no tool checks: sizes, names, and nothing of one machine in the house."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
LONGEST_FILE: Final = 300
SOURCES: Final = {".py", ".ts", ".svelte", ".css"}
# `helpers` is missing on purpose: they are the people who carry the meals.
SAYS_NOTHING: Final = {"util", "utils", "common", "misc", "base", "manager", "service"}
WHOLE_STORIES: Final = {"journeys", "chaos", "browser"}
LOCKS: Final = sorted(ROOT.glob("requirements*.lock"))

# Written with a dot too many, so that this file does not find itself.
HOSTS: Final = [
    word.replace("·", "")
    for word in ("py·pi.org", "python·hosted.org", "registry.npm·js.org")
]
PLACES: Final = [
    word.replace("·", "") for word in ("/wo·rk/", "/tm·p/liuzhu/", "/ho·me/", "/ro·ot/")
]


def kept_files() -> list[Path]:
    """Every file that git keeps, or would keep."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    files = [ROOT / name for name in told.stdout.split("\0") if name]
    return sorted(file for file in files if file.is_file())


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The text of every kept file, by its name; pictures and the like are left out."""
    found = {}
    for file in kept_files():
        try:
            found[str(file.relative_to(ROOT))] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_no_source_file_is_long(texts: dict[str, str]) -> None:
    long = {
        name: text.count("\n")
        for name, text in texts.items()
        if Path(name).suffix in SOURCES and text.count("\n") > LONGEST_FILE
    }
    assert long == {}


def test_every_module_has_a_name_that_says_something(texts: dict[str, str]) -> None:
    modules = [Path(name) for name in texts if name.endswith(".py")]
    assert [
        module for module in modules if SAYS_NOTHING & {module.stem, *module.parts}
    ] == []


@pytest.mark.parametrize("word", HOSTS + PLACES)
def test_no_file_knows_one_machine(texts: dict[str, str], word: str) -> None:
    # A place is meant only where a path begins: not in `pages/home/…` or a URL.
    start = r"(?<![\w.})-])" if word in PLACES else ""
    pattern = re.compile(start + re.escape(word))
    assert [name for name, text in texts.items() if pattern.search(text)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_is_hashed_and_names_no_host(lock: Path) -> None:
    text = lock.read_text()

    assert "://" not in text
    assert "--index-url" not in text
    assert re.findall(r"^\S+==.*$(?!\n    --hash=)", text, re.MULTILINE) == []


def test_the_page_lock_names_no_host() -> None:
    for lock in ROOT.glob("web/**/package-lock.json"):
        if "node_modules" not in lock.parts:
            assert '"resolved"' not in lock.read_text()


def test_every_folder_of_tests_mirrors_a_room() -> None:
    rooms = {ROOT / room for room in ("routing", "dispatch", "web")}
    known = {room.name for room in rooms} | WHOLE_STORIES
    known |= {part.name for room in rooms for part in room.iterdir() if part.is_dir()}
    folders = {
        file.relative_to(ROOT / "tests").parts[0]
        for file in kept_files()
        if file.is_relative_to(ROOT / "tests") and file.parent != ROOT / "tests"
    }
    assert folders - known == set()


def test_ci_runs_exactly_the_test_command() -> None:
    commands = [
        line
        for line in ROOT.joinpath(".ci", "run").read_text().splitlines()
        if "dispatch" in line
    ]
    assert commands == ["exec python3 -m dispatch test"]


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_names_both_commands(readme: str) -> None:
    text = ROOT.joinpath(readme).read_text()

    assert "python3 -m dispatch demo" in text
    assert "python3 -m dispatch test" in text
