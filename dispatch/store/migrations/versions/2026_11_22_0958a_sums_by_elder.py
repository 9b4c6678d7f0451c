"""What a posting adds up is found by its elder, however many lines the month has.

Revision: 2026_11_22_0958a
After:    2026_11_22_0953b
"""

from alembic import op

from dispatch.store.migrations.month_sum_triggers import (
    drop_triggers,
    month_sum_triggers,
)

revision = "2026_11_22_0958a"
down_revision = "2026_11_22_0953b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in (
        *drop_triggers(dialect),
        *month_sum_triggers(dialect, granted=True),
    ):
        op.execute(statement)


def downgrade() -> None:
    """The same sums, found the same way: nothing to take back."""
