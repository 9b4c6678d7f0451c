"""The payout sheet: what each street is due, what is put right, who pays it."""

from typing import Final

from dispatch.reports.figures import Looking
from dispatch.reports.kinds.money import paid_by_payer, station_side
from dispatch.reports.kinds.naming import stations_by_id, street_names
from dispatch.reports.sums import Group, Sums, sums_by, total_of
from dispatch.reports.tables import Cell, Column, Kind, Line, Table
from dispatch.subsidy.budgets import list_budgets
from dispatch.subsidy.ledger_accounts import AccountKind
from dispatch.subsidy.payers import Source, list_payers

_STREET: Final = (
    Column("seq", "序号", Kind.COUNT),
    Column("name", "所属街道"),
    Column("persons", "本月应发人数", Kind.COUNT, "ledger.granted_persons/1"),
    Column("own_fen", "本月应发金额(元)", Kind.FEN, "ledger.subsidy/1"),
    Column("late_times", "补发人次", Kind.COUNT, "ledger.orders/1"),
    Column("late_fen", "补发金额(元)", Kind.FEN, "ledger.late/1"),
    Column("back_fen", "扣回金额(元)", Kind.FEN, "ledger.back/1"),
    Column("station_fen", "驿站补贴(元)", Kind.FEN, "ledger.station_side/1"),
    Column("total_fen", "总计拨款(元)", Kind.FEN, "ledger.subsidy/1"),
    Column("note", "备注"),
)
_SOURCES: Final = {
    Source.PERSON: "个人",
    Source.ENTERPRISE: "企业",
    Source.GOVERNMENT: "政府",
    Source.COLLECTIVE: "集体",
    Source.SOCIETY: "社会",
}


def payout(look: Looking) -> list[Table]:
    tables = [_streets(look), _payers(look)]
    if look.actor.role in ("district", "system"):
        tables.append(_budgets(look))
    return tables


def _streets(look: Looking) -> Table:
    """By the street of the point; the street of the elder stands on each line."""
    by = ("street_code", "service_month")
    sums = sums_by(look.session, look.actor, look.span, by)
    names, support = street_names(look.session), _support_by_street(look)
    codes = sorted({group[0] for group in sums} | support.keys())
    lines = [
        _line(
            {"seq": number, "name": names.get(code, code)},
            *_parts(look, {g: one for g, one in sums.items() if g[0] == code}),
            support.get(code, 0),
        )
        for number, code in enumerate(codes, start=1)
    ]
    own, late, back = _parts(look, sums)
    everybody = {"service_month": _own_months(look)}
    whole = total_of(look.session, look.actor, look.span, everybody)
    own = (whole.granted_persons, own[1])
    first: dict[str, Cell] = {"seq": None, "name": "合计"}
    total = _line(first, own, late, back, sum(support.values()), level=0)
    return Table(
        *("streets", "按街道", _STREET, (*lines, total)), bars=("name", "total_fen")
    )


def _own_months(look: Looking) -> list[str]:
    first, last = look.span.first_on, look.span.last_on
    return [f"{first.year}-{month:02d}" for month in range(first.month, last.month + 1)]


def _parts(
    look: Looking, sums: dict[Group, Sums]
) -> tuple[tuple[int, int], tuple[int, int], int]:
    """Persons and fen of its own months; times and fen of what is late; what is back.

    Insurance pays by itself and is on no payout sheet.
    """
    own_months = set(_own_months(look))
    persons = own_fen = times = late_fen = back_fen = 0
    for (_, month), one in sums.items():
        fen = one.subsidy_fen + one.coupon_fen
        if month in own_months:
            persons, own_fen = persons + one.granted_persons, own_fen + fen
        elif fen >= 0:
            times, late_fen = times + max(one.orders, 0), late_fen + fen
        else:
            back_fen += fen
    return (persons, own_fen), (times, late_fen), back_fen


def _line(
    first: dict[str, Cell],
    own: tuple[int, int],
    late: tuple[int, int],
    back_fen: int,
    station_fen: int,
    level: int = 1,
) -> Line:
    figures = {
        "persons": own[0],
        "own_fen": own[1],
        "late_times": late[0],
        "late_fen": late[1],
        "back_fen": back_fen,
        "station_fen": station_fen,
        "total_fen": own[1] + late[1] + back_fen + station_fen,
    }
    return Line({**first, **figures, "note": ""}, level)


def _support_by_street(look: Looking) -> dict[str, int]:
    stations, found = stations_by_id(look.session), dict[str, int]()
    for station_id, fen in station_side(look).items():
        code = stations[station_id].street_code
        found[code] = found.get(code, 0) + fen
    return found


def _payers(look: Looking) -> Table:
    """Who owes it, of which of the five; what was paid already, what is left."""
    payers, paid = list_payers(look.session), paid_by_payer(look)
    owed: dict[str, int] = {}
    for (kind, payer), fen in look.sums.grants.items():
        if kind != AccountKind.EXTERNAL:
            owed[payer] = owed.get(payer, 0) + fen
    lines = []
    for name in sorted(owed.keys() | paid.keys()):
        known = payers.get(name)
        lines.append(
            _payer_line(
                known.name if known else name,
                _SOURCES[known.source] if known else "",
                owed.get(name, 0),
                paid.get(name, 0),
            )
        )
    total = _payer_line("合计", "", sum(owed.values()), sum(paid.values()), level=0)
    columns = (
        Column("name", "出资方"),
        Column("source", "五方"),
        Column("owed_fen", "本期应付(元)", Kind.FEN, "ledger.subsidy/1"),
        Column("paid_fen", "本期已付(元)", Kind.FEN, "ledger.subsidy/1"),
        Column("left_fen", "结余应付(元)", Kind.FEN, "ledger.subsidy/1"),
    )
    note = "本期应付为老人侧补贴与消费券；驿站补贴见上表。"
    return Table("payers", "按出资方", columns, (*lines, total), note=note)


def _payer_line(name: str, source: str, owed: int, paid: int, level: int = 1) -> Line:
    figures = {"owed_fen": owed, "paid_fen": paid, "left_fen": owed - paid}
    return Line({"name": name, "source": source, **figures}, level)


def _budgets(look: Looking) -> Table:
    """Each payer's year: what was allotted, granted, transferred, and is left."""
    payers = list_payers(look.session)
    lines = [
        Line(
            {
                "name": payers[one.payer].name if one.payer in payers else one.payer,
                "fen": one.fen or None,
                "granted_fen": one.granted_fen,
                "paid_fen": one.paid_fen,
                "left_fen": one.left_fen if one.fen else None,
            }
        )
        for one in list_budgets(look.session, look.as_of.year)
    ]
    figures = {
        "fen": ("拨款(元)", "budget.set/1"),
        "granted_fen": ("支出(元)", "budget.granted/2"),
        "paid_fen": ("已拨付(元)", "budget.granted/2"),
        "left_fen": ("结余(元)", "budget.set/1"),
    }
    sums = {name: sum(int(line.cells[name] or 0) for line in lines) for name in figures}
    columns = (
        Column("name", "出资方"),
        *(
            Column(name, title, Kind.FEN, query)
            for name, (title, query) in figures.items()
        ),
    )
    total = Line({"name": "合计", **sums}, 0)
    title = f"{look.as_of.year} 年预算与结余"
    return Table("budgets", title, columns, (*lines, total))
