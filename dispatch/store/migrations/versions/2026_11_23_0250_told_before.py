"""What was known of its elders when a station confirmed a month is kept as a count.

A table of its own: the steps are sealed, and old ones stay as they are.

Revision: 2026_11_23_0250
After:    2026_11_23_0010
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_0250"
down_revision = "2026_11_23_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told_before",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["period_step.id"]),
        sa.PrimaryKeyConstraint("step_id"),
    )


def downgrade() -> None:
    op.drop_table("told_before")
