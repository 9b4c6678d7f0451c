"""The evaluator signs in: one more word, nothing else.

Revision: 2026_11_23_0620
After:    2026_11_23_0611
"""

from alembic import op

from dispatch.store.migrations.rewording import allow

revision = "2026_11_23_0620"
down_revision = "2026_11_23_0611"
branch_labels = None
depends_on = None

_ROLES = (
    *("district", "street", "station", "dispatcher", "helper", "system"),
    *("kitchen", "auditor", "system_admin", "security_admin", "audit_admin"),
    "call_centre",
)


def upgrade() -> None:
    allow("account", "role", "role", [*_ROLES, "evaluator"])


def downgrade() -> None:
    """Whoever has such an account has none afterwards; it opens nothing any more."""
    op.execute(
        "UPDATE account SET active = false, role = 'helper' WHERE role = 'evaluator'"
    )
    allow("account", "role", "role", _ROLES)
