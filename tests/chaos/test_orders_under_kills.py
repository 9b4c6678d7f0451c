"""The bench itself: orders over a bad line while every process is shot."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.chaos.running import cut_connections, run_chaos
from dispatch.store.engine import make_engine
from tests.engines import POSTGRESQL, SQLITE, Engines

SEED = 1
LONG = (pytest.mark.long, pytest.mark.timeout(5400))


@pytest.mark.parametrize(
    ("kind", "orders", "kills"),
    [
        pytest.param(SQLITE, 100, 4, marks=pytest.mark.timeout(600)),
        pytest.param(SQLITE, 5000, 8, marks=LONG),
        pytest.param(POSTGRESQL, 5000, 8, marks=LONG),
    ],
)
def test_what_was_accepted_is_there_once_whatever_dies(
    kind: str, orders: int, kills: int, engines: Engines
) -> None:
    others: dict[str, Callable[[], None]] = {}
    with (
        engines.fresh(kind) as url,
        tempfile.TemporaryDirectory(prefix="liuzhu-chaos-") as home,
    ):
        shooter = make_engine(url)
        if kind == POSTGRESQL:
            others["database"] = lambda: cut_connections(shooter)
        report = run_chaos(
            url, Path(home), orders=orders, kills=kills, seed=SEED, others=others
        )
        shooter.dispose()

    assert report.wrong == {}
    assert len(report.kills) == kills
    assert report.told["asked"] == orders
    # How many get through in a hundred is a matter of how busy the machine is.
    assert report.told["order done"] >= (orders * 0.9 if orders > 100 else 1)
