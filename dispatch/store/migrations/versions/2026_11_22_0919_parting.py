"""When an order was given back; a case for who is left alone; rounds by departure.

Orders that were given back before that was written down are found by their stories:
they left every stop of the plans that were out by then.

Revision: 2026_11_22_0919
After:    2026_11_22_0918
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant
from dispatch.store.migrations.rewording import allow

revision = "2026_11_22_0919"
down_revision = "2026_11_22_0918"
branch_labels = None
depends_on = None

_KINDS = ("no_answer", "overdue")
_EVENT = sa.table(
    "event",
    sa.column("subject_id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("facts", sa.JSON()),
    sa.column("at", Instant()),
)
_FIELD_EVENT = sa.table(
    "field_event", sa.column("id", sa.Uuid()), sa.column("kind", sa.String())
)
_STOP = sa.table("stop", sa.column("id", sa.Uuid()), sa.column("round_id", sa.Uuid()))
_ROUND = sa.table(
    "round",
    sa.column("id", sa.Uuid()),
    sa.column("wave_id", sa.Uuid()),
    sa.column("made_in_version", sa.Integer()),
)
_PLAN = sa.table(
    "plan",
    sa.column("wave_id", sa.Uuid()),
    sa.column("version", sa.Integer()),
    sa.column("published_at", Instant()),
)
_SERVED = sa.table(
    "stop_order",
    sa.column("stop_id", sa.Uuid()),
    sa.column("order_id", sa.Uuid()),
    sa.column("given_back_at", Instant()),
)


def upgrade() -> None:
    op.create_index("rounds_that_leave", "round", ["leaves_at"])
    op.add_column("stop_order", sa.Column("given_back_at", Instant(), nullable=True))
    find_returns()
    op.execute(  # whose story says nothing of it
        "UPDATE stop_order SET given_back_at ="
        " (SELECT leaves_at FROM stop WHERE stop.id = stop_order.stop_id)"
        " WHERE given_back AND given_back_at IS NULL"
    )
    op.drop_column("stop_order", "given_back")
    allow("safety_case", "kind", "casekind", [*_KINDS, "alone"])


def find_returns() -> None:
    """Write down when each order was given back that was, as its story has it."""
    for order_id, at in _returns():
        op.execute(
            sa.update(_SERVED)
            .where(_SERVED.c.order_id == order_id, _SERVED.c.given_back_at.is_(None))
            .where(_SERVED.c.stop_id.in_(_stops_before(at)))
            .values(given_back_at=at)
        )


def _returns() -> Iterator[tuple[UUID, datetime]]:
    """Each order that a helper could not do, and when it left them."""
    connection = op.get_bind()
    cannot = sa.select(_FIELD_EVENT.c.id).where(_FIELD_EVENT.c.kind == "cannot")
    said = {str(each) for each in connection.scalars(cannot)}
    moves = sa.select(_EVENT.c.subject_id, _EVENT.c.facts, _EVENT.c.at)
    moves = moves.where(_EVENT.c.kind == "order.unassigned").order_by(_EVENT.c.at)
    for order_id, facts, at in connection.execute(moves).all():
        if facts.get("field_event_id") in said:
            yield order_id, at


def _stops_before(at: datetime) -> sa.Select[tuple[UUID]]:
    """The stops of rounds whose first plan was out at a moment."""
    return (
        sa.select(_STOP.c.id)
        .join(_ROUND, _ROUND.c.id == _STOP.c.round_id)
        .join(
            _PLAN,
            sa.and_(
                _PLAN.c.wave_id == _ROUND.c.wave_id,
                _PLAN.c.version == _ROUND.c.made_in_version,
            ),
        )
        .where(_PLAN.c.published_at <= at)
    )


def downgrade() -> None:
    allow("safety_case", "kind", "casekind", _KINDS)
    op.add_column(
        "stop_order",
        sa.Column("given_back", sa.Boolean(), nullable=False, server_default="0"),
    )
    op.execute("UPDATE stop_order SET given_back = (given_back_at IS NOT NULL)")
    op.drop_column("stop_order", "given_back_at")
    op.drop_index("rounds_that_leave", table_name="round")
