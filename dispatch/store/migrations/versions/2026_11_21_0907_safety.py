"""Safety cases and their ladders.

Revision: 2026_11_21_0907
After:    2026_11_21_0906
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_21_0907"
down_revision = "2026_11_21_0906"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "safety_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "no_answer",
                "overdue",
                name="casekind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", Instant(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column(
            "rung",
            sa.Enum(
                "phone_elder",
                "contacts",
                "neighbour",
                "second_visit",
                "police_120",
                name="rung",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("deadline_at", Instant(), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "seen_well",
                "hospital",
                "away",
                "police_120",
                "deceased",
                name="caseoutcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by_a_person"
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name="closed_by_outcome"
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["elder_id"],
            ["elder.id"],
        ),
        sa.ForeignKeyConstraint(
            ["helper_id"],
            ["helper.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.ForeignKeyConstraint(
            ["street_code"],
            ["street.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_safety_case_elder_id"), "safety_case", ["elder_id"], unique=False
    )
    op.create_index(
        op.f("ix_safety_case_order_id"), "safety_case", ["order_id"], unique=False
    )
    op.create_index(
        "one_open_case",
        "safety_case",
        ["order_id", "kind"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "case_rung",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "rung",
            sa.Enum(
                "phone_elder",
                "contacts",
                "neighbour",
                "second_visit",
                "police_120",
                name="rung",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("deadline_at", Instant(), nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(done_at IS NULL) OR (outcome IS NOT NULL)", name="rung_done_by_outcome"
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"],
            ["account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["safety_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "seq", name="one_rung_each"),
    )
    op.create_table(
        "case_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "rung",
            sa.Enum(
                "phone_elder",
                "contacts",
                "neighbour",
                "second_visit",
                "police_120",
                name="rung",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["safety_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_case_step_case_id"), "case_step", ["case_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("case_step")
    op.drop_table("case_rung")
    op.drop_table("safety_case")
