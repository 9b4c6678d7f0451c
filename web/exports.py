"""Forms out, export profiles, and what registries propose."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Response

from dispatch.exchange.deciding import ProposalPage, decide_all, show_proposals
from dispatch.exchange.exporting import FormRow, export, keep_profile, show_forms
from dispatch.exchange.profiles import ProfileRow, show_profile, show_profiles
from web.deps import Importer, Officer
from web.imports import download
from web.schemas.exchange import DecideForm, ExportForm, ProfileForm
from web.schemas.shapes import Limit, Offset
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["sheets"])


@router.get("/exports", response_model=list[FormRow])
def get_exports(caller: Importer) -> Answer:
    return Answer(caller.read(show_forms))


@router.post("/exports/{form}", response_class=Response)
def post_export(form: str, wish: ExportForm, caller: Importer) -> Response:
    """A form as a workbook; masked unless a reason is given and the role may see."""
    wanted = wish.to_wish(form)
    return download(*caller.change(lambda uow: export(uow, wanted)))


@router.post("/exports/{form}/template", response_class=Response)
def post_template(
    form: str,
    asked: Annotated[ExportForm, Query()],
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    caller: Importer,
) -> Response:
    """The form written into somebody's own workbook, which is sent along."""
    wanted = asked.to_wish(form)
    return download(*caller.change(lambda uow: export(uow, wanted, content)))


@router.get("/export-profiles", response_model=list[ProfileRow])
def get_profiles(caller: Importer) -> Answer:
    return Answer(caller.read(show_profiles))


@router.post("/export-profiles", response_model=ProfileRow)
def post_profile(form: ProfileForm, caller: Officer) -> Answer:
    """Keep a mapping under its name, replacing what was there."""
    columns = [each.model_dump() for each in form.columns]
    kept = caller.change(lambda uow: keep_profile(uow, form.name, form.form, columns))
    return Answer(show_profile(kept))


@router.get("/proposals", response_model=ProposalPage)
def get_proposals(caller: Importer, limit: Limit = 50, offset: Offset = 0) -> Answer:
    """What registries say, still open: how many of each kind, and a page of them."""
    return Answer(
        caller.read(lambda uow: show_proposals(uow, limit=limit, offset=offset))
    )


@router.post("/proposals/decide", response_model=ProposalPage)
def post_decide(form: DecideForm, caller: Importer) -> Answer:
    """One answer to every open proposal of a kind and a source."""

    caller.change(
        lambda uow: decide_all(
            uow,
            form.kind,
            form.source,
            accepting=form.answer == "accept",
            words=form.words,
            station_id=form.station_id,
        )
    )
    return Answer(caller.read(lambda uow: show_proposals(uow, limit=50, offset=0)))
