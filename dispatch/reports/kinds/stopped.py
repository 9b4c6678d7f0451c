"""The ledger of what was stopped and is to be given back."""

from typing import Final

from dispatch.access.masking import mask_name
from dispatch.clock import town_moment
from dispatch.people.vault import unseal
from dispatch.reports.figures import Looking
from dispatch.reports.tables import Column, Kind, Line, Table
from dispatch.subsidy.stop_book import STOP_WORDS, list_stopped

_DAY_SECONDS: Final = 86_400
_FENS: Final = ("too_much_fen", "deducted_fen", "recovered_fen")
_COLUMNS: Final = (
    Column("number", "档案编号"),
    Column("name", "姓名"),
    Column("why", "事由"),
    Column("happened_on", "发生日期"),
    Column("found_on", "发现日期"),
    Column("checked_by", "核实人"),
    Column("from_month", "停发起始月"),
    Column("too_much_fen", "其后已发(元)", Kind.FEN, "stops.ended/1"),
    Column("deducted_fen", "已扣回(元)", Kind.FEN, "stops.back/1"),
    Column("recovered_fen", "已追回(元)", Kind.FEN, "stops.back/1"),
    Column("handled", "处理"),
    Column("hands", "经办"),
)
_NOTE: Final = (
    "停发起始月来自当日规则；空白为规则不停发。已离世的老人不向家属追要，多发的从站点"
    "扣回，由另一人决定后记账。"
)


def stopped(look: Looking) -> list[Table]:
    """By the day on which it was found out; names are masked.

    What was granted after a death is shown to be looked into. Nothing is asked of a
    family by this sheet: a person decides, and the books then say what came of it.
    """
    since = town_moment(look.span.first_on, 0)
    before = town_moment(look.as_of, _DAY_SECONDS)
    book = list_stopped(look.session, look.actor, since, before)
    names = unseal(look.session, [one.event.elder_id for one in book], ["name"])
    lines = [
        Line(
            {
                "number": one.number,
                "name": mask_name(names.get(one.event.elder_id, {}).get("name", "")),
                "why": STOP_WORDS[one.event.kind],
                "happened_on": f"{one.event.happened_on}",
                "found_on": one.found_on,
                "checked_by": one.checked_by,
                "from_month": one.stops_from,
                **{name: getattr(one, name) for name in _FENS},
                "handled": one.handled,
                "hands": "、".join(one.hands),
            }
        )
        for one in book
    ]
    whole = {name: sum(getattr(one, name) for one in book) for name in _FENS}
    blank = {column.field: "" for column in _COLUMNS}
    persons = len({one.event.elder_id for one in book})
    total = Line({**blank, "number": f"合计 {persons} 人", **whole}, 0)
    return [Table("stopped", "停发与追回", _COLUMNS, (*lines, total), note=_NOTE)]
