"""What one set of rules says otherwise than another: by part, and line by line."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from dispatch.subsidy.policy import Policy

_MOST_LINES: Final = 2000
_LISTED: Final = ("category", "subsidy", "station_subsidy")
_WHOLE: Final = ("stacking", "exclude", "lifecycle", "evidence", "anomalies", "payer")


@dataclass(frozen=True)
class FieldChange:
    """One value that differs: `tiers[0].fen`, before and after; empty where none."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class RuleChange:
    """One rule, category or other part that is `added`, `removed` or `changed`.

    `fields` are what differs in it, called as in the file.
    """

    part: str
    id: str
    name: str
    what: str
    fields: tuple[FieldChange, ...] = ()


def changes_of(old: Policy, new: Policy) -> Iterator[RuleChange]:
    """Every part that differs; comments and golden cases are no part."""
    for part in _LISTED:
        yield from _listed(part, _by_id(getattr(old, part)), _by_id(getattr(new, part)))
    before, after = old.model_dump(), new.model_dump()
    for part in _WHOLE:
        if before[part] != after[part]:
            yield RuleChange(
                part, part, "", "changed", _fields(before[part], after[part])
            )


def lines_of(old: str, new: str) -> list[str]:
    """The words of two files as a unified diff, without its head."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=2, lineterm="")
    return list(islice(lines, 2, 2 + _MOST_LINES))


def _by_id(rows: Any) -> dict[str, dict[str, Any]]:
    return {row.id: row.model_dump() for row in rows}


def _listed(
    part: str, old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]
) -> Iterator[RuleChange]:
    for name in [*new, *(one for one in old if one not in new)]:
        row = new.get(name) or old[name]
        if name not in old:
            yield RuleChange(part, name, row["name"], "added")
        elif name not in new:
            yield RuleChange(part, name, row["name"], "removed")
        elif old[name] != new[name]:
            differs = _fields(old[name], new[name])
            yield RuleChange(part, name, row["name"], "changed", differs)


def _fields(old: Any, new: Any) -> tuple[FieldChange, ...]:
    return tuple(_differing("", old, new))


def _differing(path: str, old: Any, new: Any) -> Iterator[FieldChange]:
    """Down to the single values, as long as both sides are built alike."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*new, *(one for one in old if one not in new)]:
            below = f"{path}.{name}" if path else str(name)
            yield from _differing(below, old.get(name), new.get(name))
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        if len(old) != len(new):
            yield FieldChange(path, _told(old), _told(new))
        for at, (before, after) in enumerate(zip(old, new, strict=False)):
            if len(old) == len(new):
                yield from _differing(f"{path}[{at + 1}]", before, after)
    else:
        yield FieldChange(path, _told(old), _told(new))


def _told(value: Any) -> str:
    """A value in the fewest words: what is not set is left out."""
    if isinstance(value, dict):
        said = (f"{name} {_told(one)}" for name, one in value.items() if one)
        return "，".join(said)
    if isinstance(value, set | frozenset):
        return "；".join(sorted(map(_told, value)))
    if isinstance(value, list | tuple):
        return "；".join(map(_told, value))
    return "" if value is None else str(value)
