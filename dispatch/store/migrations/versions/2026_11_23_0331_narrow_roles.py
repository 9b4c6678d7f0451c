"""Kitchens, auditors and the three administrators sign in.

The new roles are more words and one nullable column: the old code keeps running.

Revision: 2026_11_23_0331
After:    2026_11_23_0250
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.migrations.rewording import allow

revision = "2026_11_23_0331"
down_revision = "2026_11_23_0250"
branch_labels = None
depends_on = None

_ROLES = ("district", "street", "station", "dispatcher", "helper", "system")
_NARROW = ("kitchen", "auditor", "system_admin", "security_admin", "audit_admin")


def upgrade() -> None:
    allow("account", "role", "role", [*_ROLES, *_NARROW])
    kitchen = sa.Column("kitchen_id", sa.Uuid(), sa.ForeignKey("kitchen.id"))
    op.add_column("account", kitchen, inline_references=True)


def downgrade() -> None:
    """Whoever has such an account has none afterwards; it opens nothing any more."""
    said = ", ".join(f"'{role}'" for role in _NARROW)
    op.execute(
        "UPDATE account SET active = false, role = 'helper', helper_id = NULL "  # noqa: S608
        f"WHERE role IN ({said})"
    )
    op.drop_column("account", "kitchen_id")
    allow("account", "role", "role", _ROLES)
