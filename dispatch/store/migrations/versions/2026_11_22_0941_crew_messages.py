"""Messages to many helpers at once, and who has read them.

Revision: 2026_11_22_0941
After:    2026_11_22_0945
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0941"
down_revision = "2026_11_22_0945"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    kinds = ("on_duty", "kitchen", "street")
    op.create_table(
        "crew_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "audience", sa.Enum(*kinds, name="audience", **_WORD), nullable=False
        ),
        sa.Column("street_code", sa.String(length=12), nullable=True),
        sa.Column("kitchen_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(audience = 'kitchen') = (kitchen_id IS NOT NULL)", name="which_kitchen"
        ),
        sa.CheckConstraint(
            "audience <> 'street' OR street_code IS NOT NULL", name="which_street"
        ),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["kitchen_id"], ["kitchen.id"]),
        sa.ForeignKeyConstraint(["sent_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_crew_message_sent_at", "crew_message", ["sent_at"])
    op.create_table(
        "crew_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["crew_message.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    each = ["message_id", "helper_id"]
    op.create_index("one_receipt_each", "crew_receipt", each, unique=True)
    op.create_index(
        "messages_to_read",
        "crew_receipt",
        ["helper_id"],
        postgresql_where=_UNREAD,
        sqlite_where=_UNREAD,
    )


def downgrade() -> None:
    op.drop_table("crew_receipt")
    op.drop_table("crew_message")
