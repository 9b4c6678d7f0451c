"""A sheet's faulty rows to take home: the cells as they were, the faults beside."""

from typing import Any
from uuid import UUID

from dispatch.exchange.files import Value, read_table
from dispatch.exchange.kinds import KINDS
from dispatch.exchange.runs import get_run, open_file
from dispatch.exchange.trying import find_kind
from dispatch.exchange.workbooks import Cell, Page, workbook
from dispatch.log.audit import write_down
from dispatch.store.unit_of_work import UnitOfWork


def mark_faults(uow: UnitOfWork, run_id: UUID) -> tuple[str, bytes]:
    """A workbook of the rows that were left out; looked at, so written down.

    Returns:
        its name, and what is in it.

    Raises:
        NotFound, FileGone
    """
    run = get_run(uow, run_id)
    name = None if run.sheet_name == "CSV" else run.sheet_name
    table = read_table(open_file(uow.session, run), name)
    by_row: dict[int, list[dict[str, Any]]] = {}
    for found in run.findings:
        by_row.setdefault(found["row"], []).append(found)
    rows: list[list[Cell]] = []
    marks: dict[tuple[int, int], str] = {}
    for at, (number, faults) in enumerate(sorted(by_row.items())):
        cells = [_as_it_was(value) for value in table.rows[number - 1]]
        words = "；".join(f"{each['title']}：{each['words']}" for each in faults)
        rows.append([words, number, *cells])
        for each in faults:
            if each["field"] in run.mapping:
                marks[at, int(run.mapping[each["field"]]) + 2] = each["words"]
    write_down(uow, "download_faults", "import", run.id)
    page = Page("有问题的行", ["问题", "原表行号", *run.titles], rows, marks)
    head = f"{KINDS[run.kind].title}：{len(rows)} 行有问题，改好后可直接重新导入本表"
    content = workbook([page], head=head, made_at=uow.now)
    return f"问题行-{run.file_name.rsplit('.', 1)[0]}.xlsx", content


def make_template(uow: UnitOfWork, word: str) -> tuple[str, bytes]:
    """An empty sheet of a kind: every column, and what may stand in it.

    Raises:
        UnknownKind, NotYoursToImport
    """
    kind = find_kind(uow, word)
    titles = [column.title for column in kind.columns]
    notes = [
        [each.title, "必填" if each.required else "", "、".join(each.names)]
        for each in kind.columns
    ]
    pages = [
        Page(kind.title, titles, []),
        Page("填写说明", ["列名", "要求", "也认这些列名"], notes),
    ]
    head = f"{kind.title}模板（身份证号、电话请设为文本格式）"
    return f"{kind.title}模板.xlsx", workbook(pages, head=head, made_at=uow.now)


def _as_it_was(value: Value) -> Cell:
    return value if isinstance(value, Cell) else str(value)
