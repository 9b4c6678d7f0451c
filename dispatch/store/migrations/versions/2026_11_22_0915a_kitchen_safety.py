"""Test meals, returnable boxes, and cases about a batch of which two fell ill.

Revision: 2026_11_22_0915a
After:    2026_11_22_0915
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts
from dispatch.store.migrations.rewording import allow

revision = "2026_11_22_0915a"
down_revision = "2026_11_22_0915"
branch_labels = None
depends_on = None

_STEPS = ("taken_back", "handed_in")
_CASES = ("no_answer", "overdue", "alone")


def upgrade() -> None:
    _tastings()
    _returns()
    _illness()
    allow("safety_case", "kind", "casekind", [*_CASES, "batch_illness"])


def downgrade() -> None:
    allow("safety_case", "kind", "casekind", _CASES)
    for table in ("batch_case", "illness", "box_return", "tasting"):
        op.drop_table(table)


def _tastings() -> None:
    op.create_table(
        "tasting",
        _id("id"),
        _id("kitchen_id"),
        sa.Column("week_on", sa.Date(), nullable=False),
        _id("sitting_id"),
        sa.Column("seed", sa.String(length=64), nullable=False),
        _id("round_id", nullable=True),
        _id("stop_id", nullable=True),
        sa.Column("tenths", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=120), nullable=False),
        sa.Column("probed_at", Instant(), nullable=True),
        _id("probed_by", nullable=True),
        sa.CheckConstraint(
            "(tenths IS NULL) = (probed_at IS NULL) "
            "AND (tenths IS NULL) = (probed_by IS NULL)",
            name="probed_by_one",
        ),
        sa.CheckConstraint(
            "tenths IS NULL OR tenths BETWEEN -400 AND 1500", name="tasting_celsius"
        ),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchen.id"]),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"]),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"]),
        sa.ForeignKeyConstraint(["stop_id"], ["stop.id"]),
        sa.ForeignKeyConstraint(["probed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kitchen_id", "week_on", name="one_tasting"),
    )
    for column in ("kitchen_id", "sitting_id", "round_id", "stop_id"):
        _index("tasting", column)


def _returns() -> None:
    op.create_table(
        "box_return",
        _id("id"),
        _words("step", "step", _STEPS),
        _id("elder_id", nullable=True),
        _id("helper_id", nullable=True),
        sa.Column("boxes", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        _id("account_id", nullable=True),
        sa.CheckConstraint("boxes BETWEEN 1 AND 50", name="boxes_returned"),
        sa.CheckConstraint(
            "(step = 'taken_back') = (elder_id IS NOT NULL)", name="taken_from_an_elder"
        ),
        sa.CheckConstraint(
            "step <> 'handed_in' OR helper_id IS NOT NULL", name="handed_in_by_a_helper"
        ),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("box_return", "elder_id")
    _index("box_return", "helper_id")


def _illness() -> None:
    op.create_table(
        "illness",
        _id("id"),
        _id("elder_id"),
        _id("station_id"),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("symptoms", facts(), nullable=False),
        sa.Column("fell_ill_at", Instant(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        _id("told_to", nullable=True),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["told_to"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("illness", "elder_id")
    op.create_table(
        "batch_case",
        _id("case_id"),
        _id("batch_id"),
        sa.ForeignKeyConstraint(["case_id"], ["safety_case.id"]),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    _index("batch_case", "batch_id")


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _words(
    name: str, check: str, words: tuple[str, ...], *, nullable: bool = False
) -> sa.Column[str]:
    kind = sa.Enum(
        *words, name=check, native_enum=False, create_constraint=True, length=24
    )
    return sa.Column(name, kind, nullable=nullable)


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])
