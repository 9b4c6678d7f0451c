"""A town whose lists come as sheets."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
import xlsxwriter

from dispatch.store.database import Database
from tests.little_town import LittleTown


@pytest.fixture
def database(town: LittleTown) -> Database:
    """The town's database, as the commands and the pages use it."""
    return Database(town.engine)


def sheet_of(*rows: Sequence[Any]) -> bytes:
    """A workbook with these rows."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        page = book.add_worksheet()
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    return kept.getvalue()
