"""Operators, stars and micro-points; offers.

Revision: 2026_11_22_0914b
After:    2026_11_22_0916
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant
from dispatch.store.migrations.rewording import allow

revision = "2026_11_22_0914b"
down_revision = "2026_11_22_0916"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_POINTS = ("station", "restaurant", "central_kitchen", "micro_point")


def upgrade() -> None:
    allow("station", "kind", "stationkind", _POINTS)
    op.create_table(
        "operator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("exited_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "exited_on IS NULL OR entered_on <= exited_on", name="operator_forward"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("credit_code"),
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until_on IS NULL OR from_on <= until_on", name="run_forward"
        ),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_operation_operator_id", "operation", ["operator_id"])
    op.create_index(
        "one_operator_each",
        "operation",
        ["station_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
        sqlite_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "star_given",
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("star", sa.Integer(), nullable=False),
        sa.CheckConstraint("star BETWEEN 0 AND 5", name="stars"),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("station_id", "from_on"),
    )
    op.create_table(
        "micro_point",
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("keeper_id", sa.Uuid(), nullable=False),
        sa.Column("radius_metres", sa.Integer(), nullable=False),
        sa.CheckConstraint("radius_metres BETWEEN 50 AND 2000", name="radius"),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["keeper_id"], ["helper.id"]),
        sa.PrimaryKeyConstraint("station_id"),
        sa.UniqueConstraint("keeper_id"),
    )
    _offers()


def _offers() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *("open", "accepted", "declined", "expired", "withdrawn"),
                name="offerstate",
                **_WORD,
            ),
            nullable=False,
        ),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.CheckConstraint("offered_at < expires_at", name="offer_forward"),
        sa.CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name="answered_once"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_offer_helper_id", "offer", ["helper_id"])
    op.create_index("one_offer_each", "offer", ["order_id", "helper_id"], unique=True)
    op.create_index(
        "one_open_offer",
        "offer",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    for table in ("offer", "micro_point", "star_given", "operation", "operator"):
        op.drop_table(table)
    allow("station", "kind", "stationkind", _POINTS[:-1])
