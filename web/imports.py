"""Sheets brought in: looked through, corrected, confirmed, looked at later."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from starlette.requests import ClientDisconnect

from dispatch.exchange.bringing import confirm_sheet, try_otherwise, try_sheet
from dispatch.exchange.marking import make_template, mark_faults
from dispatch.exchange.runs import ImportRun
from dispatch.exchange.showing import (
    KindRow,
    RunPage,
    RunRow,
    show_kinds,
    show_run,
    show_runs,
)
from dispatch.exchange.trying import SheetFile, drop
from web.deps import Caller, Importer
from web.schemas.exchange import ColumnsForm
from web.schemas.shapes import Limit, Offset
from web.wire import Answer, StrictRoute, as_file

router = APIRouter(prefix="/api/imports", route_class=StrictRoute, tags=["sheets"])
BYTES = "application/octet-stream"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Word = Annotated[str, Query(max_length=24)]
Name = Annotated[str, Query(max_length=260)]  # what file systems allow
Act = Literal["create", "update", "same", "fault"]


def download(name: str, content: bytes) -> Response:
    """A file with a Chinese name."""
    return Response(content, media_type=XLSX, headers=as_file(name))


@router.get("/kinds", response_model=list[KindRow])
def get_kinds(caller: Importer) -> Answer:
    return Answer(caller.read(show_kinds))


@router.get("/kinds/{kind}/template.xlsx", response_class=Response)
def get_template(kind: str, caller: Importer) -> Response:
    return download(*caller.read(lambda uow: make_template(uow, kind)))


@router.get("", response_model=list[RunRow])
def get_imports(caller: Importer) -> Answer:
    return Answer(caller.read(show_runs))


async def _sent(request: Request, _caller: Importer) -> bytes:
    """The file, read when it is known whose it is: no stranger sends twenty million
    bytes."""
    try:
        return await request.body()
    except ClientDisconnect:
        raise HTTPException(400) from None  # which nobody hears any more


_FILE = {"type": "string", "contentMediaType": BYTES, "title": "Content"}
_SENT = {"required": True, "content": {BYTES: {"schema": _FILE}}}


@router.post(
    "",
    status_code=201,
    response_model=RunPage,
    openapi_extra={"requestBody": _SENT},
)
def post_import(
    kind: Word,
    name: Name,
    content: Annotated[bytes, Depends(_sent)],
    caller: Importer,
    sheet: Annotated[str | None, Query(max_length=60)] = None,
    source: Annotated[str, Query(max_length=40)] = "",
) -> Answer:
    """Look a file through; nothing is written until somebody confirms."""
    file = SheetFile(kind, name, content, sheet, None, source)
    return _shown(caller, try_sheet(caller.database, file, caller.actor), 201)


@router.get("/{run_id}", response_model=RunPage)
def get_import(
    run_id: UUID,
    caller: Importer,
    act: Act | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Answer:
    return Answer(
        caller.read(
            lambda uow: show_run(uow, run_id, act=act, limit=limit, offset=offset)
        )
    )


@router.post("/{run_id}/columns", status_code=201, response_model=RunPage)
def post_columns(run_id: UUID, form: ColumnsForm, caller: Importer) -> Answer:
    """The same file with other columns; the run before it is dropped."""
    run = try_otherwise(caller.database, run_id, form.columns, caller.actor)
    return _shown(caller, run, 201)


@router.post("/{run_id}/confirm", response_model=RunPage)
def post_confirm(run_id: UUID, caller: Importer) -> Answer:
    """Write the good rows; confirmed again it changes nothing."""
    return _shown(caller, confirm_sheet(caller.database, run_id, caller.actor))


@router.post("/{run_id}/drop", response_model=RunPage)
def post_drop(run_id: UUID, caller: Importer) -> Answer:
    return _shown(caller, caller.change(lambda uow: drop(uow, run_id)))


@router.get("/{run_id}/faults.xlsx", response_class=Response)
def get_faults(run_id: UUID, caller: Importer) -> Response:
    """The faulty rows as they were, with the faults beside; written down."""
    return download(*caller.change(lambda uow: mark_faults(uow, run_id)))


def _shown(caller: Caller, run: ImportRun, status: int = 200) -> Answer:
    page = caller.read(lambda uow: show_run(uow, run.id, limit=50, offset=0))
    return Answer(page, status_code=status)
