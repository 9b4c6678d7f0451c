"""Photos and signatures from the door: encrypted, and apart from the events.

An event names its pictures by their hashes and counts without them; a picture comes
in pieces, whenever the line allows.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import defer
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, narrow, word

MOST_BYTES: Final = 2_000_000
_SHAPE: Final = "size BETWEEN 1 AND 2000000 AND have BETWEEN 0 AND size"


class PhotoKind(StrEnum):
    PHOTO = "photo"  # only with the elder's consent
    SIGNATURE = "signature"


class FieldPhoto(SQLModel, table=True):
    """One picture of one order; whole when `whole_at` is set.

    After its time (`forgotten_at`) the picture is gone; that there was one stays, so
    that what it proved is still proved.
    """

    __tablename__ = "field_photo"
    __table_args__ = (
        UniqueConstraint("order_id", "sha256", name="one_picture_each"),
        CheckConstraint(_SHAPE, name="picture_size"),
        CheckConstraint(
            "(sealed IS NOT NULL) = (whole_at IS NOT NULL AND forgotten_at IS NULL) "
            "AND (sealed IS NULL) = (key_id IS NULL) "
            "AND (forgotten_at IS NULL OR whole_at IS NOT NULL)",
            name="whole_is_sealed",
        ),
        narrow("pictures_to_forget", "whole_at", where="sealed IS NOT NULL"),
        narrow("pictures_unfinished", "begun_at", where="whole_at IS NULL"),
        narrow("looks_of_pictures", "begun_at", where="look IS NOT NULL"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    order_id: UUID = Field(foreign_key="orders.id")
    helper_id: UUID = Field(foreign_key="helper.id", index=True)
    kind: PhotoKind = Field(sa_type=word(PhotoKind))
    sha256: str = Field(max_length=64, index=True)
    look: str | None = Field(default=None, max_length=16)  # 64 bits, told by the phone
    size: int
    have: int = 0
    key_id: str | None = Field(default=None, max_length=16)
    sealed: bytes | None = None
    begun_at: datetime = Field(sa_type=Instant)
    whole_at: datetime | None = Field(default=None, sa_type=Instant)
    forgotten_at: datetime | None = Field(default=None, sa_type=Instant)


class PhotoPiece(SQLModel, table=True):
    """A piece of a picture that is not whole yet; encrypted like the whole."""

    __tablename__ = "field_photo_piece"

    photo_id: UUID = Field(foreign_key="field_photo.id", primary_key=True)
    begin: int = Field(ge=0, primary_key=True)
    key_id: str = Field(max_length=16)
    sealed: bytes


WITHOUT_BYTES: Final = defer(FieldPhoto.sealed)  # type: ignore[arg-type]


def find_photo(session: Session, order_id: UUID, sha256: str) -> FieldPhoto | None:
    """A picture of an order, held for the caller; its bytes are read when asked for."""
    query = (
        select(FieldPhoto)
        .where(FieldPhoto.order_id == order_id, FieldPhoto.sha256 == sha256)
        .options(WITHOUT_BYTES)
    )
    return session.exec(query.with_for_update()).first()


def list_pieces(session: Session, photo_id: UUID) -> list[PhotoPiece]:
    """The pieces of a picture, first to last."""
    query = select(PhotoPiece).where(PhotoPiece.photo_id == photo_id)
    return list(session.exec(query.order_by(col(PhotoPiece.begin))))


def list_photos(session: Session, order_ids: Collection[UUID]) -> list[FieldPhoto]:
    """The pictures of these orders that are or were whole, first to last; their bytes
    are not read.
    """
    query = (
        select(FieldPhoto)
        .where(col(FieldPhoto.order_id).in_(order_ids))
        .where(col(FieldPhoto.whole_at).is_not(None))
        .options(WITHOUT_BYTES)
    )
    return list(session.exec(query.order_by(col(FieldPhoto.whole_at))))
