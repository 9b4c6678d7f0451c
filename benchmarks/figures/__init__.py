"""The figures that are shown: which cells each needs, and its table."""

from typing import Final

from benchmarks.figures.city import CITY
from benchmarks.figures.figure import Figure
from benchmarks.figures.lunches import FIRST_PLANS, HOT_LIMITS, LARGE, MIDDLE
from benchmarks.figures.public_sets import CARE_DAYS, PAIRS, WINDOWS_ONLY
from benchmarks.figures.waves import WAVES

FIGURES: Final[tuple[Figure, ...]] = (
    MIDDLE,
    LARGE,
    FIRST_PLANS,
    HOT_LIMITS,
    WAVES,
    CARE_DAYS,
    PAIRS,
    WINDOWS_ONLY,
    CITY,
)
__all__ = ["FIGURES", "Figure"]
