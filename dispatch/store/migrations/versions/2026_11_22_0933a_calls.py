"""The clock of urgent help is read from its order's own story; it needs no table.

Revision: 2026_11_22_0933a
After:    2026_11_22_0931a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0933a"
down_revision = "2026_11_22_0931a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("help_call")


def downgrade() -> None:
    op.create_table(
        "help_call",
        sa.Column("order_id", sa.Uuid(), sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column(
            "street_code",
            sa.String(length=12),
            sa.ForeignKey("street.code"),
            nullable=False,
        ),
        sa.Column("station_id", sa.Uuid(), sa.ForeignKey("station.id"), nullable=False),
        sa.Column("called_at", Instant(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), sa.ForeignKey("helper.id")),
        sa.Column("accepted_at", Instant()),
        sa.Column("on_scene_at", Instant()),
        sa.Column("closed_at", Instant()),
        sa.Column("outcome", sa.String(length=120)),
        sa.CheckConstraint(
            "on_scene_at IS NULL OR accepted_at IS NOT NULL", name="accepted_first"
        ),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (helper_id IS NULL)", name="accepted_by_somebody"
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name="call_closed_by_outcome"
        ),
    )
    op.create_index("ix_help_call_street_code", "help_call", ["street_code"])
