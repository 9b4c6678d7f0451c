"""What was done in some days is counted from two narrow indexes.

Revision: 2026_11_23_0350
After:    2026_11_23_0331
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_0350"
down_revision = "2026_11_23_0331"
branch_labels = None
depends_on = None

_DONE = sa.text("state = 'done'")
_BROUGHT = sa.text("state = 'done' AND channel = 'delivery'")


def upgrade() -> None:
    op.create_index(
        "services_done",
        "orders",
        ["serve_on", "elder_id", "service"],
        postgresql_where=_DONE,
        sqlite_where=_DONE,
    )
    op.create_index(
        "meals_brought",
        "orders",
        ["serve_on", "id", "window_until_at"],
        postgresql_where=_BROUGHT,
        sqlite_where=_BROUGHT,
    )


def downgrade() -> None:
    op.drop_index("meals_brought", "orders")
    op.drop_index("services_done", "orders")
