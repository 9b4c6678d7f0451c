"""Parts of a large plan, for the workers of all hosts.

Revision: 2026_11_22_0912
After:    2026_11_22_0911
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0912"
down_revision = "2026_11_22_0911"
branch_labels = None
depends_on = None

_STATES = ("queued", "running", "done", "failed")
_WORD = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "plan_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Enum(*_STATES, name="askstate", **_WORD), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("asker_fence", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("ready_by", Instant(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=True),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("attempt BETWEEN 0 AND 100", name="attempts"),
        sa.CheckConstraint("seconds > 0", name="seconds"),
        sa.CheckConstraint("state <> 'done' OR plan IS NOT NULL", name="done_has_plan"),
        sa.ForeignKeyConstraint(["request_id"], ["plan_request.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_plan_part_request_id", "plan_part", ["request_id"])


def downgrade() -> None:
    op.drop_table("plan_part")
