"""The failure catalogue and the tests that name its rows are of one mind."""

from dispatch.figures import catalogue, proofs_in
from tests.test_house import ROOT

ROWS = [*(f"F{n:02}" for n in range(1, 103)), *(f"S{n:02}" for n in range(1, 31))]


def test_the_catalogue_has_every_row_once_and_tests_name_only_such_rows() -> None:
    rows = catalogue()

    assert [row.name for row in rows] == ROWS
    assert set(proofs_in(ROOT)) <= set(ROWS)
    assert [row.name for row in rows if row.tests and row.why_no_test] == []
