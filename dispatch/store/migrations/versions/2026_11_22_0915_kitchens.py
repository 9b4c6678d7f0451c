"""Dishes, week menus, batches with their boxes, temperatures, samples.

Revision: 2026_11_22_0915
After:    2026_11_22_0914
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0915"
down_revision = "2026_11_22_0914"
branch_labels = None
depends_on = None

_PLACES = ("batch", "warmer", "fridge", "box")
_ACTIONS = ("reheated", "discarded", "served_at_once", "mended")


def upgrade() -> None:
    _menus()
    _batches()
    _records()
    op.add_column(
        "menu_item",
        sa.Column("ingredients", facts(), nullable=False, server_default="[]"),
    )
    op.add_column("orders", sa.Column("diet_override", sa.String(200), nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "diet_override")
    op.drop_column("menu_item", "ingredients")
    for table in (
        *("food_sample", "temperature", "meal_box", "batch"),
        *("week_menu", "menu_dish", "dish"),
    ):
        op.drop_table(table)


def _menus() -> None:
    op.create_table(
        "dish",
        _id("id"),
        _id("kitchen_id"),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("ingredients", facts(), nullable=False),
        sa.Column("allergens", facts(), nullable=False),
        sa.Column("diet_tags", facts(), nullable=False),
        sa.Column("texture_level", sa.Integer(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.CheckConstraint("texture_level BETWEEN 0 AND 7", name="dish_texture"),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchen.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kitchen_id", "name", name="one_dish"),
    )
    _index("dish", "kitchen_id")
    op.create_table(
        "menu_dish",
        _id("menu_item_id"),
        _id("dish_id"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["menu_item_id"], ["menu_item.id"]),
        sa.ForeignKeyConstraint(["dish_id"], ["dish.id"]),
        sa.PrimaryKeyConstraint("menu_item_id", "dish_id"),
    )
    _index("menu_dish", "dish_id")
    op.create_table(
        "week_menu",
        _id("id"),
        _id("kitchen_id"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        _id("published_by", nullable=True),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL)", name="published_by_one"
        ),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchen.id"]),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kitchen_id", "starts_on", name="one_week_menu"),
    )
    _index("week_menu", "kitchen_id")


def _batches() -> None:
    op.create_table(
        "batch",
        _id("id"),
        sa.Column("number", sa.String(length=24), nullable=False),
        _id("kitchen_id"),
        _id("sitting_id"),
        _id("menu_item_id"),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("returnable", sa.Boolean(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        _id("started_by", nullable=True),
        sa.Column("cooked_at", Instant(), nullable=True),
        sa.Column("hot_at", Instant(), nullable=True),
        sa.Column("eat_by_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=200), nullable=True),
        sa.CheckConstraint("portions BETWEEN 1 AND 5000", name="batch_portions"),
        sa.CheckConstraint(
            "(cooked_at IS NULL) = (eat_by_at IS NULL) "
            "AND (cooked_at IS NULL) = (hot_at IS NULL)",
            name="cooked_has_a_clock",
        ),
        sa.CheckConstraint(
            "cooked_at IS NULL OR (started_at <= cooked_at AND cooked_at < eat_by_at)",
            name="batch_in_order",
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_why IS NULL)", name="withdrawn_why"
        ),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchen.id"]),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"]),
        sa.ForeignKeyConstraint(["menu_item_id"], ["menu_item.id"]),
        sa.ForeignKeyConstraint(["started_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    for column in ("kitchen_id", "sitting_id", "menu_item_id"):
        _index("batch", column)
    op.create_table(
        "meal_box",
        _id("order_id"),
        _id("batch_id"),
        _id("kitchen_id"),
        sa.Column("seal", sa.String(length=24), nullable=True),
        sa.Column("returnable", sa.Boolean(), nullable=False),
        sa.Column("packed_at", Instant(), nullable=False),
        sa.Column("eat_by_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchen.id"]),
        sa.PrimaryKeyConstraint("order_id"),
        sa.UniqueConstraint("kitchen_id", "seal", name="one_seal"),
    )
    _index("meal_box", "batch_id")


def _records() -> None:
    op.create_table(
        "temperature",
        _id("id"),
        _id("kitchen_id"),
        _id("batch_id", nullable=True),
        _words("place", "place", _PLACES),
        sa.Column("tenths", sa.Integer(), nullable=False),
        sa.Column("in_range", sa.Boolean(), nullable=False),
        _words("action", "action", _ACTIONS, nullable=True),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        _id("taken_by", nullable=True),
        sa.CheckConstraint("tenths BETWEEN -400 AND 1500", name="celsius"),
        sa.CheckConstraint("in_range OR action IS NOT NULL", name="wrong_needs_action"),
        sa.CheckConstraint(
            "place <> 'batch' OR batch_id IS NOT NULL", name="of_a_batch"
        ),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchen.id"]),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("temperature", "kitchen_id")
    _index("temperature", "batch_id")
    op.create_table(
        "food_sample",
        _id("id"),
        _id("kitchen_id"),
        _id("batch_id"),
        sa.Column("dish", sa.String(length=60), nullable=False),
        sa.Column("grams", sa.Integer(), nullable=False),
        sa.Column("fridge", sa.String(length=20), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        _id("taken_by"),
        sa.Column("keep_until_at", Instant(), nullable=False),
        sa.Column("destroyed_at", Instant(), nullable=True),
        _id("destroyed_by", nullable=True),
        sa.CheckConstraint("grams BETWEEN 125 AND 5000", name="enough_kept"),
        sa.CheckConstraint(
            "(destroyed_at IS NULL) = (destroyed_by IS NULL)", name="destroyed_by_one"
        ),
        sa.CheckConstraint(
            "destroyed_at IS NULL OR destroyed_at >= keep_until_at",
            name="kept_long_enough",
        ),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchen.id"]),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["destroyed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch_id", "dish", name="one_sample"),
    )
    _index("food_sample", "kitchen_id")
    _index("food_sample", "batch_id")


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
