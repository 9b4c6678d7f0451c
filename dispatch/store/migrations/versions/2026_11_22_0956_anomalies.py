"""Anomalies, each found once; and which nights were looked through.

Revision: 2026_11_22_0956
After:    2026_11_22_0953
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0956"
down_revision = "2026_11_22_0953"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_RULES = (*(f"AN{n:02d}" for n in range(1, 17)), "CB", "CP")
_LEVELS = ("block", "hold", "review")
_STATES = ("open", "cleared", "confirmed", "appealed")
_FOUND_BY = ("posting", "night", "call_back", "complaint")
_CHECKS = {
    "cleared_is_free": "state <> 'cleared' OR NOT holds",
    "holds_an_order": "NOT holds OR order_id IS NOT NULL",
    "replied_whole": "(replied_at IS NULL) = (replied_by IS NULL)",
    "concluded_whole": (
        "(concluded_at IS NULL) = (concluded_by IS NULL) "
        "AND (state = 'open') = (concluded_at IS NULL)"
    ),
    "appealed_whole": (
        "(appealed_at IS NULL) = (appealed_by IS NULL) "
        "AND (appealed_at IS NULL OR concluded_at IS NOT NULL)"
    ),
    "anomaly_decided_whole": (
        "(decided_at IS NULL) = (decided_by IS NULL) "
        "AND (decided_at IS NULL OR appealed_at IS NOT NULL) "
        "AND (state <> 'appealed' OR decided_at IS NULL)"
    ),
    "decided_by_another": (
        "decided_by IS NULL "
        "OR (decided_by <> concluded_by AND decided_by <> appealed_by)"
    ),
}
_DEEDS = ("replied", "concluded", "appealed", "decided")
_OPEN_HOLDS = "holds AND state IN ('open', 'appealed')"


def upgrade() -> None:
    op.create_table(
        "anomaly",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", _word(_RULES, "anomalyrule"), nullable=False),
        sa.Column("level", _word(_LEVELS, "level"), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("state", _word(_STATES, "anomalystate"), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("other_order_id", sa.Uuid(), nullable=True),
        sa.Column("elder_id", sa.Uuid(), nullable=True),
        sa.Column("helper_id", sa.Uuid(), nullable=True),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("measured", facts(), nullable=False),
        sa.Column("found_by", _word(_FOUND_BY, "foundby"), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("reply_until_at", Instant(), nullable=False),
        *(sa.Column(f"{deed}_at", Instant(), nullable=True) for deed in _DEEDS),
        *(sa.Column(f"{deed}_by", sa.Uuid(), nullable=True) for deed in _DEEDS),
        *(sa.CheckConstraint(rule, name=name) for name, rule in _CHECKS.items()),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["other_order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        *(sa.ForeignKeyConstraint([f"{deed}_by"], ["account.id"]) for deed in _DEEDS),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_anomaly_order_id", "anomaly", ["order_id"])
    _partial("held_orders", "order_id", "holds")
    _partial("holds_of_a_month", "period", _OPEN_HOLDS)
    street = ["state", "street_code", "found_at"]
    op.create_index("anomalies_of_a_street", "anomaly", street)
    op.create_index("anomalies_of_a_station", "anomaly", ["station_id", "found_at"])
    op.create_index("anomalies_of_a_helper", "anomaly", ["helper_id", "service_on"])
    op.create_table(
        "night_screen",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("screened_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_index("evidence_of_a_helper", "evidence", ["helper_id", "at"])


def _word(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, **_WORD)


def _partial(name: str, column: str, where: str) -> None:
    only = sa.text(where)
    op.create_index(name, "anomaly", [column], postgresql_where=only, sqlite_where=only)


def downgrade() -> None:
    op.drop_index("evidence_of_a_helper", "evidence")
    op.drop_table("night_screen")
    op.drop_table("anomaly")
