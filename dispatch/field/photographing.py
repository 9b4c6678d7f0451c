"""Taking in a picture piece by piece, and showing it to who may see it.

A picture never raises a meal's grade, and nothing waits for it. What a visit is proved
by is graded again when its picture is here. One that was sent for another order before
is told: somebody looks at both.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, delete, select

from dispatch.access.scope import get_scoped
from dispatch.errors import NotAllowed, NotFound
from dispatch.field.acting import act_on_order
from dispatch.field.photos import (
    MOST_BYTES,
    FieldPhoto,
    PhotoKind,
    PhotoPiece,
    find_photo,
    list_photos,
    list_pieces,
)
from dispatch.field.pictures import NotThisPicture, bare, media_of
from dispatch.log.audit import write_down
from dispatch.orders.orders import Order, get_order, tell_order
from dispatch.people.elders import Elder
from dispatch.people.vault import open_file, seal_file
from dispatch.planning.plans import Round, Stop, StopOrder
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork

MOST_PIECE_BYTES: Final = 262_144


class NoPhotoConsent(NotAllowed):
    """老人没有同意拍照（或已撤回同意），照片没有保存。"""

    code = "no_photo_consent"


@dataclass(frozen=True)
class Piece:
    """So many bytes of a picture, from `begin` on; `look` is the phone's own word."""

    sha256: str
    kind: PhotoKind
    size: int
    begin: int
    content: bytes
    look: str | None = None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How much of a picture is here; the phone goes on from there."""

    have: int
    whole: bool


@dataclass(frozen=True, kw_only=True)
class PhotoRow:
    """A picture in a list; to open it is written down."""

    id: UUID
    kind: str
    at: datetime


def keep_piece(uow: UnitOfWork, helper_id: UUID, order_id: UUID, piece: Piece) -> Kept:
    """Keep the next piece; one that is not the next changes nothing.

    Raises:
        NotFound: the order was never on a round of this helper.
        NoPhotoConsent: a photo that the elder did not agree to.
        NotThisPicture: too large, or the whole is no picture (`pictures.bare`).
    """
    _must_be_theirs(uow.session, helper_id, order_id)
    order = get_order(uow.session, order_id, lock=True)
    elder = uow.session.get_one(Elder, order.elder_id)
    if piece.kind is PhotoKind.PHOTO and not elder.photo_consent:
        raise NoPhotoConsent
    if not 1 <= piece.size <= MOST_BYTES or len(piece.content) > MOST_PIECE_BYTES:
        raise NotThisPicture
    photo = find_photo(uow.session, order_id, piece.sha256) or _begin(
        uow, helper_id, order_id, piece
    )
    fits = photo.whole_at is None and piece.begin == photo.have
    if fits and piece.content:
        _add(uow.session, photo, piece)
        if photo.have == photo.size:
            _finish(uow, order, photo)
    fail_point("photo.kept")
    return Kept(have=photo.have, whole=photo.whole_at is not None)


def show_photos(uow: UnitOfWork, order_id: UUID) -> list[PhotoRow]:
    """The pictures of an order within reach. Raises: NotFound."""
    order = get_scoped(uow, Order, order_id)
    return [
        PhotoRow(id=one.id, kind=one.kind.value, at=one.whole_at or one.begun_at)
        for one in list_photos(uow.session, [order.id])
        if one.forgotten_at is None
    ]


def open_photo(uow: UnitOfWork, photo_id: UUID) -> tuple[str, bytes]:
    """What kind of picture it is, and the picture; the look is written down.

    Raises: NotFound.
    """
    photo = find_whole(uow.session, photo_id)
    order = get_scoped(uow, Order, photo.order_id)
    return look_at(uow, photo, order, f"order {order.number}")


def find_whole(session: Session, photo_id: UUID) -> FieldPhoto:
    """A picture that is all here, and not forgotten yet. Raises: NotFound."""
    photo = session.get(FieldPhoto, photo_id)
    if photo is None or photo.sealed is None:
        raise NotFound("没有找到这张照片。")
    return photo


def look_at(
    uow: UnitOfWork, photo: FieldPhoto, order: Order, purpose: str
) -> tuple[str, bytes]:
    """What kind of picture it is, and the picture, for whoever may see this order; the
    look is written down.
    """
    whom, fields = order.elder_id, [photo.kind.value]
    write_down(uow, "show_photo", "elder", whom, fields=fields, purpose=purpose)
    content = open_file(photo.id, photo.key_id or "", photo.sealed or b"")
    return media_of(content) or "application/octet-stream", content


def _must_be_theirs(session: Session, helper_id: UUID, order_id: UUID) -> None:
    query = (
        select(StopOrder.order_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .where(StopOrder.order_id == order_id, Round.helper_id == helper_id)
    )
    if session.exec(query).first() is None:
        raise NotFound("没有找到这张订单。")


def _begin(
    uow: UnitOfWork, helper_id: UUID, order_id: UUID, piece: Piece
) -> FieldPhoto:
    photo = FieldPhoto(
        order_id=order_id,
        helper_id=helper_id,
        kind=piece.kind,
        sha256=piece.sha256,
        look=piece.look,
        size=piece.size,
        begun_at=uow.now,
    )
    uow.session.add(photo)
    uow.session.flush()
    return photo


def _add(session: Session, photo: FieldPhoto, piece: Piece) -> None:
    if photo.have + len(piece.content) > photo.size:
        raise NotThisPicture
    key_id, sealed = seal_file(photo.id, piece.content)
    session.add(
        PhotoPiece(photo_id=photo.id, begin=piece.begin, key_id=key_id, sealed=sealed)
    )
    photo.have += len(piece.content)
    session.add(photo)
    session.flush()


def _finish(uow: UnitOfWork, order: Order, photo: FieldPhoto) -> None:
    """All pieces are here: keep the picture, or begin again if its hash is another.

    The hash is that of what was sent, by which the event names it; what is kept is the
    picture alone.

    Raises: NotThisPicture: its hash is right; sent again it would be no better.
    """
    pieces = list_pieces(uow.session, photo.id)
    content = b"".join(open_file(photo.id, p.key_id, p.sealed) for p in pieces)
    right = hashlib.sha256(content).hexdigest() == photo.sha256
    content = bare(content) if right else b""
    uow.session.exec(delete(PhotoPiece).where(col(PhotoPiece.photo_id) == photo.id))
    if not right:
        photo.have = 0
        uow.session.add(photo)
        return
    photo.key_id, photo.sealed = seal_file(photo.id, content)
    photo.whole_at = uow.now
    uow.session.add(photo)
    uow.session.flush()
    same = select(FieldPhoto.id).where(
        FieldPhoto.sha256 == photo.sha256, FieldPhoto.order_id != order.id
    )
    seen_before = uow.session.exec(same).first() is not None
    kind = "order.photo_reused" if seen_before else "order.photo_kept"
    tell_order(uow, order, kind, helper_id=photo.helper_id, photo_id=photo.id)
    act_on_order(uow, order, ())
