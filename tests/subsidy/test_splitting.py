"""Splitting: whole fen, to the last one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.subsidy.splitting import share_out

WEIGHTS = st.lists(st.integers(0, 1000), min_size=1, max_size=6).filter(any)


def test_thirty_percent_of_12_35_is_shared_by_three() -> None:
    assert share_out(370, [1, 1, 1]) == [124, 123, 123]
    assert share_out(370, [60, 25, 15]) == [222, 93, 55]
    assert share_out(-370, [60, 25, 15]) == [-222, -93, -55]


@given(st.integers(-(10**8), 10**8), WEIGHTS)
@pytest.mark.proves("F88")
def test_shares_add_up_to_the_fen_and_are_fair(fen: int, weights: list[int]) -> None:
    parts = share_out(fen, weights)
    assert sum(parts) == fen
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - fen * weight) < sum(weights)
