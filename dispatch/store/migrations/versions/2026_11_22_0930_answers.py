"""The station answers what family wrote.

Revision: 2026_11_22_0930
After:    2026_11_22_0933
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0930"
down_revision = "2026_11_22_0933"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("family_message") as batch:
        batch.add_column(sa.Column("answered_at", Instant(), nullable=True))
        batch.add_column(sa.Column("answered_by", sa.Uuid(), nullable=True))
        batch.create_foreign_key("answered_by_whom", "account", ["answered_by"], ["id"])
        batch.create_check_constraint(
            "answered_was_read", "answered_at IS NULL OR read_at IS NOT NULL"
        )
    op.create_index(
        "unread_messages",
        "family_message",
        ["station_id"],
        postgresql_where=sa.text("read_at IS NULL"),
        sqlite_where=sa.text("read_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("unread_messages", "family_message")
    with op.batch_alter_table("family_message") as batch:
        batch.drop_constraint("answered_was_read", type_="check")
        batch.drop_constraint("answered_by_whom", type_="foreignkey")
        batch.drop_column("answered_by")
        batch.drop_column("answered_at")
