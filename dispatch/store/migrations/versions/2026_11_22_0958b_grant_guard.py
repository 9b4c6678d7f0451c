"""A grant that would take another's place is found by an index, not by reading all.

Revision: 2026_11_22_0958b
After:    2026_11_22_0957a
"""

from alembic import op

from dispatch.store.migrations.ledger_guards import guard_of

revision = "2026_11_22_0958b"
down_revision = "2026_11_22_0957a"
branch_labels = None
depends_on = None

_GUARD = "subsidy_grant_no_replace"


def upgrade() -> None:
    """PostgreSQL has no such statement, and no such guard."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {_GUARD}")
        op.execute(guard_of(_GUARD))


def downgrade() -> None:
    """The same rule, found quicker: nothing to take back."""
