"""The kinds of sheets that can be brought in."""

from collections.abc import Mapping
from typing import Final

from dispatch.exchange.elder_columns import ELDER_COLUMNS
from dispatch.exchange.elder_judging import judge_elders
from dispatch.exchange.elder_keeping import keep_elders
from dispatch.exchange.lines import SheetKind

_STAFF: Final = frozenset({"station", "street", "district"})

ELDERS: Final = SheetKind(
    "elders", "老人名单", ELDER_COLUMNS, _STAFF, judge_elders, keep_elders
)

KINDS: Final[Mapping[str, SheetKind]] = {kind.word: kind for kind in (ELDERS,)}
