"""Each try to tell a webhook is kept for a month.

Revision: 2026_11_22_0932
After:    2026_11_22_0936
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0932"
down_revision = "2026_11_22_0936"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("after_seq", sa.BigInteger(), nullable=False),
        sa.Column("until_seq", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("trouble", sa.String(length=60), nullable=False),
        sa.CheckConstraint("after_seq < until_seq", name="delivery_forward"),
        sa.CheckConstraint("events > 0", name="delivery_of_something"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("deliveries_newest", "webhook_delivery", ["webhook_id", "sent_at"])


def downgrade() -> None:
    op.drop_table("webhook_delivery")
