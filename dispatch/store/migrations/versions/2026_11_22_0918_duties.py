"""Duties: outreach, care plans, what the nightly run did, referrals, planned weeks.

Revision: 2026_11_22_0918
After:    2026_11_22_0917
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0918"
down_revision = "2026_11_22_0917"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_WAYS = ("home", "door", "counter", "phone", "message", "video", "file")
_PURPOSES = ("phone_check", "doctor", "survey", "other")
_STATES = ("overdue", "at_risk", "due", "done")
_NEEDS = (
    *("medical", "care", "meals", "home_safety"),
    *("repair", "relief", "company", "other"),
)
_ENDED = "('done','refused')"


def upgrade() -> None:
    _outreach()
    _care_plans()
    _due_orders()
    _referrals()
    _week_plans()


def downgrade() -> None:
    for table in (
        *("week_visit", "week_plan", "referral", "duty_run", "duty_order"),
        *("care_plan", "outreach"),
    ):
        op.drop_table(table)


def _outreach() -> None:
    op.create_table(
        "outreach",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column(
            "purpose", sa.Enum(*_PURPOSES, name="purpose", **_WORD), nullable=False
        ),
        sa.Column("way", sa.Enum(*_WAYS, name="way", **_WORD), nullable=False),
        sa.Column(
            "spoke_with",
            sa.Enum("self", "family", "nobody", name="spokewith", **_WORD),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 0 AND 600", name="talked"),
        sa.CheckConstraint("way <> 'home' AND way <> 'door'", name="no_visit"),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("outreach_of_an_elder", "outreach", ["elder_id", "at"])
    op.create_index("ix_outreach_station_id", "outreach", ["station_id"])


def _care_plans() -> None:
    op.create_table(
        "care_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("minutes_a_month", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("minutes_a_month BETWEEN 1 AND 44640", name="care_minutes"),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="plan_forward"
        ),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_care_plan_elder_id", "care_plan", ["elder_id"])
    op.create_index(
        "one_open_care_plan",
        "care_plan",
        ["elder_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
        sqlite_where=sa.text("until_on IS NULL"),
    )


def _due_orders() -> None:
    op.create_table(
        "duty_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("duty", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Enum(*_STATES, name="state", **_WORD), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.CheckConstraint("first_on <= until_on", name="period_forward"),
        sa.CheckConstraint(
            "(order_id IS NULL) <> (reason IS NULL)", name="ordered_or_why_not"
        ),
        sa.CheckConstraint("tries BETWEEN 0 AND 1000", name="tries"),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "elder_id", "duty", "until_on", name="one_duty_of_a_period"
        ),
        sa.UniqueConstraint("order_id"),
    )
    op.create_index("ix_duty_order_station_id", "duty_order", ["station_id"])
    op.create_table(
        "duty_run",
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("ordered", sa.Integer(), nullable=False),
        sa.Column("not_ordered", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("station_id", "on"),
    )


def _referrals() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("need", sa.Enum(*_NEEDS, name="need", **_WORD), nullable=False),
        sa.Column(
            "urgency",
            sa.Enum("today", "week", "month", name="urgency", **_WORD),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *("open", "accepted", "done", "refused"), name="referralstate", **_WORD
            ),
            nullable=False,
        ),
        sa.Column("raised_by", sa.Uuid(), nullable=True),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("accepted_by", sa.String(length=40), nullable=True),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "state <> 'open' OR accepted_at IS NULL", name="open_is_nobodys"
        ),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted_by_whom"
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR accepted_by IS NOT NULL", name="accepted_is_named"
        ),
        sa.CheckConstraint(
            f"(state IN {_ENDED}) = (ended_at IS NOT NULL AND ended_by IS NOT NULL "
            "AND outcome IS NOT NULL)",
            name="ended_by_outcome",
        ),
        sa.CheckConstraint("raised_at < due_at", name="referral_forward"),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["raised_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_referral_elder_id", "referral", ["elder_id"])
    op.create_index("referrals_of_a_station", "referral", ["station_id", "state"])


def _week_plans() -> None:
    op.create_table(
        "week_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=False),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("not_placed", facts(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 31", name="plan_days"),
        sa.CheckConstraint("version >= 1", name="plan_versions"),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "station_id", "first_on", "version", name="one_week_version"
        ),
    )
    op.create_index(
        "one_week_in_force",
        "week_plan",
        ["station_id"],
        unique=True,
        postgresql_where=sa.text("in_force"),
        sqlite_where=sa.text("in_force"),
    )
    op.create_table(
        "week_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("week_plan_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.String(length=64), nullable=False),
        sa.Column("visit_on", sa.Date(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("backup_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["week_plan_id"], ["week_plan.id"]),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["backup_id"], ["helper.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "week_plan_id", "elder_id", "duty", name="one_week_visit_each"
        ),
    )
    op.create_index("ix_week_visit_elder_id", "week_visit", ["elder_id"])
    op.create_index("week_visits_of_a_day", "week_visit", ["visit_on", "week_plan_id"])
