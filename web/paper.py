"""Paper: packs to print before the rounds, and route sheets that come back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from dispatch.clock import town_day
from dispatch.paper.showing import Packs, make_again, open_pack, show_packs
from dispatch.paper.typing_in import SheetRow, read_sheet
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Staff
from web.schemas.field import PackForm
from web.schemas.shapes import Day
from web.wire import Answer, StrictRoute, as_file

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["paper"])
SheetNumber = Annotated[str, Path(pattern=r"^[0-9a-fA-F]{4}$")]


@router.get("/packs", response_model=Packs)
def get_packs(sitting_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: show_packs(uow, sitting_id)))


@router.post("/packs", response_model=Packs)
def post_pack(form: PackForm, caller: Staff) -> Answer:
    """Make the next edition, unless the last one still holds."""
    return Answer(make_again(caller.database, caller.actor, form.sitting_id))


@router.post("/packs/{pack_id}/open")
def post_open_pack(pack_id: UUID, caller: Staff) -> Response:
    """The PDF, for printing; who opened it is written down."""
    pdf = caller.change(lambda uow: open_pack(uow, pack_id))
    headers = as_file(f"{pack_id}.pdf")
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/route-sheets/{number}", response_model=list[SheetRow])
def get_route_sheet(
    number: SheetNumber, caller: Staff, on: Day | None = None
) -> Answer:
    def show(uow: UnitOfWork) -> list[SheetRow]:
        return read_sheet(uow, number, on or town_day(uow.now))

    return Answer(caller.read(show))
