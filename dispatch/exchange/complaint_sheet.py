"""The sheet of complaints (投诉工单): what the 12345 hotline hands on."""

from functools import partial
from typing import Final
from uuid import UUID

from dispatch.exchange import cells
from dispatch.exchange.columns import Column
from dispatch.exchange.lines import Line, Sheet, refuse_missing, twice
from dispatch.exchange.rehearsing import rehearse
from dispatch.exchange.stations_named import NamedStations
from dispatch.quality.complaining import ComplaintDraft, TicketKnown, note_complaint
from dispatch.quality.complaints import ComplaintFrom
from dispatch.store.unit_of_work import UnitOfWork

_SOURCES: Final = {
    "12345": ComplaintFrom.HOTLINE,
    "12345热线": ComplaintFrom.HOTLINE,
    "热线": ComplaintFrom.HOTLINE,
    "电话": ComplaintFrom.PHONE,
    "来访": ComplaintFrom.VISIT,
    "来信": ComplaintFrom.LETTER,
}

COMPLAINT_COLUMNS: Final = (
    Column("ticket_no", "工单编号", cells.text(40), ("工单号", "受理编号"), True),
    Column("got_on", "受理日期", cells.day, ("来电日期", "派单日期", "日期"), True),
    Column("words", "诉求内容", cells.text(500), ("反映内容", "内容", "诉求"), True),
    Column("station", "被反映站点", cells.text(60), ("驿站", "站点", "站点名称")),
    Column("order", "订单号", cells.text(24), ("订单编号",)),
    Column("due_on", "办理期限", cells.day, ("答复期限", "截止日期")),
    Column("source", "来源", cells.one_of(_SOURCES), ("诉求来源",)),
)


def judge_complaints(uow: UnitOfWork, sheet: Sheet) -> None:
    """Each ticket is entered for a try, by every rule there is, and all taken back.

    Needs a transaction that may write; nothing of it stays.
    """
    stations = NamedStations(uow)
    for line in sheet.lines:
        if "station" in line.values:
            line.plan = stations.judge(sheet, line)
        elif "order" not in line.values and uow.actor.street_code is None:
            refuse_missing(sheet, line, "station", "请填写被反映站点或订单号")
    list(twice(sheet, _same, "ticket_no"))
    rehearse(uow, sheet, partial(_note, uow), TicketKnown, "ticket_no")


def keep_complaints(uow: UnitOfWork, sheet: Sheet, _run_id: UUID) -> None:
    """Enter what the rehearsal found good; an order that is named is asked about."""
    for line in sheet.to_do():
        _note(uow, line)


def _note(uow: UnitOfWork, line: Line) -> None:
    note_complaint(uow, _draft(line))


def _draft(line: Line) -> ComplaintDraft:
    values = line.values
    return ComplaintDraft(
        source=values.get("source", ComplaintFrom.HOTLINE),
        ticket_no=values["ticket_no"],
        got_on=values["got_on"],
        words=values["words"],
        station_id=line.plan.id if line.plan is not None else None,
        order_number=values.get("order"),
        due_on=values.get("due_on"),
    )


def _same(line: Line) -> object:
    return line.values.get("ticket_no")
