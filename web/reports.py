"""Reports: as tables for the page, as files, and down to the lines for a purpose."""

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Body, Query, Response

from dispatch.reports.kinds import KINDS
from dispatch.reports.looking_into import look_into
from dispatch.reports.making import make_report
from dispatch.reports.printing import file_name, print_report
from dispatch.reports.prints import PrintForm
from dispatch.reports.templates import fill_report
from web.deps import BooksReader, Importer
from web.imports import download
from web.schemas.reports import LinesForm, PeriodWords, PrintingForm
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/reports", route_class=StrictRoute, tags=["reports"])
_TYPES: Final = {PrintForm.PDF: "application/pdf"}


@router.get("")
def get_reports(caller: Importer) -> Answer:
    """Every report there is: its name, its title, whether it is about a week."""
    return Answer(
        [
            {"name": kind.name, "title": kind.title, "weeks": kind.weeks}
            for kind in KINDS.values()
        ]
    )


@router.get("/{name}")
def get_report(
    name: str, period: PeriodWords, caller: Importer, outside: bool = False
) -> Answer:
    """One report as tables; `outside` hides small cells."""
    made = caller.read(lambda uow: make_report(uow, name, period, outside=outside))
    return Answer(asdict(made))


@router.post("/lines")
def post_lines(form: LinesForm, caller: BooksReader) -> Answer:
    """The lines behind a figure. Looking is a deed: its purpose is kept."""
    page = caller.change(
        lambda uow: look_into(
            uow,
            form.period,
            form.to_filter(),
            form.purpose,
            limit=form.limit,
            after=form.after.to_key() if form.after else None,
        )
    )
    return Answer(page)


@router.post("/{name}/print", response_class=Response)
def post_print(name: str, form: PrintingForm, caller: Importer) -> Response:
    """The report as XLSX or PDF, the same bytes each time."""
    content = caller.change(
        lambda uow: print_report(
            uow, name, form.period, form.form, outside=form.outside
        )
    )
    called = file_name(name, form.period, form.form, outside=form.outside)
    answer = download(called, content)
    answer.headers["Content-Type"] = _TYPES.get(form.form, answer.media_type or "")
    return answer


@router.post("/{name}/template", response_class=Response)
def post_template(
    name: str,
    asked: Annotated[PrintingForm, Query()],
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    caller: Importer,
) -> Response:
    """The report written into somebody's own workbook, which is sent along."""
    made = caller.change(
        lambda uow: fill_report(uow, name, asked.period, content, outside=asked.outside)
    )
    called = file_name(name, asked.period, PrintForm.XLSX, outside=asked.outside)
    return download(called, made)
