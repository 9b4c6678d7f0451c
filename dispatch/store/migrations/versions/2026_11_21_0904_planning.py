"""Waves, plan requests, plans and rounds.

Revision: 2026_11_21_0904
After:    2026_11_21_0903
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_21_0904"
down_revision = "2026_11_21_0903"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("serve_on", sa.Date(), nullable=False),
        sa.Column(
            "serving",
            sa.Enum(
                "breakfast",
                "lunch",
                "dinner",
                name="serving",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("plan_at", Instant(), nullable=False),
        sa.Column("departs_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("orders_version", sa.Integer(), nullable=False),
        sa.Column("planned_orders_version", sa.Integer(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("shown_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("plan_version >= 0 AND shown_version >= 0", name="versions"),
        sa.ForeignKeyConstraint(
            ["street_code"],
            ["street.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("street_code", "serve_on", "serving", name="one_wave"),
    )
    op.create_index(op.f("ix_wave_serve_on"), "wave", ["serve_on"], unique=False)
    op.create_table(
        "plan_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                name="askstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("queued_at", Instant(), nullable=False),
        sa.Column("hinted_at", Instant(), nullable=True),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("orders_version", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("figures", facts(), nullable=True),
        sa.CheckConstraint("attempt BETWEEN 0 AND 100", name="attempts"),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["wave.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_plan_request_wave_id"), "plan_request", ["wave_id"], unique=False
    )
    op.create_index(
        "one_waits",
        "plan_request",
        ["wave_id"],
        unique=True,
        postgresql_where=sa.text("state = 'queued'"),
        sqlite_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", facts(), nullable=False),
        sa.Column("fallback", sa.Boolean(), nullable=False),
        sa.Column("travel_seconds", sa.Integer(), nullable=False),
        sa.Column("left_out", facts(), nullable=False),
        sa.Column("problem_sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["plan_request.id"],
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["wave.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("wave_id", "version", name="one_version"),
    )
    op.create_index(op.f("ix_plan_wave_id"), "plan", ["wave_id"], unique=False)
    op.create_table(
        "round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "loaded",
                "under_way",
                "ended",
                "dropped",
                name="roundstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("made_in_version", sa.Integer(), nullable=False),
        sa.Column("leaves_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("path", facts(), nullable=False),
        sa.ForeignKeyConstraint(
            ["helper_id"],
            ["helper.id"],
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["wave.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_round_wave_id"), "round", ["wave_id"], unique=False)
    op.create_index(
        "rounds_of_a_helper", "round", ["helper_id", "leaves_at"], unique=False
    )
    op.create_table(
        "plan_round",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("plan_id", "round_id"),
    )
    op.create_index(
        op.f("ix_plan_round_round_id"), "plan_round", ["round_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("plan_round")
    op.drop_table("round")
    op.drop_table("plan")
    op.drop_table("plan_request")
    op.drop_table("wave")
