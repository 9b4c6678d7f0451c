"""Packs: the printed sheets of one serving, kept as they were printed."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotFound
from dispatch.store.columns import Instant, facts, word


class Sheet(StrEnum):
    """What a file is for: which paper, which printer."""

    PACK = "pack"  # kitchen sheet, packing lists, route sheets; A4
    LABELS_A4 = "labels_a4"  # 24 to a page
    LABELS_THERMAL = "labels_thermal"  # one to a page, 60 x 40 mm


class Pack(SQLModel, table=True):
    """One edition of one file. Its content is encrypted: names and doors are in it.

    `portions` says per order what was in its box, so that the next edition can tell
    what changed; it names nobody.
    """

    __tablename__ = "paper_pack"
    __table_args__ = (
        UniqueConstraint("sitting_id", "sheet", "edition", name="one_edition"),
        CheckConstraint("edition >= 1", name="editions_count"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    sitting_id: UUID = Field(foreign_key="sitting.id", index=True)
    sheet: Sheet = Field(sa_type=word(Sheet))
    edition: int
    facts_sha256: str = Field(max_length=64)
    portions: dict[str, str] = Field(
        default_factory=dict, sa_column=Column(facts(), nullable=False)
    )
    key_id: str = Field(max_length=16)
    sealed: bytes
    made_at: datetime = Field(sa_type=Instant)
    printed_at: datetime | None = Field(default=None, sa_type=Instant)


def list_packs(session: Session, sitting_id: UUID) -> list[Pack]:
    """All editions of a serving's files, the newest first."""
    query = select(Pack).where(Pack.sitting_id == sitting_id)
    return list(session.exec(query.order_by(col(Pack.edition).desc(), col(Pack.sheet))))


def last_edition(session: Session, sitting_id: UUID) -> Pack | None:
    """The newest pack of a serving."""
    query = select(Pack).where(Pack.sitting_id == sitting_id, Pack.sheet == Sheet.PACK)
    return session.exec(query.order_by(col(Pack.edition).desc())).first()


def get_pack(session: Session, pack_id: UUID, *, lock: bool = False) -> Pack:
    """Raises: NotFound."""
    pack = session.get(
        Pack, pack_id, with_for_update=lock or None, populate_existing=lock
    )
    if pack is None:
        raise NotFound("没有找到这份打印包。")
    return pack


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """What is other than in the edition before: new, gone or other, per order."""
    told = {order: "gone" for order in before if order not in now}
    for order, code in now.items():
        if order not in before:
            told[order] = "new"
        elif before[order] != code:
            told[order] = "other"
    return told
