"""What food must keep to; every figure of it in one place.

The sources are the catering rules that districts quote: hot food is at 60 °C or
above, or eaten within two hours; of each dish 125 g are kept for 48 hours, chilled.
"""

from datetime import timedelta
from typing import Final

EATEN_WITHIN: Final = timedelta(hours=2)  # since it was last known to be hot
HOT_TENTHS: Final = 600
CHILLED_TENTHS: Final = (0, 80)
SAMPLE_GRAMS: Final = 125
SAMPLE_KEPT: Final = timedelta(hours=48)
ILL_WITHIN: Final = timedelta(hours=72)  # longest time in which bad food shows itself
ILL_TOGETHER: Final = 2
SMALLEST_TENTHS, LARGEST_TENTHS = -400, 1500
