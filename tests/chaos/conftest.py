"""The product as real processes, on both databases."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch.chaos.stack import Stack
from tests.engines import POSTGRESQL, SQLITE, Engines


@pytest.fixture(
    scope="module", params=[pytest.param(SQLITE, marks=pytest.mark.long), POSTGRESQL]
)
def stack(request: pytest.FixtureRequest, engines: Engines) -> Iterator[Stack]:
    """Every process of the product, up and ready; the tests of a module share it.

    Starting it takes seconds, so it comes with what earlier tests left in it.
    """
    if request.param == POSTGRESQL:
        request.getfixturevalue("postgres_server")
    with (
        engines.fresh(request.param) as database_url,
        tempfile.TemporaryDirectory(prefix="liuzhu-stack-") as home,
    ):
        whole = Stack(database_url, Path(home))
        try:
            whole.start()
            yield whole
        finally:
            whole.stop()
