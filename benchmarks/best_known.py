"""Best known values of the public instances, in each set's own convention."""

from typing import Final, NamedTuple


class Best(NamedTuple):
    """`vehicles` where the literature counts them first; `words`: its other name."""

    cost: float
    vehicles: int | None = None
    words: str = ""


LI_LIM: Final = {
    "lc101": Best(828.94, 10),
    "lr105": Best(1377.11, 14),
    "lrc203": Best(1089.07, 3),
    "LRC1_2_1": Best(3606.06, 19),
    "LR1_2_4": Best(3027.06, 10),
    "LRC1_4_4": Best(5803.31, 19),
    "LR1_6_1": Best(22821.65, 59),
}

# Total distance in the DIMACS convention: one decimal, truncated.
WINDOWS: Final = {
    "C104": Best(822.9),
    "R108": Best(932.1),
    "RC204": Best(783.5),
    "c1_2_9": Best(2639.6),
    "r1_2_4": Best(3047.6),
    "rc2_2_4": Best(1854.8),
    "r1_4_5": Best(9184.6),
    "rc1_4_3": Best(7516.9),
    "c1_10_9": Best(40288.4),
    "r1_10_5": Best(50406.7),
    "rc2_10_5": Best(25797.5),
}

# (distance + tardiness + largest tardiness) / 3, published values.
CARE: Final = {
    "InstanzCPLEX_HCSRP_10_1": Best(218.2, words="A1"),
    "InstanzCPLEX_HCSRP_10_2": Best(246.6, words="A2"),
    "InstanzCPLEX_HCSRP_10_3": Best(305.9, words="A3"),
    "InstanzCPLEX_HCSRP_10_4": Best(186.9, words="A4"),
    "InstanzCPLEX_HCSRP_10_5": Best(189.5, words="A5"),
    "InstanzCPLEX_HCSRP_10_6": Best(200.1, words="A6"),
    "InstanzCPLEX_HCSRP_25_1": Best(428.1, words="B1"),
    "InstanzCPLEX_HCSRP_25_2": Best(476.2, words="B2"),
    "InstanzCPLEX_HCSRP_25_3": Best(399.2, words="B3"),
    "InstanzCPLEX_HCSRP_50_1": Best(965.2, words="C1"),
    "InstanzCPLEX_HCSRP_75_2": Best(684.3, words="D2"),
}

BEST_KNOWN: Final = {**LI_LIM, **WINDOWS, **CARE}
