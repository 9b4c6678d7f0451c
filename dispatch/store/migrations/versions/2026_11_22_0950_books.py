"""Books of payers, elders and operators; entries that no order stands behind.

Revision: 2026_11_22_0950
After:    2026_11_22_0956
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant
from dispatch.store.migrations.rewording import (
    add_check,
    allow,
    drop_check,
    require,
    reword,
)

revision = "2026_11_22_0950"
down_revision = "2026_11_22_0956"
branch_labels = None
depends_on = None

_ACCOUNTS = ("income", "self", "advance", "due", "difference")
_MORE_ACCOUNTS = ("external", "support", "claim", "paid", "custody", "purse")
_ENTRIES = ("service", "reversal")
_MORE_ENTRIES = ("station", "reimbursement", "payout", "adjustment", "purse")
_OWE_BEFORE = "(payer IS NOT NULL) = (kind IN ('advance', 'due'))"
_OWE = "(payer IS NOT NULL) = (kind IN ('advance', 'due', 'external', 'paid'))"
_ACCOUNT_RULES = {
    "stations_hold": "(station_id IS NULL) = (kind IN ('paid', 'purse'))",
    "elders_own": "(elder_id IS NOT NULL) = (kind IN ('claim', 'purse'))",
    "operators_earn": "operator_id IS NULL OR kind = 'support'",
}
_ENTRY_RULES = {
    "corrections_name": "(kind = 'adjustment') = (corrects_id IS NOT NULL)",
    "services_are_proven": "kind <> 'service' OR (order_id IS NOT NULL "
    "AND elder_id IS NOT NULL AND evidence_id IS NOT NULL AND grade IS NOT NULL)",
    "stations_have_no_order": "kind NOT IN ('station', 'reimbursement', 'payout') OR "
    "(order_id IS NULL AND elder_id IS NULL AND evidence_id IS NULL AND grade IS NULL)",
    "rules_are_named": "kind NOT IN ('service', 'station', 'adjustment') "
    "OR rule_version IS NOT NULL",
    "purses_are_somebodys": "kind <> 'purse' OR elder_id IS NOT NULL",
    "adjusts_another": "adjusts_period IS NULL "
    "OR (length(adjusts_period) = 7 AND adjusts_period <> period)",
}
_OPTIONAL = ("rule_version", "order_id", "elder_id", "grade", "evidence_id")
_INDEXES = {
    "entries_of_stations": ("station_id", "kind = 'station'"),
    "entries_that_correct": ("corrects_id", "corrects_id IS NOT NULL"),
    "entries_that_adjust": ("adjusts_period", "adjusts_period IS NOT NULL"),
}


def upgrade() -> None:
    _accounts()
    _entries()
    op.create_table(
        "payer",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                *("person", "enterprise", "government", "collective", "society"),
                name="source",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    _externals()


def _accounts() -> None:
    allow("ledger_account", "kind", "accountkind", _ACCOUNTS + _MORE_ACCOUNTS)
    require("ledger_account", "station_id", required=False)
    for column, target in (("elder_id", "elder"), ("operator_id", "operator")):
        _refer("ledger_account", column, target)
    reword("ledger_account", "payers_owe", _OWE)
    for name, rule in _ACCOUNT_RULES.items():
        add_check("ledger_account", name, rule)


def _entries() -> None:
    allow("ledger_entry", "kind", "entrykind", _ENTRIES + _MORE_ENTRIES)
    for column in _OPTIONAL:
        require("ledger_entry", column, required=False)
    op.add_column(
        "ledger_entry", sa.Column("adjusts_period", sa.String(length=7), nullable=True)
    )
    all_of_them: sa.Column[str] = sa.Column(
        "categories", sa.String(length=1000), nullable=False, server_default=""
    )
    op.add_column("ledger_entry", all_of_them)
    _refer("ledger_entry", "corrects_id", "ledger_entry")
    for name, rule in _ENTRY_RULES.items():
        add_check("ledger_entry", name, rule)
    for name, (column, where) in _INDEXES.items():
        some = sa.text(where)
        op.create_index(
            *(name, "ledger_entry", [column]), postgresql_where=some, sqlite_where=some
        )


def _refer(table: str, column: str, target: str) -> None:
    """One optional column that names a row of another table, on both engines."""
    kind = "UUID" if op.get_bind().dialect.name == "postgresql" else "CHAR(32)"
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {kind} REFERENCES {target} (id)"
    )


def _externals() -> None:
    op.create_table(
        "external_part",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("payer", sa.String(length=64), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("fen BETWEEN 1 AND 100000000", name="some_fen"),
        sa.CheckConstraint("fen = CAST(fen AS BIGINT)", name="whole_fen"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["told_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_table(
        "coupon_number",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["told_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("order_id"),
        sa.UniqueConstraint("number"),
    )


def downgrade() -> None:
    """Only before the first entry of a new kind: what is posted cannot be changed."""
    for table in ("coupon_number", "external_part", "payer"):
        op.drop_table(table)
    for name in _INDEXES:
        op.drop_index(name, table_name="ledger_entry")
    for name, rule in _ENTRY_RULES.items():
        drop_check("ledger_entry", name, rule)
    for column in ("corrects_id", "categories", "adjusts_period"):
        op.drop_column("ledger_entry", column)
    for column in _OPTIONAL:
        require("ledger_entry", column, required=True)
    allow("ledger_entry", "kind", "entrykind", _ENTRIES)
    for name, rule in _ACCOUNT_RULES.items():
        drop_check("ledger_account", name, rule)
    reword("ledger_account", "payers_owe", _OWE_BEFORE)
    for column in ("operator_id", "elder_id"):
        op.drop_column("ledger_account", column)
    require("ledger_account", "station_id", required=True)
    allow("ledger_account", "kind", "accountkind", _ACCOUNTS)
