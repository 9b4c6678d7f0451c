"""How a picture looks, in 64 bits, so that nearly the same one is found again.

Revision: 2026_11_22_0957
After:    2026_11_22_0958
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0957"
down_revision = "2026_11_22_0958"
branch_labels = None
depends_on = None

_TOLD = sa.text("look IS NOT NULL")


def upgrade() -> None:
    op.add_column("field_photo", sa.Column("look", sa.String(16), nullable=True))
    op.create_index(
        "looks_of_pictures",
        "field_photo",
        ["begun_at"],
        postgresql_where=_TOLD,
        sqlite_where=_TOLD,
    )


def downgrade() -> None:
    op.drop_index("looks_of_pictures", "field_photo")
    op.drop_column("field_photo", "look")
