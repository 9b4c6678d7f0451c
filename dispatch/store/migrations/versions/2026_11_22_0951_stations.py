"""Stations' months, payouts, budgets, allowances that stop.

Revision: 2026_11_22_0951
After:    2026_11_22_0953a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts
from dispatch.store.migrations.book_guards import book_guards, book_unguards

revision = "2026_11_22_0951"
down_revision = "2026_11_22_0953a"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_LIFE = ("died", "moved_out", "moved", "hospital", "institution", "unreachable")


def upgrade() -> None:
    _tallies()
    _payouts()
    op.create_table(
        "budget_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payer", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("doc_no", sa.String(length=60), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "fen BETWEEN -10000000000000 AND 10000000000000", name="some_budget"
        ),
        sa.CheckConstraint("fen <> 0 AND fen = CAST(fen AS BIGINT)", name="whole_fen"),
        sa.CheckConstraint("year BETWEEN 2000 AND 2199", name="a_year"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("budget_of_a_year", "budget_line", ["year", "payer"])
    _stops()
    for statement in book_guards(op.get_bind().dialect.name):
        op.execute(statement)


def _tallies() -> None:
    counts = ("signed_persons", "visits_due", "visits_done")
    op.create_table(
        "station_tally",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("rule_version", sa.String(length=64), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("rural", sa.Boolean(), nullable=False),
        sa.Column("star", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("haircuts_due", sa.Integer(), nullable=False),
        sa.Column("haircuts_done", sa.Integer(), nullable=False),
        sa.Column("persons_days", facts(), nullable=False),
        sa.Column("earned", facts(), nullable=False),
        sa.Column("refused", facts(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("counted_at", Instant(), nullable=False),
        sa.Column("counted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("length(month) = 7", name="a_month"),
        sa.CheckConstraint("star BETWEEN 0 AND 5", name="stars"),
        sa.CheckConstraint(
            "signed_persons >= 0 AND visits_due >= 0 AND haircuts_due >= 0 "
            "AND visits_done BETWEEN 0 AND visits_due "
            "AND haircuts_done BETWEEN 0 AND haircuts_due",
            name="counted",
        ),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["rule_version"], ["rule_version.id"]),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"]),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"]),
        sa.ForeignKeyConstraint(["counted_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id"),
    )
    op.create_index("tallies_of_a_month", "station_tally", ["month", "station_id"])


def _payouts() -> None:
    op.create_table(
        "payout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("payer", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("reimbursement", "payout", name="payoutkind", **_WORD),
            nullable=False,
        ),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("voucher", sa.String(length=40), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("fen BETWEEN 1 AND 100000000", name="some_fen"),
        sa.CheckConstraint("fen = CAST(fen AS BIGINT)", name="whole_fen"),
        sa.CheckConstraint("length(month) = 7", name="a_month"),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["account"], ["ledger_account.code"]),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"]),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id"),
    )
    op.create_index("payouts_of_a_month", "payout", ["month", "station_id"])


def _stops() -> None:
    op.create_table(
        "allowance_stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("life_event_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Enum(*_LIFE, name="lifekind", **_WORD), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("stops_on", sa.Date(), nullable=False),
        sa.Column("rule_version", sa.String(length=64), nullable=False),
        sa.Column("verify_until_on", sa.Date(), nullable=True),
        sa.Column("verified_at", Instant(), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by IS NULL)", name="verified_by_a_person"
        ),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["life_event_id"], ["life_event.id"]),
        sa.ForeignKeyConstraint(["verified_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("life_event_id"),
    )
    op.create_index("ix_allowance_stop_elder_id", "allowance_stop", ["elder_id"])
    op.create_index("stops_of_a_month", "allowance_stop", ["stops_on"])
    waiting = sa.text("verified_at IS NULL AND lifted_at IS NULL")
    op.create_index(
        *("stops_to_verify", "allowance_stop", ["verify_until_on"]),
        postgresql_where=waiting,
        sqlite_where=waiting,
    )


def downgrade() -> None:
    for statement in book_unguards(op.get_bind().dialect.name):
        op.execute(statement)
    for table in ("allowance_stop", "budget_line", "payout", "station_tally"):
        op.drop_table(table)
