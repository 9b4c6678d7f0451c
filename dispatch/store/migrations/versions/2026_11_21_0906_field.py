"""Field events, evidence, positions.

Revision: 2026_11_21_0906
After:    2026_11_21_0905
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_21_0906"
down_revision = "2026_11_21_0905"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "field_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("boot_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("wall_ms", sa.BigInteger(), nullable=False),
        sa.Column("mono_ms", sa.BigInteger(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("stop_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "loaded",
                "departed",
                "picked_up",
                "arrived",
                "handed_over",
                "left_by_agreement",
                "contactless",
                "refused",
                "cannot",
                "no_answer",
                "visit_begun",
                "visit_ended",
                "ended",
                name="fieldkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("plan_version_seen", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("datum", sa.String(length=8), nullable=True),
        sa.Column("photo_sha256", facts(), nullable=False),
        sa.Column("detail", facts(), nullable=False),
        sa.Column("raw_at", Instant(), nullable=False),
        sa.Column("corrected_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column(
            "trust",
            sa.Enum(
                "online",
                "corrected",
                "suspect",
                "back_filled",
                name="trust",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted",
                "quarantined",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.String(length=60), nullable=True),
        sa.CheckConstraint(
            "(verdict = 'quarantined') = (why IS NOT NULL)", name="quarantine_says_why"
        ),
        sa.CheckConstraint("seq BETWEEN 0 AND 1000000000", name="sequence"),
        sa.ForeignKeyConstraint(
            ["helper_id"],
            ["helper.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("events_of_a_stop", "field_event", ["stop_id"], unique=False)
    op.create_index(
        op.f("ix_field_event_helper_id"), "field_event", ["helper_id"], unique=False
    )
    op.create_index(
        op.f("ix_field_event_order_id"), "field_event", ["order_id"], unique=False
    )
    op.create_index(
        "order_of_a_phone", "field_event", ["device_id", "boot_id", "seq"], unique=False
    )
    op.create_table(
        "field_unread",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=60), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["helper_id"],
            ["helper.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_field_unread_helper_id"), "field_unread", ["helper_id"], unique=False
    )
    op.create_table(
        "position",
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(lat IS NULL AND lon IS NULL) OR (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180 AND NOT (lat = 0 AND lon = 0))",  # noqa: E501
            name="position_on_earth",
        ),
        sa.ForeignKeyConstraint(
            ["helper_id"],
            ["helper.id"],
        ),
        sa.PrimaryKeyConstraint("helper_id"),
    )
    op.create_table(
        "field_flag",
        sa.Column("field_event_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(length=24), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_event_id"],
            ["field_event.id"],
        ),
        sa.PrimaryKeyConstraint("field_event_id", "word"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "phone",
                "counter",
                "paper",
                "coordinator",
                name="evidencefrom",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("basis", facts(), nullable=False),
        sa.Column("field_event_id", sa.Uuid(), nullable=True),
        sa.Column("helper_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("grade IN ('A','B','C','D','E')", name="grades"),
        sa.ForeignKeyConstraint(
            ["field_event_id"],
            ["field_event.id"],
        ),
        sa.ForeignKeyConstraint(
            ["helper_id"],
            ["helper.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_evidence_order_id"), "evidence", ["order_id"], unique=False
    )
    op.create_index(
        "one_counts",
        "evidence",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("counts"),
        sqlite_where=sa.text("counts"),
    )


def downgrade() -> None:
    op.drop_table("evidence")
    op.drop_table("field_flag")
    op.drop_table("position")
    op.drop_table("field_unread")
    op.drop_table("field_event")
