"""Runs as people see them: counts, columns, and verdicts by the page."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch.access.accounts import Account
from dispatch.exchange.files import letters
from dispatch.exchange.kinds import KINDS
from dispatch.exchange.rows_named import NOBODY, name_rows
from dispatch.exchange.runs import ImportRun, get_run, list_runs
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """One run in the list of them."""

    id: UUID
    kind: str
    title: str
    state: str
    file_name: str
    sheet_name: str
    source: str
    row_count: int
    creates: int
    updates: int
    sames: int
    faulty: int
    made_at: datetime
    made_by: str
    confirmed_at: datetime | None
    confirmed_by: str | None
    again_of: UUID | None
    file_kept: bool


@dataclass(frozen=True)
class KindRow:
    """One kind of sheet that the actor may bring."""

    kind: str
    title: str


@dataclass(frozen=True, kw_only=True)
class ColumnRow:
    """One field, and the column of the sheet that holds it."""

    field: str
    title: str
    required: bool
    column: int | None
    header: str | None


@dataclass(frozen=True, kw_only=True)
class FaultRow:
    """One mistake in one cell."""

    cell: str
    title: str
    fault: str
    words: str


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """One row of the sheet: what confirming does with it."""

    row: int
    name: str  # as the role may see it; empty once the file is gone
    place: str
    act: str
    changes: list[str]
    notes: list[str]
    faults: list[FaultRow]


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """One run with its columns and a part of its rows, faulty ones first."""

    run: RunRow
    titles: list[str]
    columns: list[ColumnRow]
    total: int
    lines: list[LineRow]
    gone: int


def show_kinds(uow: UnitOfWork) -> list[KindRow]:
    """What the actor may bring in."""
    role = uow.actor.role
    return [
        KindRow(kind.word, kind.title) for kind in KINDS.values() if role in kind.roles
    ]


def show_runs(uow: UnitOfWork, *, limit: int = 50) -> list[RunRow]:
    """The last runs within reach."""
    return [_row(uow, run) for run in list_runs(uow, limit=limit)]


def show_run(
    uow: UnitOfWork, run_id: UUID, *, limit: int, offset: int, act: str | None = None
) -> RunPage:
    """One run; `act` keeps only the rows with that verdict.

    Raises:
        NotFound
    """
    run = get_run(uow, run_id)
    by_row: dict[int, list[FaultRow]] = {}
    for each in run.findings:
        told = FaultRow(
            cell=each["cell"],
            title=each["title"],
            fault=each["fault"],
            words=each["words"],
        )
        by_row.setdefault(each["row"], []).append(told)
    verdicts = [each for each in run.verdicts if act is None or each[1] == act]
    verdicts.sort(key=lambda each: (each[1] != "fault", each[0]))
    shown = verdicts[offset : offset + limit]
    named = name_rows(uow, run, {each[0] for each in shown})
    titles = {column.field: column.title for column in KINDS[run.kind].columns}
    return RunPage(
        run=_row(uow, run),
        titles=[
            f"{letters(at)} {title}".strip() for at, title in enumerate(run.titles)
        ],
        columns=_columns(run),
        total=len(verdicts),
        lines=[
            LineRow(
                row=row,
                name=named.get(row, NOBODY).name,
                place=named.get(row, NOBODY).place,
                act=verdict,
                changes=[titles.get(name, name) for name in changes],
                notes=notes,
                faults=by_row.get(row, []),
            )
            for row, verdict, changes, notes in shown
        ],
        gone=run.gone,
    )


def _columns(run: ImportRun) -> list[ColumnRow]:
    return [
        ColumnRow(
            field=column.field,
            title=column.title,
            required=column.required,
            column=at,
            header=run.titles[at] if at is not None else None,
        )
        for column in KINDS[run.kind].columns
        for at in [run.mapping.get(column.field)]
    ]


def _row(uow: UnitOfWork, run: ImportRun) -> RunRow:
    return RunRow(
        id=run.id,
        kind=run.kind,
        title=KINDS[run.kind].title,
        state=run.state.value,
        file_name=run.file_name,
        sheet_name=run.sheet_name,
        source=run.source,
        row_count=run.row_count,
        creates=run.creates,
        updates=run.updates,
        sames=run.sames,
        faulty=run.faulty,
        made_at=run.made_at,
        made_by=_who(uow, run.account_id) or "命令行",
        confirmed_at=run.confirmed_at,
        confirmed_by=_who(uow, run.confirmed_by),
        again_of=run.again_of,
        file_kept=run.file_until_at is not None,
    )


def _who(uow: UnitOfWork, account_id: UUID | None) -> str | None:
    account = uow.session.get(Account, account_id) if account_id else None
    return account.title if account else None
