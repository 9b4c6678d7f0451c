"""A trial of a draft of rules is a row that a worker takes, with its progress.

Revision: 2026_11_22_0963a
After:    2026_11_22_0961
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0963a"
down_revision = "2026_11_22_0961"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('queued', 'running')")
_STATES = ("queued", "running", "done", "failed")


def upgrade() -> None:
    op.create_table(
        "rule_trial",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *_STATES,
                name="askstate",
                native_enum=False,
                length=24,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("months", facts(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("queued_at", Instant(), nullable=False),
        sa.Column("hinted_at", Instant(), nullable=True),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("to_look_at", sa.Integer(), nullable=False),
        sa.Column("answer", facts(), nullable=True),
        sa.Column("error", sa.String(200), nullable=True),
        sa.CheckConstraint("attempt BETWEEN 0 AND 100", name="trial_attempts"),
        sa.CheckConstraint(
            "state <> 'done' OR answer IS NOT NULL", name="trial_answers"
        ),
        sa.CheckConstraint("state <> 'failed' OR error IS NOT NULL", name="trial_why"),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["draft_id"], ["rule_draft.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rule_trial_draft_id", "rule_trial", ["draft_id"])
    op.create_index(
        "trials_to_make",
        "rule_trial",
        ["queued_at"],
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_table("rule_trial")
