"""Planning in tests: little time to think, leases that run out soon."""

from collections.abc import Iterator

import pytest

from dispatch.settings import settings


@pytest.fixture(autouse=True)
def quick_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Half a second for a plan."""
    monkeypatch.setenv("DISPATCH_SOLVE_SECONDS", "0.5")
    settings.cache_clear()
    yield
    settings.cache_clear()
