"""Orders that are wanted at once say when they are ready.

Revision: 2026_11_22_0910
After:    2026_11_21_0909
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0910"
down_revision = "2026_11_21_0909"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("ready_at", Instant(), nullable=True))
    op.create_index(
        "orders_at_once",
        "orders",
        ["wave_id"],
        postgresql_where=sa.text("ready_at IS NOT NULL"),
        sqlite_where=sa.text("ready_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("orders_at_once", table_name="orders")
    op.drop_column("orders", "ready_at")
