"""Family may see and be told; words to the station reach whoever comes with an order.

Revision: 2026_11_22_0936
After:    2026_11_22_0934
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant
from dispatch.store.migrations.rewording import reword

revision = "2026_11_22_0936"
down_revision = "2026_11_22_0934"
branch_labels = None
depends_on = None

_BEFORE = "may_order OR may_pause OR may_message"


def upgrade() -> None:
    seeing: sa.Column[bool] = sa.Column(
        "may_see", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("family_opt_in", seeing)
    op.execute(
        "ALTER TABLE family_opt_in "
        "ADD COLUMN told VARCHAR(24) DEFAULT 'never' NOT NULL "
        "CONSTRAINT told CHECK (told IN ('never', 'at_once', 'when_over'))"
    )
    reword(
        "family_opt_in", "opt_in_to_what", f"{_BEFORE} OR may_see OR told <> 'never'"
    )
    op.execute(
        "ALTER TABLE family_message "
        f"ADD COLUMN order_id {_uuid()} CONSTRAINT along_with REFERENCES orders (id)"
    )
    op.add_column("family_message", sa.Column("shown_at", Instant(), nullable=True))
    op.create_index("ix_family_message_order_id", "family_message", ["order_id"])


def _uuid() -> str:
    return "UUID" if op.get_bind().dialect.name == "postgresql" else "CHAR(32)"


def downgrade() -> None:
    op.drop_index("ix_family_message_order_id", table_name="family_message")
    for column in ("shown_at", "order_id"):
        op.drop_column("family_message", column)
    reword("family_opt_in", "opt_in_to_what", _BEFORE)
    for column in ("told", "may_see"):
        op.drop_column("family_opt_in", column)
