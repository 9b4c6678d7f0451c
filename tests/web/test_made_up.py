"""Made-up requests to every route as every role: refused or done, never a failure."""

from importlib import import_module
from random import Random

import pytest

from tests.engines import POSTGRESQL, SQLITE, Engines
from tests.web.made_up import bent_tries, broken_by
from tests.web.matrix import Matrix, built, run


@pytest.mark.proves("S30")
def test_no_made_up_request_makes_a_server_error(matrix: Matrix) -> None:
    tried, broken = run(broken_by(matrix, bent_tries(matrix, Random(30), each=1)))

    assert broken == []
    assert tried > 1_000


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.proves("S30")
@pytest.mark.parametrize("kind", [SQLITE, POSTGRESQL])
def test_nor_do_many_thousands_bent_or_drawn(engines: Engines, kind: str) -> None:
    drawn_tries = import_module("tests.web.drawn_requests").drawn_tries
    with built(engines, kind) as matrix:
        bent, broken = run(broken_by(matrix, bent_tries(matrix, Random(kind), each=10)))
        drawn, more = run(broken_by(matrix, drawn_tries(matrix, number=30, each=10)))

    print(f"{kind}: {bent} bent, {drawn} drawn")  # noqa: T201 - docs/figures.md
    assert broken + more == []
    assert (bent > 10_000, drawn > 5_000) == (True, True)
