"""The product as real processes, on both databases."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.stack import Stack


@pytest.fixture
def stack(database_url: str) -> Iterator[Stack]:
    """Every process of the product, up and ready, in a short temporary home."""
    with tempfile.TemporaryDirectory(prefix="liuzhu-stack-") as home:
        whole = Stack(database_url, Path(home))
        try:
            whole.start()
            yield whole
        finally:
            whole.stop()
