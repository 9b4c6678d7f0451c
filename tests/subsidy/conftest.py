"""A town whose month is closed."""

import pytest

from tests.little_town import LittleTown
from tests.subsidy.closed_month import Officials, close_drawers, eat_lunch


@pytest.fixture
def closed(town: LittleTown) -> LittleTown:
    """A town whose November is closed, with one granted lunch."""
    eat_lunch(town)
    close_drawers(town)
    officials = Officials(town)
    officials.sign_all()
    officials.close()
    return town
