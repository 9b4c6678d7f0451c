"""Services say their unit, proofs and whose sex; labels; shifts laid out once a day.

Revision: 2026_11_22_0914a
After:    2026_11_22_0915a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import facts

revision = "2026_11_22_0914a"
down_revision = "2026_11_22_0915a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assist",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=False),
        sa.Column("one_of_six", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "shift_horizon",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_horizon"),
        sa.PrimaryKeyConstraint("id"),
    )
    unit = sa.Column("unit", sa.String(8), nullable=False, server_default="次")
    op.add_column("service", unit)
    # In words of SQL, so that SQLite keeps the check, too.
    op.execute(
        "ALTER TABLE service ADD COLUMN same_sex VARCHAR(24) DEFAULT 'any' NOT NULL "
        "CONSTRAINT samesex CHECK (same_sex IN ('any', 'rather', 'only'))"
    )
    op.add_column(
        "service", sa.Column("proofs", facts(), nullable=False, server_default="[]")
    )
    op.execute(
        "INSERT INTO assist (code, label, one_of_six, rank) "
        "SELECT DISTINCT assist, assist, "
        "assist IN ('助餐', '助医', '助浴', '助洁', '助急', '助行'), 0 FROM service"
    )


def downgrade() -> None:
    for column in ("proofs", "same_sex", "unit"):
        op.drop_column("service", column)
    op.drop_table("shift_horizon")
    op.drop_table("assist")
