"""Rule versions and the ledger.

Revision: 2026_11_21_0908
After:    2026_11_21_0907
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_21_0908"
down_revision = "2026_11_21_0907"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_version",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("adopted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "ledger_account",
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "income",
                "self",
                "advance",
                "due",
                "difference",
                name="accountkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("payer", sa.String(length=64), nullable=True),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(payer IS NOT NULL) = (kind IN ('advance', 'due'))", name="payers_owe"
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("code"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_ledger_account_station_id"),
        "ledger_account",
        ["station_id"],
        unique=False,
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_key", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "service",
                "reversal",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "posted",
                name="entrystate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("rule_version", sa.String(length=64), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("home_street", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("service", sa.String(length=24), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("anomaly", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversals_name"
        ),
        sa.CheckConstraint("grade IN ('A','B','C','D','E')", name="grades"),
        sa.CheckConstraint("length(period) = 7", name="a_month"),
        sa.ForeignKeyConstraint(
            ["elder_id"],
            ["elder.id"],
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
            ["reverses_id"],
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
        sa.ForeignKeyConstraint(
            ["street_code"],
            ["street.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("business_key"),
        sa.UniqueConstraint("reverses_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "entries_of_a_month", "ledger_entry", ["period", "station_id"], unique=False
    )
    op.create_index(
        op.f("ix_ledger_entry_elder_id"), "ledger_entry", ["elder_id"], unique=False
    )
    op.create_index(
        op.f("ix_ledger_entry_order_id"), "ledger_entry", ["order_id"], unique=False
    )
    op.create_table(
        "ledger_posting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(length=120), nullable=False),
        sa.Column("subsidy", sa.String(length=64), nullable=True),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("fen <> 0", name="not_nothing"),
        sa.CheckConstraint("fen = CAST(fen AS BIGINT)", name="whole_fen"),
        sa.CheckConstraint("fen BETWEEN -100000000 AND 100000000", name="some_fen"),
        sa.ForeignKeyConstraint(
            ["account"],
            ["ledger_account.code"],
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entry.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_ledger_posting_account"), "ledger_posting", ["account"], unique=False
    )
    op.create_index(
        "one_posting_each",
        "ledger_posting",
        ["entry_id", "account", "subsidy"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_table("ledger_posting")
    op.drop_table("ledger_entry")
    op.drop_table("ledger_account")
    op.drop_table("rule_version")
