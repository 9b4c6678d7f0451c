"""What the timers look for every few seconds is in narrow indexes.

Without them each look went through all orders, sittings, waves and requests there
ever were.

Revision: 2026_11_23_0610
After:    2026_11_23_0602
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_0610"
down_revision = "2026_11_23_0602"
branch_labels = None
depends_on = None

_OPEN_STATES = "state IN ('blocked', 'held', 'unassigned', 'waiting')"
_OPEN_VISITS = f"channel IN ('visit') AND {_OPEN_STATES}"
_NARROW = (
    ("orders_going", "orders", "serve_on", "state IN ('planned', 'under_way')"),
    ("visits_on_no_round", "orders", "window_until_at", _OPEN_VISITS),
    ("sittings_to_cook", "sitting", "cut_off_at", "cooked IS NULL"),
    ("sittings_to_close", "sitting", "eat_by_at", "closed_at IS NULL"),
)


def upgrade() -> None:
    for name, table, column, where in _NARROW:
        only = sa.text(where)
        op.create_index(name, table, [column], postgresql_where=only, sqlite_where=only)
    op.create_index("ix_wave_ends_at", "wave", ["ends_at"])
    op.create_index("plan_requests_by_state", "plan_request", ["state"])


def downgrade() -> None:
    op.drop_index("plan_requests_by_state", "plan_request")
    op.drop_index("ix_wave_ends_at", "wave")
    for name, table, _, _ in reversed(_NARROW):
        op.drop_index(name, table)
