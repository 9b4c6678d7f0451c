"""An order may come from a duty that is owed.

Revision: 2026_11_22_0918a
After:    2026_11_22_0914b
"""

from dispatch.store.migrations.rewording import allow

revision = "2026_11_22_0918a"
down_revision = "2026_11_22_0914b"
branch_labels = None
depends_on = None

_SOURCES = ("phone", "counter", "family", "elder", "standing", "sheet", "walk_in")
_AGREED = ("self", "spoken", "opt_in", "plan", "listed")


def upgrade() -> None:
    allow("order_origin", "source", "source", (*_SOURCES, "duty"))
    allow("order_origin", "agreed", "agreed", (*_AGREED, "duty"))


def downgrade() -> None:
    allow("order_origin", "source", "source", _SOURCES)
    allow("order_origin", "agreed", "agreed", _AGREED)
