"""Pieces of which every web is made: rows of links, and who is near whom."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from routing.linked.web import Floats, Ints

_APART = 0.3  # what a second between the openings counts beside one of way


class Link(NamedTuple):
    """`then` begins at least `low` after `first`, which may be negative."""

    first: int
    then: int
    low: float

    def reversed(self) -> "Link":
        return Link(self.then, self.first, self.low)


def rows_of(nodes: int, links: Sequence[Link]) -> tuple[Ints, Ints, Floats]:
    """Links sorted by where they begin: where each node's rows start, ends, lows."""
    ordered = sorted(links)
    starts = np.searchsorted([link.first for link in ordered], np.arange(nodes + 1))
    ends = np.array([link.then for link in ordered], dtype=np.int32)
    lows = np.array([link.low for link in ordered], dtype=np.float64)
    return starts.astype(np.int32), ends, lows


def neighbours(way: Floats, opens: Floats, jobs: Sequence[tuple[int, int]]) -> Ints:
    """Per job the others, nearest in place and time first; two stops: the nearer."""
    first = np.array([job[0] for job in jobs], dtype=np.int64)
    second = np.array([job[1] if job[1] >= 0 else job[0] for job in jobs], np.int64)
    apart = way + _APART * np.abs(opens[:, None] - opens[None, :])
    size = len(jobs)
    far = np.full((size, size), np.inf)
    for one in (first, second):
        for other in (first, second):
            far = np.minimum(far, apart[one[:, None], other[None, :]])
    np.fill_diagonal(far, -1.0)
    return np.argsort(far, axis=1, kind="stable")[:, 1:].astype(np.int32)
