"""A month's sums per elder, kept true by the database; prints of closed months.

Revision: 2026_11_22_0955
After:    2026_11_22_0950
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant
from dispatch.store.migrations.month_sum_triggers import fill, month_sum_triggers

revision = "2026_11_22_0955"
down_revision = "2026_11_22_0950"
branch_labels = None
depends_on = None

_KEY = (
    *("period", "elder_id", "station_id", "street_code", "channel", "service"),
    *("category", "service_month"),
)


def _key() -> list[sa.Column[object]]:
    return [
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("elder_id", sa.Uuid(), sa.ForeignKey("elder.id"), nullable=False),
        sa.Column("station_id", sa.Uuid(), sa.ForeignKey("station.id"), nullable=False),
        sa.Column("street_code", sa.String(12), nullable=False),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("service", sa.String(24), nullable=False),
        sa.Column("category", sa.String(64), nullable=False),
        sa.Column("service_month", sa.String(7), nullable=False),
    ]


def upgrade() -> None:
    op.create_index("entries_of_a_person", "ledger_entry", ["elder_id", "period"])
    sums = ("price_fen", "self_fen", "borne_fen", "other_fen")
    op.create_table(
        "month_sum",
        *_key(),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sums),
        sa.CheckConstraint("days BETWEEN 0 AND 2147483647", name="days_of_a_month"),
        sa.PrimaryKeyConstraint(*_KEY),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "month_grant",
        *_key(),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("payer", sa.String(64), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*_KEY, "kind", "payer"),
        sqlite_with_rowid=False,
    )
    station = ["station_id", "period"]
    op.create_index("month_sums_of_a_station", "month_sum", station)
    op.create_index("month_grants_of_a_station", "month_grant", station)
    _prints()
    dialect = op.get_bind().dialect.name
    for statement in (*month_sum_triggers(dialect), *fill(dialect)):
        op.execute(statement)


def _prints() -> None:
    op.create_table(
        "report_print",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                *("xlsx", "pdf"),
                name="printform",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reach", sa.String(40), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name="a_hash"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            *("name", "period", "form", "reach", "hidden"), name="one_print"
        ),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER month_sums_kept ON ledger_entry")
        op.execute("DROP FUNCTION month_sums_kept")
    else:
        op.execute("DROP TRIGGER month_sums_kept")
    for table in ("report_print", "month_grant", "month_sum"):
        op.drop_table(table)
    op.drop_index("entries_of_a_person", "ledger_entry")
