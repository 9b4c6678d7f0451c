"""The reference pages are complete."""

import re
from pathlib import Path

import pytest

from dispatch.cli import COMMANDS, cli
from dispatch.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"


def test_every_setting_is_described() -> None:
    page = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`DISPATCH_([A-Z_]+)`", page))
    assert told - {"INSTANCES"} == {name.upper() for name in Settings.model_fields}


def test_every_command_is_described() -> None:
    page = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)", page, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_can_be_loaded(name: str) -> None:
    command = cli.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert command.help or name == "import"


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")]
    broken = [
        f"{page.name} → {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_way_of_one_meal_names_what_exists() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:\w+/)+\w+\.py):(\w+)`", page)
    assert len(named) > 15
    missing = []
    for file, name in named:
        path = DOCS.parent / file
        path = path if path.exists() else DOCS.parent / "dispatch" / file
        pattern = rf"^(?:async )?(?:def|class) {name}\b"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if not re.search(pattern, text, re.MULTILINE):
            missing.append(f"{file}:{name}")
    assert missing == []
