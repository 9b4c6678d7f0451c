"""Orders, payments, stops.

Revision: 2026_11_21_0905
After:    2026_11_21_0904
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_21_0905"
down_revision = "2026_11_21_0904"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("kitchen_id", sa.Uuid(), nullable=True),
        sa.Column("sitting_id", sa.Uuid(), nullable=True),
        sa.Column("menu_item_id", sa.Uuid(), nullable=True),
        sa.Column("wave_id", sa.Uuid(), nullable=True),
        sa.Column("service", sa.String(length=24), nullable=False),
        sa.Column("is_meal", sa.Boolean(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "delivery",
                "pickup",
                "proxy",
                "dine_in",
                "visit",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("serve_on", sa.Date(), nullable=False),
        sa.Column(
            "serving",
            sa.Enum(
                "breakfast",
                "lunch",
                "dinner",
                name="serving",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("window_from_at", Instant(), nullable=False),
        sa.Column("window_until_at", Instant(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("fee_fen", sa.Integer(), nullable=False),
        sa.Column("due_fen", sa.Integer(), nullable=True),
        sa.Column("paid_fen", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "blocked",
                "waiting",
                "unassigned",
                "planned",
                "under_way",
                "done",
                "failed",
                "cancelled",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("grade", sa.String(length=1), nullable=True),
        sa.Column("explanation", facts(), nullable=True),
        sa.Column("plan_version", sa.Integer(), nullable=True),
        sa.Column("collected_by", sa.String(length=20), nullable=True),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("(grade IS NULL) OR (state = 'done')", name="grade_is_done"),
        sa.CheckConstraint(
            "(state = 'done') = (grade IS NOT NULL)", name="done_is_graded"
        ),
        sa.CheckConstraint(
            "state NOT IN ('held','blocked','failed','cancelled') OR reason IS NOT NULL",  # noqa: E501
            name="reasons",
        ),
        sa.CheckConstraint(
            "due_fen IS NULL OR due_fen BETWEEN 0 AND 100000000", name="due"
        ),
        sa.CheckConstraint("fee_fen BETWEEN 0 AND 100000000", name="fee"),
        sa.CheckConstraint("is_meal = (sitting_id IS NOT NULL)", name="meals_sit"),
        sa.CheckConstraint("paid_fen BETWEEN 0 AND 100000000", name="paid"),
        sa.CheckConstraint("price_fen BETWEEN 0 AND 100000000", name="price"),
        sa.ForeignKeyConstraint(
            ["elder_id"],
            ["elder.id"],
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["household.id"],
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"],
            ["kitchen.id"],
        ),
        sa.ForeignKeyConstraint(
            ["menu_item_id"],
            ["menu_item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["service"],
            ["service.code"],
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["sitting.id"],
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.ForeignKeyConstraint(
            ["street_code"],
            ["street.code"],
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["wave.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_orders_elder_id"), "orders", ["elder_id"], unique=False)
    op.create_index(
        op.f("ix_orders_sitting_id"), "orders", ["sitting_id"], unique=False
    )
    op.create_index(
        "one_meal_each",
        "orders",
        ["elder_id", "serve_on", "serving"],
        unique=True,
        postgresql_where=sa.text("is_meal AND state <> 'cancelled' AND NOT again"),
        sqlite_where=sa.text("is_meal AND state <> 'cancelled' AND NOT again"),
    )
    op.create_index(
        "orders_of_a_day", "orders", ["serve_on", "station_id"], unique=False
    )
    op.create_index("orders_of_a_wave", "orders", ["wave_id", "state"], unique=False)
    op.create_table(
        "stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pickup",
                "door",
                "visit",
                name="stopkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("kitchen_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("leaves_at", Instant(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "arrived",
                "done",
                name="stopstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(kitchen_id IS NULL) <> (household_id IS NULL)", name="one_place"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["household.id"],
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"],
            ["kitchen.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "seq", name="one_stop_each"),
    )
    op.create_index(op.f("ix_stop_round_id"), "stop", ["round_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "cash",
                "card",
                "stored",
                name="paymethod",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("fen", sa.Integer(), nullable=False),
        sa.Column("refund_of", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(fen < 0) = (refund_of IS NOT NULL)", name="refunds"),
        sa.CheckConstraint("fen BETWEEN -100000000 AND 100000000", name="some_money"),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.ForeignKeyConstraint(
            ["refund_of"],
            ["payment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("refund_of"),
    )
    op.create_index(op.f("ix_payment_order_id"), "payment", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_payment_station_id"), "payment", ["station_id"], unique=False
    )
    op.create_table(
        "stop_order",
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("box", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"],
            ["stop.id"],
        ),
        sa.PrimaryKeyConstraint("stop_id", "order_id"),
    )
    op.create_index(
        op.f("ix_stop_order_order_id"), "stop_order", ["order_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("stop_order")
    op.drop_table("payment")
    op.drop_table("stop")
    op.drop_table("orders")
