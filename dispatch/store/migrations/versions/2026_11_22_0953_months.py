"""Months of the books: open, being closed, closed.

Revision: 2026_11_22_0953
After:    2026_11_22_0941
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0953"
down_revision = "2026_11_22_0941"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_CLOSED = ("closed_at", "closed_by", "line_count", "totals", "head_hash")


def upgrade() -> None:
    states = sa.Enum("open", "closing", "closed", name="periodstate", **_WORD)
    whole = (f"(state = 'closed') = ({column} IS NOT NULL)" for column in _CLOSED)
    op.create_table(
        "period",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("closing_at", Instant(), nullable=True),
        sa.Column("closing_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=True),
        sa.Column("totals", sa.Text(), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("lines_hash", sa.String(length=64), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=True),
        sa.Column("checks", sa.String(length=200), nullable=False),
        sa.CheckConstraint("month LIKE '____-__'", name="a_month"),
        sa.CheckConstraint("begun BETWEEN 1 AND 99", name="begun_some_times"),
        sa.CheckConstraint(
            "(state = 'open') = (closing_at IS NULL) AND "
            "(state = 'open') = (closing_by IS NULL)",
            name="closing_begun",
        ),
        sa.CheckConstraint(" AND ".join(whole), name="closed_whole"),
        sa.ForeignKeyConstraint(["closing_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("month"),
    )


def downgrade() -> None:
    op.drop_table("period")
