"""Photos and signatures: from the phone in pieces, to a desk one by one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response

from dispatch.field.photographing import (
    Kept,
    PhotoRow,
    Piece,
    keep_piece,
    open_photo,
    show_photos,
)
from dispatch.field.photos import MOST_BYTES, PhotoKind
from web.deps import HandsIn, Staff, helper_of
from web.wire import Answer, StrictRoute, as_picture

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["courier"])
Hash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Query(ge=1, le=MOST_BYTES)]
Begin = Annotated[int, Query(ge=0, le=MOST_BYTES)]


@router.post("/field/photos/{sha256}", response_model=Kept)
def post_piece(
    sha256: Hash,
    order_id: UUID,
    kind: PhotoKind,
    size: Size,
    begin: Begin,
    caller: HandsIn,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    look: Annotated[str | None, Query(pattern=r"^[0-9a-f]{16}$")] = None,
) -> Answer:
    """The next piece of a picture; the answer says how much is here."""
    own = helper_of(caller)
    piece = Piece(sha256, kind, size, begin, content, look)
    return Answer(caller.change(lambda uow: keep_piece(uow, own, order_id, piece)))


@router.get("/orders/{order_id}/photos", response_model=list[PhotoRow])
def get_photos(order_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: show_photos(uow, order_id)))


@router.post("/photos/{photo_id}/open")
def post_open_photo(photo_id: UUID, caller: Staff) -> Response:
    """The picture itself; who looked at it is written down."""
    media, content = caller.change(lambda uow: open_photo(uow, photo_id))
    return as_picture(photo_id, media, content)
