"""Calls for urgent help, and who was asked to go.

Revision: 2026_11_22_0940
After:    2026_11_22_0935a
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from dispatch.people.places import ON_EARTH
from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0940"
down_revision = "2026_11_22_0935a"
branch_labels = None
depends_on = None

_WORD: Any = {"native_enum": False, "create_constraint": True, "length": 24}
_PLACES = ("home", "elsewhere", "station")
_OUTCOMES = ("helped", "hospital", "handed_on", "not_found", "not_needed")
_STATES = ("open", "accepted", "declined", "expired", "withdrawn")
_MOMENTS = ("accepted_at", "on_way_at", "on_scene_at", "expected_at", "free_at")
_OPEN = sa.text("closed_at IS NULL")
_TO_ACT = sa.text("act_at IS NOT NULL")
_STANDS = sa.text("state IN ('open', 'accepted')")


def _id(name: str, to: str, *, needed: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(to), nullable=not needed)


def _at(name: str, *, needed: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Instant(), nullable=not needed)


def upgrade() -> None:
    _calls()
    _asks()


def _calls() -> None:
    places = sa.Enum(*_PLACES, name="helpplace", **_WORD)
    outcomes = sa.Enum(*_OUTCOMES, name="helpoutcome", **_WORD)
    street = sa.ForeignKey("street.code")
    service = sa.ForeignKey("service.code")
    op.create_table(
        "help_call",
        sa.Column("id", sa.Uuid(), primary_key=True, nullable=False),
        _id("elder_id", "elder.id", needed=False),
        _id("station_id", "station.id"),
        sa.Column("street_code", sa.String(length=12), street, nullable=False),
        sa.Column("service", sa.String(length=24), service, nullable=False),
        sa.Column("place", places, nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        _at("called_at", needed=True),
        _id("owner_id", "account.id"),
        _id("helper_id", "helper.id", needed=False),
        *(_at(name) for name in _MOMENTS),
        _at("back_at"),
        sa.Column("outcome", outcomes, nullable=True),
        _id("closed_by", "account.id", needed=False),
        _at("closed_at"),
        _at("act_at"),
        sa.CheckConstraint(ON_EARTH, name="help_on_earth"),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (helper_id IS NULL)",
            name="help_accepted_by_somebody",
        ),
        sa.CheckConstraint(
            "accepted_at IS NOT NULL OR (on_way_at IS NULL AND on_scene_at IS NULL)",
            name="help_accepted_first",
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name="help_closed_by_outcome"
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)", name="help_closed_by_a_person"
        ),
    )
    op.create_index("ix_help_call_elder_id", "help_call", ["elder_id"])
    op.create_index("ix_help_call_station_id", "help_call", ["station_id"])
    op.create_index("help_of_a_street", "help_call", ["street_code", "called_at"])
    _partly("one_call_at_a_time", "help_call", "helper_id", _OPEN, unique=True)
    _partly("help_to_act_on", "help_call", "act_at", _TO_ACT)


def _asks() -> None:
    states = sa.Enum(*_STATES, name="offerstate", **_WORD)
    op.create_table(
        "help_ask",
        sa.Column("id", sa.Uuid(), primary_key=True, nullable=False),
        _id("call_id", "help_call.id"),
        _id("helper_id", "helper.id"),
        sa.Column("state", states, nullable=False),
        _at("asked_at", needed=True),
        _id("asked_by", "account.id", needed=False),
        _at("expires_at", needed=True),
        _at("answered_at"),
        sa.Column("effect", facts(), nullable=False),
        sa.CheckConstraint("asked_at < expires_at", name="ask_forward"),
        sa.CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name="ask_answered_once"
        ),
    )
    op.create_index("ix_help_ask_call_id", "help_ask", ["call_id"])
    op.create_index("asks_of_a_helper", "help_ask", ["helper_id", "asked_at"])
    _partly("one_standing_ask", "help_ask", "call_id", _STANDS, unique=True)


def _partly(
    name: str, table: str, column: str, rows: sa.TextClause, *, unique: bool = False
) -> None:
    op.create_index(
        name,
        table,
        [column],
        unique=unique,
        postgresql_where=rows,
        sqlite_where=rows,
    )


def downgrade() -> None:
    op.drop_table("help_ask")
    op.drop_table("help_call")
