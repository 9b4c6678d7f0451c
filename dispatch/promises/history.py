"""What the outside saw: a file in which callers note what they were told.

One JSON line for each answer, written by the caller and never by the house:
`who` asked, `made` says what kind of thing was acknowledged (order, payment, field),
`id` which one, `key` by which request; `look` is a look at something foreign or
unmasked with the `status` that came back.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dispatch.promises.checking import Look, Premises

HISTORY_FILE: Final = "demo-history.jsonl"


def history_file(home: Path) -> Path:
    """Where the callers of this home write."""
    return home / HISTORY_FILE


def expect_history(premises: Premises, look: Look) -> None:
    """Where a day was played, the absence of what people were told is no good sign."""
    if premises.played:
        there = premises.home is not None and history_file(premises.home).exists()
        look.expect(there, f"{HISTORY_FILE} is missing: nobody knows what was told")


def read_history(home: Path | None) -> Iterator[dict[str, Any]]:
    """The lines, first to last; a half-written last line is left out."""
    if home is None or not history_file(home).exists():
        return
    with history_file(home).open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                yield json.loads(line)
