"""The kinds of sheets that can be brought in."""

from collections.abc import Mapping
from typing import Final

from dispatch.exchange.complaint_sheet import (
    COMPLAINT_COLUMNS,
    judge_complaints,
    keep_complaints,
)
from dispatch.exchange.contact_sheet import (
    CONTACT_COLUMNS,
    judge_contacts,
    keep_contacts,
)
from dispatch.exchange.dish_sheet import DISH_COLUMNS, judge_dishes, keep_dishes
from dispatch.exchange.elder_columns import ELDER_COLUMNS
from dispatch.exchange.elder_judging import judge_elders
from dispatch.exchange.elder_keeping import keep_elders
from dispatch.exchange.helper_sheet import HELPER_COLUMNS, judge_helpers, keep_helpers
from dispatch.exchange.lines import SheetKind
from dispatch.exchange.match_sheet import MATCH_COLUMNS, judge_matches, keep_matches
from dispatch.exchange.order_sheet import ORDER_COLUMNS, judge_orders, keep_orders
from dispatch.exchange.roster_sheet import ROSTER_COLUMNS, judge_roster, keep_roster
from dispatch.exchange.station_sheet import (
    STATION_COLUMNS,
    judge_stations,
    keep_stations,
)

_STAFF: Final = frozenset({"station", "street", "district"})
_OFFICE: Final = frozenset({"street", "district"})
_DISTRICT: Final = frozenset({"district"})

KINDS: Final[Mapping[str, SheetKind]] = {
    kind.word: kind
    for kind in (
        SheetKind(
            "elders", "老人名单", ELDER_COLUMNS, _STAFF, judge_elders, keep_elders
        ),
        SheetKind(
            "contacts",
            "联系人名单",
            CONTACT_COLUMNS,
            _STAFF,
            judge_contacts,
            keep_contacts,
        ),
        SheetKind(
            "helpers", "助老员名单", HELPER_COLUMNS, _STAFF, judge_helpers, keep_helpers
        ),
        SheetKind(
            "stations",
            "驿站名录",
            STATION_COLUMNS,
            _DISTRICT,
            judge_stations,
            keep_stations,
        ),
        SheetKind(
            "dishes",
            "菜品库",
            DISH_COLUMNS,
            frozenset({"station", "district"}),
            judge_dishes,
            keep_dishes,
        ),
        SheetKind(
            "orders",
            "订餐名单",
            ORDER_COLUMNS,
            frozenset({"station"}),
            judge_orders,
            keep_orders,
            rehearses=True,
        ),
        SheetKind(
            "matches",
            "数据比对结果",
            MATCH_COLUMNS,
            _OFFICE,
            judge_matches,
            keep_matches,
        ),
        SheetKind(
            "complaints",
            "投诉工单",
            COMPLAINT_COLUMNS,
            _OFFICE,
            judge_complaints,
            keep_complaints,
            rehearses=True,
        ),
        SheetKind(
            "roster", "全量名单比对", ROSTER_COLUMNS, _OFFICE, judge_roster, keep_roster
        ),
    )
}
