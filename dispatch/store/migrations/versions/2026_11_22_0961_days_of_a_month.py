"""A month's entries by day, for the lines behind a figure; one index less by elder.

Revision: 2026_11_22_0961
After:    2026_11_22_0963
"""

from alembic import op

revision = "2026_11_22_0961"
down_revision = "2026_11_22_0963"
branch_labels = None
depends_on = None

_COLUMNS = (
    *("period", "service_on", "id", "street_code", "channel"),
    *("category", "service"),
)


def upgrade() -> None:
    op.create_index("days_of_a_month", "ledger_entry", list(_COLUMNS))
    # entries_of_a_person begins with the elder too.
    op.drop_index("ix_ledger_entry_elder_id", "ledger_entry")


def downgrade() -> None:
    op.create_index("ix_ledger_entry_elder_id", "ledger_entry", ["elder_id"])
    op.drop_index("days_of_a_month", "ledger_entry")
