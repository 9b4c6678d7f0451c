"""The library as a stranger meets it: its tutorial is true, its doors are described."""

import doctest
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import routing

ROOT: Final = Path(routing.__file__).resolve().parent
TUTORIAL: Final = ROOT.parent / "docs" / "tutorial" / "library.md"
# What the tutorial imports from; everything public in them is for strangers.
DOORS: Final = (
    *("routing", "routing.changing", "routing.choosing", "routing.city"),
    *("routing.freezing", "routing.mending", "routing.mishaps", "routing.ondemand"),
    *("routing.people", "routing.roads", "routing.settling", "routing.standing"),
    *("routing.urgent", "routing.week"),
)


def test_the_tutorial_is_true_as_it_stands() -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    told = doctest.DocTestParser().get_doctest(
        "\n".join(blocks), {}, TUTORIAL.name, str(TUTORIAL), 0
    )
    found = doctest.DocTestRunner().run(told)
    assert found.attempted > 100
    assert found.failed == 0


def test_the_tutorial_imports_from_every_door() -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    assert [door for door in DOORS if door not in text] == []


def test_the_types_of_the_library_are_for_others_too() -> None:
    assert (ROOT / "py.typed").is_file()


def test_whatever_stands_in_the_doors_is_described() -> None:
    silent = sorted(
        f"{door}: {name}"
        for door in DOORS
        for name, thing in public_things(importlib.import_module(door))
        if not is_described(thing)
    )
    assert silent == []


def public_things(door: ModuleType) -> Iterator[tuple[str, Any]]:
    """Classes and functions of a door, and what is public in the classes."""
    told = getattr(door, "__all__", None)
    for name in told or [each for each in vars(door) if not each.startswith("_")]:
        thing = getattr(door, name)
        own = told is not None or getattr(thing, "__module__", "") == door.__name__
        if not own or not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        yield name, thing
        for part, held in vars(thing).items() if inspect.isclass(thing) else ():
            deed = deed_of(held)
            if deed is not None and not part.startswith("_"):
                yield f"{name}.{part}", deed


def deed_of(held: Any) -> Any:
    """The function behind a method or a property."""
    for behind in ("fget", "func", "__func__"):
        held = getattr(held, behind, held)
    return held if inspect.isfunction(held) else None


def is_described(thing: Any) -> bool:
    """In words of ours: a dataclass gets its fields for a text by itself."""
    return bool(thing.__doc__) and not thing.__doc__.startswith(f"{thing.__name__}(")
