"""Phones: day passes for one round, and pictures from the door.

Revision: 2026_11_22_0934
After:    2026_11_22_0935
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0934"
down_revision = "2026_11_22_0935"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_STANDS = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "day_pass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("session_sha256", sa.String(length=64), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (session_sha256 IS NULL)", name="taken_by_a_phone"
        ),
        sa.CheckConstraint("made_at < expires_at", name="pass_has_a_day"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("session_sha256"),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_index("ix_day_pass_helper_id", "day_pass", ["helper_id"])
    op.create_index(
        "one_pass_stands",
        "day_pass",
        ["wave_id", "helper_id"],
        unique=True,
        postgresql_where=_STANDS,
        sqlite_where=_STANDS,
    )
    op.create_table(
        "field_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("photo", "signature", name="photokind", **_WORD),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("have", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("whole_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "size BETWEEN 1 AND 2000000 AND have BETWEEN 0 AND size",
            name="picture_size",
        ),
        sa.CheckConstraint(
            "(whole_at IS NULL) = (sealed IS NULL) "
            "AND (whole_at IS NULL) = (key_id IS NULL)",
            name="whole_is_sealed",
        ),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id", "sha256", name="one_picture_each"),
    )
    op.create_index("ix_field_photo_helper_id", "field_photo", ["helper_id"])
    op.create_index("ix_field_photo_sha256", "field_photo", ["sha256"])
    op.create_table(
        "field_photo_piece",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("begin", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["field_photo.id"]),
        sa.PrimaryKeyConstraint("photo_id", "begin"),
    )


def downgrade() -> None:
    op.drop_table("field_photo_piece")
    op.drop_table("field_photo")
    op.drop_table("day_pass")
