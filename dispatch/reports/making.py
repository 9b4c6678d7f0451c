"""Making a report: its tables, and beside them where every figure is from."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from dispatch.errors import NotFound
from dispatch.people.places import Station, Street
from dispatch.reports.figures import Looking, looking
from dispatch.reports.kinds import KINDS, ReportKind
from dispatch.reports.queries import QUERIES
from dispatch.reports.spans import BadPeriod
from dispatch.reports.suppressing import suppress
from dispatch.reports.tables import Report, Source, Table
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.months.periods import Period, PeriodState, find_period
from dispatch.subsidy.rule_versions import rules_on

_STATES = {
    PeriodState.OPEN: "未月结",
    PeriodState.CLOSING: "公示中",
    PeriodState.CLOSED: "已月结",
}
SUPPRESSED = "对外公布：少于 5 人的格子以 ＊ 隐去，并隐去足以推算它们的格子。"


class NoSuchReport(NotFound):
    """没有这张报表。"""

    code = "no_such_report"


def kind_of(name: str) -> ReportKind:
    """Raises: NoSuchReport."""
    if found := KINDS.get(name):
        return found
    raise NoSuchReport


def make_report(
    uow: UnitOfWork, name: str, period: str, *, outside: bool = False
) -> Report:
    """A report of a period, within the actor's reach.

    Args:
        outside: it is shown outside the offices, so that small cells are hidden.

    Raises:
        NoSuchReport, BadPeriod
    """
    kind = kind_of(name)
    look = looking(uow.session, uow.actor, period)
    if kind.weeks != look.span.is_week:
        raise BadPeriod
    with _nothing_collected():
        tables = tuple(kind.make(look))
    if outside:
        tables = tuple(suppress(table) for table in tables)
    books = books_of(look)
    return Report(
        name=name,
        title=kind.title,
        period=period,
        period_title=look.span.title,
        reach=_reach(uow),
        as_of=look.as_of,
        state=_STATES[books.state if books else PeriodState.OPEN],
        head_hash=(books.head_hash if books else None) or "",
        rules=_rules(look),
        tables=tables,
        sources=_sources(tables),
        denominators=_denominators(look) if kind.denominators else (),
        notes=(*kind.notes, *((SUPPRESSED,) if outside else ())),
        hands=kind.hands,
    )


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """While tens of thousands of rows are read, Python would look for garbage among
    all of them again and again, which takes as long as the reading.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def books_of(look: Looking) -> Period | None:
    """The month of the books that a report of a month is about, if anybody began it."""
    if not look.span.is_month:
        return None
    return find_period(look.session, look.span.words)


def is_closed(look: Looking) -> bool:
    """Its books never change again."""
    books = books_of(look)
    return books is not None and books.state is PeriodState.CLOSED


def reach_key(uow: UnitOfWork) -> str:
    """Whose part of the district somebody sees."""
    actor = uow.actor
    return str(actor.station_id or actor.street_code or "district")


def _reach(uow: UnitOfWork) -> str:
    actor, session = uow.actor, uow.session
    if actor.station_id and (station := session.get(Station, actor.station_id)):
        return station.name
    if actor.street_code and (street := session.get(Street, actor.street_code)):
        return street.name
    return "全区"


def _rules(look: Looking) -> tuple[str, ...]:
    """The rules in force on the first and the last day."""
    held = [rules_on(look.session, on) for on in (look.span.first_on, look.as_of)]
    return tuple(dict.fromkeys(rules.policy.version.id for rules in held))


def _sources(tables: tuple[Table, ...]) -> tuple[Source, ...]:
    """What stands under its columns, and in columns that name a query themselves."""
    used = {column.query for table in tables for column in table.columns}
    told = {line.cells.get("query") for table in tables for line in table.lines}
    return tuple(
        Source(query, words)
        for query, words in QUERIES.items()
        if query in used or query in told
    )


def _denominators(look: Looking) -> tuple[str, ...]:
    rosters = (look.entitled, look.signed)
    return tuple(f"{roster.version}，{len(roster)} 人" for roster in rosters)
