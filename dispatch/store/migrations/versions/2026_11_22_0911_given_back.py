"""An order that its helper gave back is no longer theirs, at whichever stop it stood.

Revision: 2026_11_22_0911
After:    2026_11_22_0910
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0911"
down_revision = "2026_11_22_0910"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "stop_order",
        sa.Column("given_back", sa.Boolean(), nullable=False, server_default="0"),
    )


def downgrade() -> None:
    op.drop_column("stop_order", "given_back")
