"""The log of orders that have been: how each was placed and how it ended.

The house did not see them: their role is `import`, and their place in the feed is
given at once, so that nobody's page is told of them as of news.
"""

from typing import Final

from sqlalchemy import Connection, text

_TOLD: Final = (
    "INSERT INTO event (id, subject, subject_id, number, kind, facts, role, "
    "account_id, at, recorded_at) SELECT "
)
_ENDED: Final = (
    """'{"state": "' || o.state || '", "was": "waiting"' """
    """|| COALESCE(', "grade": "' || o.grade || '"', '') """
    """|| COALESCE(', "reason": "' || o.reason || '"', '') """
    """|| COALESCE(', "helper_id": "' || CAST(o.helper_id AS TEXT) || '"', '') """
    """|| '}'"""
)
_STORIES: Final = (
    _TOLD + """o.id, 'order', o.id, 1, 'order.placed', """
    """CAST('{"state": "waiting"}' AS JSON_TYPE), 'import', o.account_id, """
    "o.placed_at, o.placed_at FROM past_order o",
    _TOLD + "o.payment_id, 'order', o.id, 2, 'order.' || o.state, "
    f"CAST({_ENDED} AS JSON_TYPE), 'import', o.account_id, o.ended_at, o.ended_at "
    "FROM past_order o",
    "INSERT INTO outbox (event_id, feed_seq, kind, order_id, station_id, "
    "street_code, state, at) SELECT e.id, (SELECT head FROM feed) + ROW_NUMBER() "
    "OVER (ORDER BY e.at, e.id), e.kind, o.id, o.station_id, o.street_code, "
    "CASE e.number WHEN 1 THEN 'waiting' ELSE o.state END, e.at "
    "FROM past_order o JOIN event e ON e.subject_id = o.id",
    "UPDATE feed SET head = (SELECT COALESCE(MAX(feed_seq), 0) FROM outbox)",
)


def tell_stories(connection: Connection) -> None:
    """Write the events of the orders that lie in `past_order`, and their feed."""
    kind = "TEXT" if connection.dialect.name == "sqlite" else "JSONB"
    for statement in _STORIES:
        connection.execute(text(statement.replace("JSON_TYPE", kind)))
