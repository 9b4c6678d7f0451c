"""Whose row a row is: the name and the building, as the asking role sees them.

Verdicts are kept without what a cell holds; while the sealed file is still there a
person is told of whom a verdict speaks, and no longer.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from dispatch.exchange.files import Row, read_table
from dispatch.exchange.runs import FileGone, ImportRun, open_file
from dispatch.people.showing import shown_name
from dispatch.store.unit_of_work import UnitOfWork

_TO_THE_BUILDING: Final = re.compile(r".*?(?:号楼|栋|幢|座|号院|弄|号)")
_LONGEST: Final = 24
_NAMES: Final = ("name", "elder_name")


@dataclass(frozen=True)
class RowNamed:
    """One row of a sheet. Both are empty where the sheet has no such column."""

    name: str
    place: str


NOBODY: Final = RowNamed("", "")


def name_rows(
    uow: UnitOfWork, run: ImportRun, wanted: Collection[int]
) -> dict[int, RowNamed]:
    """These rows, counted from 1; none once the file is thrown away."""
    mapping: Mapping[str, int] = run.mapping
    if not wanted or not {*_NAMES, "address", "building"} & set(mapping):
        return {}
    try:
        content = open_file(uow.session, run)
    except FileGone:
        return {}
    sheet = None if run.sheet_name == "CSV" else run.sheet_name
    rows = read_table(content, sheet).rows
    return {
        number: RowNamed(
            shown_name(uow.actor, _name(rows[number - 1], mapping)),
            _place(rows[number - 1], mapping),
        )
        for number in wanted
        if number <= len(rows)
    }


def _name(row: Row, mapping: Mapping[str, int]) -> str:
    return next((name for one in _NAMES if (name := _cell(row, mapping, one))), "")


def _place(row: Row, mapping: Mapping[str, int]) -> str:
    """No further than the building; the door is nobody's business here."""
    building = _cell(row, mapping, "building")
    if building:
        return (_cell(row, mapping, "estate") + building)[:_LONGEST]
    address = _cell(row, mapping, "address")
    known = _TO_THE_BUILDING.match(address)
    return (known[0] if known else re.sub(r"\d", "*", address))[:_LONGEST]


def _cell(row: Row, mapping: Mapping[str, int], field: str) -> str:
    at = mapping.get(field)
    if at is None or at >= len(row) or row[at] is None:
        return ""
    return str(row[at]).strip()
