"""Handovers: a round under way goes on with somebody else.

Revision: 2026_11_22_0935a
After:    2026_11_22_0933a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0935a"
down_revision = "2026_11_22_0933a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_round_id", sa.Uuid(), nullable=False),
        sa.Column("to_round_id", sa.Uuid(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("why", sa.String(length=120), nullable=False),
        sa.Column("did", facts(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
        sa.CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
        sa.ForeignKeyConstraint(["from_round_id"], ["round.id"]),
        sa.ForeignKeyConstraint(["to_round_id"], ["round.id"]),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("to_round_id"),
    )
    op.create_index(
        "ix_round_handover_from_round_id", "round_handover", ["from_round_id"]
    )


def downgrade() -> None:
    op.drop_table("round_handover")
