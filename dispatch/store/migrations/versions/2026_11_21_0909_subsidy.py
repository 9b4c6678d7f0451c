"""Grants and promises; what is written once is guarded.

Revision: 2026_11_21_0909
After:    2026_11_21_0908
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant
from dispatch.store.migrations.guards import guards
from dispatch.store.migrations.ledger_guards import ledger_guards

revision = "2026_11_21_0909"
down_revision = "2026_11_21_0908"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subsidy_promise",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("subsidy", sa.String(length=64), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(length=12), nullable=True),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("fen BETWEEN 1 AND 100000000", name="some_fen"),
        sa.ForeignKeyConstraint(
            ["elder_id"],
            ["elder.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.PrimaryKeyConstraint("order_id", "subsidy"),
    )
    op.create_index(
        op.f("ix_subsidy_promise_elder_id"),
        "subsidy_promise",
        ["elder_id"],
        unique=False,
    )
    op.create_table(
        "subsidy_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("subsidy", sa.String(length=64), nullable=False),
        sa.Column("payer", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=5), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("window_key", sa.String(length=80), nullable=False),
        sa.Column("once_key", sa.String(length=150), nullable=True),
        sa.Column("rule_version", sa.String(length=64), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(length=24), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(length=12), nullable=True),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("grade IN ('A','B','C','D','E')", name="grades"),
        sa.CheckConstraint("part IN ('price', 'fee', 'rest')", name="parts"),
        sa.CheckConstraint("fen = CAST(fen AS BIGINT)", name="whole_fen"),
        sa.CheckConstraint("fen BETWEEN 1 AND 100000000", name="some_fen"),
        sa.ForeignKeyConstraint(
            ["elder_id"],
            ["elder.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entry.id"],
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reversed_by"],
            ["ledger_entry.id"],
        ),
        sa.ForeignKeyConstraint(
            ["rule_version"],
            ["rule_version.id"],
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "grants_of_an_elder", "subsidy_grant", ["elder_id", "service_on"], unique=False
    )
    op.create_index(
        op.f("ix_subsidy_grant_entry_id"), "subsidy_grant", ["entry_id"], unique=False
    )
    op.create_index(
        op.f("ix_subsidy_grant_station_id"),
        "subsidy_grant",
        ["station_id"],
        unique=False,
    )
    op.create_index(
        "one_grant_a_window",
        "subsidy_grant",
        ["elder_id", "once_key"],
        unique=True,
        postgresql_where=sa.text("reversed_by IS NULL AND once_key IS NOT NULL"),
        sqlite_where=sa.text("reversed_by IS NULL AND once_key IS NOT NULL"),
    )
    op.create_index(
        "one_live_grant",
        "subsidy_grant",
        ["order_id", "subsidy"],
        unique=True,
        postgresql_where=sa.text("reversed_by IS NULL"),
        sqlite_where=sa.text("reversed_by IS NULL"),
    )
    dialect = op.get_bind().dialect.name
    for statement in (*guards(dialect), *ledger_guards(dialect)):
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("subsidy_grant")
    op.drop_table("subsidy_promise")
