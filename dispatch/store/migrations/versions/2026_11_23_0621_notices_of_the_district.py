"""A notice may be the whole district's affair: it belongs to no street then.

A column that may be left empty: the old code keeps running. What leaves the house is
still of a street.

Revision: 2026_11_23_0621
After:    2026_11_23_0620
"""

from alembic import op

from dispatch.store.migrations.rewording import add_check, drop_check, require

revision = "2026_11_23_0621"
down_revision = "2026_11_23_0620"
branch_labels = None
depends_on = None

_NAME = "outside_by_street"
_RULE = "way = 'inbox' OR street_code IS NOT NULL"


def upgrade() -> None:
    require("notice", "street_code", required=False)
    add_check("notice", _NAME, _RULE)


def downgrade() -> None:
    """Forgets what was said to the whole district's officials alone."""
    op.execute("DELETE FROM notice WHERE street_code IS NULL")
    drop_check("notice", _NAME, _RULE)
    require("notice", "street_code", required=True)
