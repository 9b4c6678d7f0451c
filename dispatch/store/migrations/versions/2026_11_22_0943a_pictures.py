"""Pictures have a time after which they are forgotten.

Revision: 2026_11_22_0943a
After:    2026_11_22_0943
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0943a"
down_revision = "2026_11_22_0943"
branch_labels = None
depends_on = None

_BEFORE = (
    "(whole_at IS NULL) = (sealed IS NULL) AND (whole_at IS NULL) = (key_id IS NULL)"
)
_AFTER = (
    "(sealed IS NOT NULL) = (whole_at IS NOT NULL AND forgotten_at IS NULL) "
    "AND (sealed IS NULL) = (key_id IS NULL) "
    "AND (forgotten_at IS NULL OR whole_at IS NOT NULL)"
)
_INDEXES = {
    "pictures_to_forget": ("whole_at", sa.text("sealed IS NOT NULL")),
    "pictures_unfinished": ("begun_at", sa.text("whole_at IS NULL")),
}


def upgrade() -> None:
    with op.batch_alter_table("field_photo") as table:
        table.add_column(sa.Column("forgotten_at", Instant(), nullable=True))
        table.drop_constraint("whole_is_sealed", type_="check")
        table.create_check_constraint("whole_is_sealed", _AFTER)
    for name, (column, where) in _INDEXES.items():
        op.create_index(
            name, "field_photo", [column], postgresql_where=where, sqlite_where=where
        )


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, table_name="field_photo")
    op.execute("DELETE FROM field_photo WHERE forgotten_at IS NOT NULL")
    with op.batch_alter_table("field_photo") as table:
        table.drop_constraint("whole_is_sealed", type_="check")
        table.drop_column("forgotten_at")
        table.create_check_constraint("whole_is_sealed", _BEFORE)
