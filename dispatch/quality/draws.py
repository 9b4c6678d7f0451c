"""Random audits that anyone can draw again (双随机): whom to look at, and who looks.

The list to draw from is fixed and its hash shown first; only then the seed is named,
by dice, a lottery's numbers or anything that nobody could know before. With list, seed
and the rule below anybody gets the same sample.

The rule: items are ranked by SHA-256 of `seed:item` in UTF-8; the first ones are the
sample. Inspectors are ranked by `seed:item:inspector` for each item anew, and the
first two of them look at it.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column
from sqlalchemy.orm import defer
from sqlmodel import Field, SQLModel

from dispatch.store.columns import Instant, facts, word


class DrawOf(StrEnum):
    POINTS = "points"  # 站点
    HELPERS = "helpers"  # 助老员
    ORDERS = "orders"  # 一个月完成的订单


class AuditDraw(SQLModel, table=True):
    """One audit: the list as it was fixed, and, once there is a seed, its sample."""

    __tablename__ = "audit_draw"
    __table_args__ = (
        CheckConstraint(
            "(seed IS NULL) = (drawn_at IS NULL) "
            "AND (seed IS NULL) = (drawn_by IS NULL) "
            "AND (seed IS NULL) = (sample IS NULL)",
            name="drawn_whole",
        ),
        CheckConstraint("size BETWEEN 1 AND 1000", name="sample_size"),
        CheckConstraint("drawn_at IS NULL OR drawn_at >= fixed_at", name="fixed_first"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    title: str = Field(max_length=60)
    kind: DrawOf = Field(sa_type=word(DrawOf))
    month: str | None = Field(default=None, max_length=7)
    street_code: str | None = Field(default=None, foreign_key="street.code")
    frame: list[str] = Field(sa_column=Column(facts(), nullable=False))
    frame_sha256: str = Field(max_length=64)
    inspectors: list[str] = Field(sa_column=Column(facts(), nullable=False))
    size: int
    fixed_at: datetime = Field(sa_type=Instant)
    fixed_by: UUID = Field(foreign_key="account.id")
    seed: str | None = Field(default=None, max_length=64)
    sample: list[list[str]] | None = Field(
        default=None, sa_column=Column(facts(), nullable=True)
    )
    drawn_at: datetime | None = Field(default=None, sa_type=Instant)
    drawn_by: UUID | None = Field(default=None, foreign_key="account.id")


WITHOUT_FRAME: Final = defer(
    AuditDraw.frame,  # type: ignore[arg-type]
)  # a whole month's orders


def frame_hash(frame: Sequence[str], inspectors: Sequence[str]) -> str:
    """The hash of both lists, one name a line, an empty line between them."""
    lines = [*frame, "", *inspectors]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def sample_of(
    frame: Sequence[str], inspectors: Sequence[str], seed: str, size: int
) -> list[list[str]]:
    """Each item of the sample with the two who look at it; see the rule above.

    >>> sample_of(["A", "B", "C"], ["x", "y", "z"], "3-1-4", 1)
    [['A', 'z', 'y']]
    """
    drawn = sorted(frame, key=lambda item: _lot(seed, item))[:size]
    return [
        [item, *sorted(inspectors, key=lambda who: _lot(seed, item, who))[:2]]
        for item in drawn
    ]


def _lot(*parts: str) -> str:
    return hashlib.sha256(":".join(parts).encode()).hexdigest()
