"""Cases without an order; duty, alarms, notices, reports, entries, calls for help.

Revision: 2026_11_22_0933
After:    2026_11_22_0931
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant
from dispatch.store.migrations.rewording import add_check, allow, drop_check, require

revision = "2026_11_22_0933"
down_revision = "2026_11_22_0931"
branch_labels = None
depends_on = None

_WORD: Any = {"native_enum": False, "create_constraint": True, "length": 24}
_KINDS = ("no_answer", "overdue", "alone", "batch_illness")
_NEW_KINDS = ("sos_helper", "sos_elder", "condition", "allegation")
_RUNGS = ("phone_elder", "contacts", "neighbour", "second_visit", "police_120")
_NEW_RUNGS = ("phone_helper", "look_into", "office")
_OUTCOMES = ("seen_well", "hospital", "away", "police_120", "deceased")
_NEW_OUTCOMES = (
    *("helper_safe", "helper_hurt", "cared_for"),
    *("upheld", "not_upheld"),
)
_WITH_RUNGS = ("safety_case", "case_rung", "case_step")
_LOOSE = ("order_id", "elder_id", "station_id")
_CHECKS = {
    "about_somebody": "elder_id IS NOT NULL OR helper_id IS NOT NULL",
    "about_an_order": "order_id IS NOT NULL OR kind IN"
    " ('sos_helper', 'sos_elder', 'condition', 'allegation')",
    "sealed_from_stations": "kind <> 'allegation' OR"
    " (station_id IS NULL AND order_id IS NULL)",
}


def upgrade() -> None:
    allow("safety_case", "kind", "casekind", [*_KINDS, *_NEW_KINDS])
    allow("safety_case", "outcome", "caseoutcome", [*_OUTCOMES, *_NEW_OUTCOMES])
    for table in _WITH_RUNGS:
        allow(table, "rung", "rung", [*_RUNGS, *_NEW_RUNGS])
    for column in _LOOSE:
        require("safety_case", column, required=False)
    for name, rule in _CHECKS.items():
        add_check("safety_case", name, rule)
    _duty()
    _alarms()
    _notices()
    _reports()
    _calls()


def _id(name: str, to: str | None = None, *, needed: bool = False) -> sa.Column[Any]:
    links = [sa.ForeignKey(to)] if to else []
    return sa.Column(name, sa.Uuid(), *links, nullable=not needed)


def _at(name: str, *, needed: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Instant(), nullable=not needed)


def _text(name: str, length: int, *, needed: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), nullable=not needed)


def _street() -> sa.Column[Any]:
    link = sa.ForeignKey("street.code")
    return sa.Column("street_code", sa.String(length=12), link, nullable=False)


def _key(name: str = "id", to: str | None = None) -> sa.Column[Any]:
    links = [sa.ForeignKey(to)] if to else []
    return sa.Column(name, sa.Uuid(), *links, primary_key=True, nullable=False)


def _duty() -> None:
    op.create_table(
        "duty_turn",
        _key(),
        _street(),
        _id("station_id", "station.id"),
        _id("account_id", "account.id", needed=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        _at("starts_at", needed=True),
        _at("ends_at", needed=True),
        _at("made_at", needed=True),
        _id("made_by", "account.id"),
        sa.CheckConstraint("ends_at > starts_at", name="turn_has_time"),
        sa.CheckConstraint("rank IN (1, 2)", name="turn_first_or_backup"),
    )
    op.create_index("ix_duty_turn_account_id", "duty_turn", ["account_id"])
    op.create_index("turns_of_a_street", "duty_turn", ["street_code", "ends_at"])
    op.create_table(
        "handover",
        _key(),
        _street(),
        _id("station_id", "station.id"),
        _id("from_id", "account.id", needed=True),
        _id("to_id", "account.id", needed=True),
        _text("words", 500),
        sa.Column("cases", sa.Integer(), nullable=False),
        _at("offered_at", needed=True),
        _at("accepted_at"),
        sa.CheckConstraint("from_id <> to_id", name="handed_to_another"),
    )
    op.create_index("ix_handover_street_code", "handover", ["street_code"])
    op.create_index("ix_handover_to_id", "handover", ["to_id"])
    op.create_index(
        "one_open_handover",
        "handover",
        ["from_id"],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL"),
        sqlite_where=sa.text("accepted_at IS NULL"),
    )


def _alarms() -> None:
    op.create_table(
        "alarm",
        _key(),
        _street(),
        _id("helper_id", "helper.id"),
        _id("account_id", "account.id", needed=True),
        _text("rating", 8),
        sa.Column("loud", sa.Boolean(), nullable=False),
        _at("rung_at", needed=True),
        sa.CheckConstraint("rating IN ('red', 'amber')", name="alarm_rating"),
    )
    op.create_index("alarms_of_somebody", "alarm", ["account_id", "rung_at"])
    op.create_table(
        "case_duty",
        _key("case_id", "safety_case.id"),
        _id("account_id", "account.id", needed=True),
        _id("alarm_id", "alarm.id"),
        sa.Column("asked", sa.Integer(), nullable=False),
        _at("first_asked_at", needed=True),
        _at("asked_at", needed=True),
        _at("taken_at"),
        _at("again_at"),
        sa.CheckConstraint("asked >= 1", name="asked_somebody"),
    )
    op.create_index("ix_case_duty_account_id", "case_duty", ["account_id"])
    op.create_index("ix_case_duty_alarm_id", "case_duty", ["alarm_id"])
    op.create_index(
        "to_be_asked_again",
        "case_duty",
        ["again_at"],
        postgresql_where=sa.text("again_at IS NOT NULL"),
        sqlite_where=sa.text("again_at IS NOT NULL"),
    )


def _notices() -> None:
    way = sa.Enum("inbox", "sms", "group", name="way", **_WORD)
    states = ("waiting", "sent", "kept", "given_up")
    state = sa.Enum(*states, name="noticestate", **_WORD)
    op.create_table(
        "notice",
        _key(),
        _id("case_id", "safety_case.id"),
        _street(),
        _id("station_id", "station.id"),
        _id("account_id", "account.id"),
        _id("contact_id"),
        sa.Column("way", way, nullable=False),
        _text("words", 200),
        _at("made_at", needed=True),
        sa.Column("state", state, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _at("next_at"),
        _at("sent_at"),
        _text("last_error", 60, needed=False),
        _at("read_at"),
        sa.CheckConstraint(
            "way = 'group' OR (account_id IS NULL) <> (contact_id IS NULL)",
            name="one_receiver",
        ),
        sa.CheckConstraint("way <> 'inbox' OR state = 'sent'", name="inbox_is_there"),
    )
    op.create_index("ix_notice_case_id", "notice", ["case_id"])
    op.create_index("notices_of_somebody", "notice", ["account_id", "made_at"])
    op.create_index(
        "notices_to_send",
        "notice",
        ["next_at"],
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )


def _reports() -> None:
    severity = sa.Enum("now", "today", "week", name="severity", **_WORD)
    op.create_table(
        "case_report",
        _key("case_id", "safety_case.id"),
        sa.Column("severity", severity, nullable=True),
        _id("told_by", "account.id"),
        _id("accused_station_id", "station.id"),
        _id("accused_helper_id", "helper.id"),
        _at("asked_at"),
        _at("reply_until_at"),
        _at("replied_at"),
        _id("replied_by", "account.id"),
        sa.CheckConstraint(
            "severity IS NULL OR accused_station_id IS NULL", name="report_of_one_kind"
        ),
        sa.CheckConstraint(
            "replied_at IS NULL OR asked_at IS NOT NULL", name="reply_to_a_question"
        ),
    )
    op.create_index("reports_about_a_station", "case_report", ["accused_station_id"])
    way = sa.Enum("key", "forced", name="entryway", **_WORD)
    op.create_table(
        "door_entry",
        _key(),
        _id("case_id", "safety_case.id", needed=True),
        sa.Column("way", way, nullable=False),
        _text("why", 200),
        _id("asked_by", "account.id", needed=True),
        _at("asked_at", needed=True),
        _id("agreed_by", "account.id"),
        _at("agreed_at"),
        _at("entered_at"),
        _text("inside", 80),
        _text("found", 200),
        sa.CheckConstraint("asked_by <> agreed_by", name="entry_by_two"),
        sa.CheckConstraint(
            "(agreed_by IS NULL) = (agreed_at IS NULL)", name="entry_agreed_then"
        ),
        sa.CheckConstraint(
            "entered_at IS NULL OR agreed_at IS NOT NULL", name="no_entry_alone"
        ),
        sa.CheckConstraint(
            "(entered_at IS NULL) = (found = '')", name="entry_says_what_was_found"
        ),
    )
    op.create_index("ix_door_entry_case_id", "door_entry", ["case_id"])


def _calls() -> None:
    op.create_table(
        "help_call",
        _key("order_id", "orders.id"),
        _street(),
        _id("station_id", "station.id", needed=True),
        _at("called_at", needed=True),
        _id("helper_id", "helper.id"),
        _at("accepted_at"),
        _at("on_scene_at"),
        _at("closed_at"),
        _text("outcome", 120, needed=False),
        sa.CheckConstraint(
            "on_scene_at IS NULL OR accepted_at IS NOT NULL", name="accepted_first"
        ),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (helper_id IS NULL)", name="accepted_by_somebody"
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name="call_closed_by_outcome"
        ),
    )
    op.create_index("ix_help_call_street_code", "help_call", ["street_code"])


def downgrade() -> None:
    """Refuses while a case without an order is kept: nothing is thrown away."""
    for table in ("help_call", "door_entry", "case_report", "notice"):
        op.drop_table(table)
    for table in ("case_duty", "alarm", "handover", "duty_turn"):
        op.drop_table(table)
    for name, rule in _CHECKS.items():
        drop_check("safety_case", name, rule)
    for column in _LOOSE:
        require("safety_case", column, required=True)
    for table in _WITH_RUNGS:
        allow(table, "rung", "rung", _RUNGS)
    allow("safety_case", "outcome", "caseoutcome", _OUTCOMES)
    allow("safety_case", "kind", "casekind", _KINDS)
