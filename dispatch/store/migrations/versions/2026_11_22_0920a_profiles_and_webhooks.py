"""Sheets out: export profiles, webhooks and what was sent to each.

Revision: 2026_11_22_0920a
After:    2026_11_22_0919a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0920a"
down_revision = "2026_11_22_0919a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "import_run",
        sa.Column("gone", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_table(
        "export_profile",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=24), nullable=False),
        sa.Column("columns", facts(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", name="one_profile"),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("kinds", facts(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sent_seq", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("last_error", sa.String(length=60), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("sent_seq >= 0", name="sent_forward"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", name="one_webhook"),
    )


def downgrade() -> None:
    op.drop_table("webhook")
    op.drop_table("export_profile")
    op.drop_column("import_run", "gone")
