"""Signatures of a month, the chain of its lines, and the guards of both.

Revision: 2026_11_22_0953a
After:    2026_11_22_0946
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant
from dispatch.store.migrations.month_guards import month_guards

revision = "2026_11_22_0953a"
down_revision = "2026_11_22_0946"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_STEPS = ("confirm", "review", "publish", "approve", "pay", "reopen")


def upgrade() -> None:
    _make_steps()
    _make_lines()
    for statement in month_guards(op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("entry_month_insert", "entry_month_update"):
            op.execute(f"DROP TRIGGER ledger_{name}")
        op.execute("DROP TRIGGER subsidy_grant_month")
        for name in ("no_update", "no_delete", "no_replace"):
            op.execute(f"DROP TRIGGER period_{name}")
    else:
        for table in ("ledger_entry", "subsidy_grant"):
            op.execute(f"DROP TRIGGER {table}_month ON {table}")
        for name in ("stays", "never_emptied"):
            op.execute(f"DROP TRIGGER period_{name} ON period")
    op.drop_table("period_line")
    op.drop_table("period_step")


def _make_steps() -> None:
    op.create_table(
        "period_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("step", sa.Enum(*_STEPS, name="step", **_WORD), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("street_code", sa.String(length=12), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("checks", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(step = 'confirm') = (station_id IS NOT NULL)", name="stations_confirm"
        ),
        sa.CheckConstraint(
            "(step = 'review') = (street_code IS NOT NULL)", name="streets_review"
        ),
        sa.CheckConstraint(
            "(step = 'publish') = (until_on IS NOT NULL)", name="notices_expire"
        ),
        sa.CheckConstraint("step <> 'reopen' OR length(words) > 0", name="said_why"),
        sa.ForeignKeyConstraint(["month"], ["period.month"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("steps_in_order", "period_step", ["month", "number"], unique=True)


def _make_lines() -> None:
    kinds = sa.Enum("account", "entry", "rule", name="linekind", **_WORD)
    op.create_table(
        "period_line",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("checks", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["month"], ["period.month"]),
        sa.PrimaryKeyConstraint("month", "number"),
        sqlite_with_rowid=False,
    )
