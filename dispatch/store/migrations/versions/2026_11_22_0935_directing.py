"""Directing: what coordinators said of plans, and what they try before they publish.

Revision: 2026_11_22_0935
After:    2026_11_22_0930
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0935"
down_revision = "2026_11_22_0930"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_LIVE = sa.text("ended_at IS NULL")
_OPEN = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    _directions()
    _drafts()


def _directions() -> None:
    kinds = ("pin", "keep_off", "shift", "max_work", "weather", "window")
    kind = sa.Enum(*kinds, "kitchen_late", name="directionkind", **_WORD)
    op.create_table(
        "plan_direction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("helper_id", sa.Uuid(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(kind IN ('pin', 'keep_off')) = (order_id IS NOT NULL)", name="whose_order"
        ),
        sa.CheckConstraint(
            "(kind IN ('pin', 'shift', 'max_work')) = (helper_id IS NOT NULL)",
            name="whose_round",
        ),
        sa.CheckConstraint(
            "(kind IN ('shift', 'max_work', 'weather')) = (value IS NOT NULL)",
            name="how_much",
        ),
        sa.CheckConstraint("value BETWEEN 1 AND 86400", name="bounds"),
        sa.CheckConstraint(
            "kind NOT IN ('window', 'kitchen_late')", name="others_are_done_at_once"
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_plan_direction_wave_id", "plan_direction", ["wave_id"])
    op.create_index(
        "one_direction_each",
        "plan_direction",
        ["order_id"],
        unique=True,
        postgresql_where=_LIVE,
        sqlite_where=_LIVE,
    )


def _drafts() -> None:
    states = ("queued", "running", "done", "failed")
    op.create_table(
        "plan_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Enum(*states, name="askstate", **_WORD), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("asked", facts(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("queued_at", Instant(), nullable=False),
        sa.Column("hinted_at", Instant(), nullable=True),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("answer", facts(), nullable=True),
        sa.Column("packed", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.CheckConstraint("attempt BETWEEN 0 AND 100", name="attempts"),
        sa.CheckConstraint(
            "state <> 'done' OR answer IS NOT NULL", name="done_answers"
        ),
        sa.CheckConstraint("state <> 'failed' OR error IS NOT NULL", name="failed_why"),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"]),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_plan_draft_wave_id", "plan_draft", ["wave_id"])
    op.create_index(
        "drafts_to_make",
        "plan_draft",
        ["queued_at"],
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_table("plan_draft")
    op.drop_table("plan_direction")
