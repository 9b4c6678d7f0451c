"""What is done once is written down.

Revision: 2026_11_23_0611
After:    2026_11_23_0610
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_0611"
down_revision = "2026_11_23_0610"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mark",
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("done_for", sa.String(64), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("mark")
