"""Paper: the packs of servings, edition by edition, encrypted.

Revision: 2026_11_22_0921
After:    2026_11_22_0918a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0921"
down_revision = "2026_11_22_0918a"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    sheets = sa.Enum("pack", "labels_a4", "labels_thermal", name="sheet", **_WORD)
    op.create_table(
        "paper_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", sheets, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("facts_sha256", sa.String(length=64), nullable=False),
        sa.Column("portions", facts(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("printed_at", Instant(), nullable=True),
        sa.CheckConstraint("edition >= 1", name="editions_count"),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sitting_id", "sheet", "edition", name="one_edition"),
    )
    op.create_index("ix_paper_pack_sitting_id", "paper_pack", ["sitting_id"])


def downgrade() -> None:
    op.drop_table("paper_pack")
