"""Planning in tests: with patience, as the machine may be busy with other tests."""

from collections.abc import Iterator

import pytest

from dispatch.settings import settings


@pytest.fixture(autouse=True)
def patient_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Twenty seconds for a plan, of which little waves take one."""
    monkeypatch.setenv("DISPATCH_SOLVE_SECONDS", "20")
    settings.cache_clear()
    yield
    settings.cache_clear()
