"""The days on which a subsidy stands, apart from those of a service.

Revision: 2026_11_22_0955a
After:    2026_11_22_0955
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.migrations.month_sum_triggers import (
    TABLES,
    drop_triggers,
    fill,
    month_sum_triggers,
)
from dispatch.store.migrations.rewording import add_check, drop_check

revision = "2026_11_22_0955a"
down_revision = "2026_11_22_0955"
branch_labels = None
depends_on = None

_THOSE = ("month_sum", "granted_on_those_days", "granted_days & ~days = 0")


def upgrade() -> None:
    _emptied()
    days: sa.Column[int] = sa.Column("granted_days", sa.Integer(), nullable=False)
    days.server_default = sa.DefaultClause("0")
    op.add_column("month_sum", days)
    add_check(*_THOSE)
    _filled(granted=True)


def downgrade() -> None:
    _emptied()
    drop_check(*_THOSE)
    op.drop_column("month_sum", "granted_days")
    _filled(granted=False)


def _emptied() -> None:
    for statement in drop_triggers(op.get_bind().dialect.name):
        op.execute(statement)
    for table in TABLES:
        op.execute(sa.delete(sa.table(table)))


def _filled(*, granted: bool) -> None:
    dialect = op.get_bind().dialect.name
    for statement in (
        *month_sum_triggers(dialect, granted=granted),
        *fill(dialect, granted=granted),
    ):
        op.execute(statement)
