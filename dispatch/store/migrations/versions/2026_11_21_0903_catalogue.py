"""Services, sittings and menus.

Revision: 2026_11_21_0903
After:    2026_11_21_0902
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_21_0903"
down_revision = "2026_11_21_0902"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("assist", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("skills", facts(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("is_meal", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 0 AND 600", name="minutes"),
        sa.CheckConstraint("people BETWEEN 1 AND 2", name="people"),
        sa.CheckConstraint("price_fen BETWEEN 0 AND 100000000", name="price"),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "sitting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kitchen_id", sa.Uuid(), nullable=False),
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
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("cut_off_at", Instant(), nullable=False),
        sa.Column("ready_at", Instant(), nullable=False),
        sa.Column("door_from_at", Instant(), nullable=False),
        sa.Column("door_until_at", Instant(), nullable=False),
        sa.Column("hot_seconds", sa.Integer(), nullable=False),
        sa.Column("eat_by_at", Instant(), nullable=False),
        sa.Column("spare_planned", sa.Integer(), nullable=False),
        sa.Column("cooked", sa.Integer(), nullable=True),
        sa.Column("spare", sa.Integer(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.CheckConstraint("cut_off_at <= door_until_at", name="cut_off_before_door"),
        sa.CheckConstraint("sold BETWEEN 0 AND capacity", name="not_oversold"),
        sa.CheckConstraint("spare BETWEEN 0 AND 100000", name="spare_portions"),
        sa.ForeignKeyConstraint(
            ["kitchen_id"],
            ["kitchen.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kitchen_id", "serve_on", "serving", name="one_sitting"),
    )
    op.create_index(
        op.f("ix_sitting_kitchen_id"), "sitting", ["kitchen_id"], unique=False
    )
    op.create_index(op.f("ix_sitting_serve_on"), "sitting", ["serve_on"], unique=False)
    op.create_table(
        "menu_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("diet_tags", facts(), nullable=False),
        sa.Column("allergens", facts(), nullable=False),
        sa.Column("texture_level", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_fen BETWEEN 0 AND 100000000", name="dish_price"),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["sitting.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sitting_id", "code", name="one_code"),
    )
    op.create_index(
        op.f("ix_menu_item_sitting_id"), "menu_item", ["sitting_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("menu_item")
    op.drop_table("sitting")
    op.drop_table("service")
