"""Second factors, passwords that somebody else gave, and sessions left alone.

Sessions of before the upgrade run out with their hours, as they did.

Revision: 2026_11_22_0971
After:    2026_11_22_0963a
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0971"
down_revision = "2026_11_22_0963a"
branch_labels = None
depends_on = None

_LONG_AGO = "2026-01-01 00:00:00"


def upgrade() -> None:
    given: sa.Column[bool] = sa.Column(
        "password_given", sa.Boolean(), nullable=False, server_default="0"
    )
    op.add_column("account", given)
    moment = sa.DateTime(timezone=True)
    op.add_column("account", sa.Column("second_since", moment, nullable=True))
    op.add_column("account", sa.Column("second_step", sa.BigInteger(), nullable=True))
    for name in ("opened_at", "seen_at"):
        column = sa.Column(name, moment, nullable=False, server_default=_LONG_AGO)
        op.add_column("signed_in", column)
    op.add_column(
        "signed_in",
        sa.Column("device", sa.String(40), nullable=False, server_default=""),
    )
    op.execute("UPDATE signed_in SET opened_at = expires_at, seen_at = expires_at")
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.String(64), nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"])


def downgrade() -> None:
    op.drop_table("recovery_code")
    for name in ("device", "seen_at", "opened_at"):
        op.drop_column("signed_in", name)
    for name in ("second_step", "second_since", "password_given"):
        op.drop_column("account", name)
