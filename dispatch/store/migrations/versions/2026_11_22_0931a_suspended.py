"""Entitlement may be suspended, from a day on, when somebody is long out of reach.

Revision: 2026_11_22_0931a
After:    2026_11_22_0936a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.migrations.rewording import allow

revision = "2026_11_22_0931a"
down_revision = "2026_11_22_0936a"
branch_labels = None
depends_on = None

_KINDS = (
    *("ability", "dementia", "relief", "disability", "family", "veteran"),
    *("hukou", "living", "no_kin", "left_behind", "institution", "coupon"),
)


def upgrade() -> None:
    flag: sa.Column[bool] = sa.Column(
        "entitlement_suspended", sa.Boolean(), nullable=False, server_default="0"
    )
    op.add_column("elder", flag)
    allow("elder_fact", "kind", "factkind", (*_KINDS, "suspended"))


def downgrade() -> None:
    op.execute("DELETE FROM elder_fact WHERE kind = 'suspended'")
    allow("elder_fact", "kind", "factkind", _KINDS)
    op.drop_column("elder", "entitlement_suspended")
