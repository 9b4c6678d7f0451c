"""Helpers' papers, guardians, limits, hours, leave, pairs and areas.

Revision: 2026_11_22_0914
After:    2026_11_22_0913a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant
from dispatch.store.migrations.rewording import allow

revision = "2026_11_22_0914"
down_revision = "2026_11_22_0913a"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_KINDS = ("courier", "volunteer", "caregiver", "staff", "property")


def upgrade() -> None:
    op.create_table(
        "skill",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("certified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "heat_warning",
        sa.Column("street_code", sa.String(), nullable=False),
        sa.Column("warns_on", sa.Date(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("yellow", "orange", "red", name="heatlevel", **_WORD),
            nullable=False,
        ),
        sa.Column("most_seconds", sa.Integer(), nullable=True),
        sa.Column("volunteers_stay", sa.Boolean(), nullable=False),
        sa.CheckConstraint("most_seconds BETWEEN 0 AND 86400", name="heat_work"),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.PrimaryKeyConstraint("street_code", "warns_on"),
    )
    op.create_table(
        "calendar_day",
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *("workday", "weekend", "holiday", "make_up"), name="daykind", **_WORD
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("falls_on"),
    )
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("year"),
    )
    _widen_helper()
    _papers()
    _hours()
    op.create_table(
        "pairing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("never", "prefer", name="pairkind", **_WORD), nullable=False
        ),
        sa.Column("set_at", Instant(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_pairing_elder_id", "pairing", ["elder_id"])
    op.create_index(
        "one_pair_each",
        "pairing",
        ["helper_id", "elder_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )


def _widen_helper() -> None:
    op.add_column("helper", sa.Column("sex", sa.String(length=1), nullable=True))
    op.add_column("helper", sa.Column("born_on", sa.Date(), nullable=True))
    insured: sa.Column[bool] = sa.Column(
        "must_be_insured", sa.Boolean(), nullable=False, server_default="0"
    )
    op.add_column("helper", insured)
    allow("helper", "kind", "helperkind", _KINDS)


def _papers() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("certificate", "insurance", name="paperkind", **_WORD),
            nullable=False,
        ),
        sa.Column("skill", sa.String(length=24), nullable=True),
        sa.Column("issuer", sa.String(length=60), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'certificate') = (skill IS NOT NULL)", name="opens_a_skill"
        ),
        sa.CheckConstraint("from_on <= until_on", name="certificate_forward"),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["skill"], ["skill.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_certificate_helper_id", "certificate", ["helper_id"])
    op.create_index("ix_certificate_until_on", "certificate", ["until_on"])
    op.create_table(
        "guardian",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("helper_id"),
    )
    op.create_table(
        "helper_limits",
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("most_floors", sa.Integer(), nullable=True),
        sa.Column("most_stops", sa.Integer(), nullable=True),
        sa.Column("four_weeks_seconds", sa.Integer(), nullable=True),
        sa.Column("heat_seconds", sa.Integer(), nullable=True),
        sa.Column("rest_seconds", sa.Integer(), nullable=True),
        sa.CheckConstraint("most_floors BETWEEN 0 AND 500", name="floors"),
        sa.CheckConstraint("most_stops BETWEEN 1 AND 500", name="stops"),
        sa.CheckConstraint(
            "four_weeks_seconds BETWEEN 0 AND 2419200", name="four_weeks"
        ),
        sa.CheckConstraint("heat_seconds BETWEEN 0 AND 86400", name="in_heat"),
        sa.CheckConstraint("rest_seconds BETWEEN 0 AND 172800", name="rest"),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.PrimaryKeyConstraint("helper_id"),
    )
    op.create_table(
        "helper_area",
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.PrimaryKeyConstraint("helper_id", "community"),
    )


def _hours() -> None:
    op.create_table(
        "leave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("leave", "sick", "training", "other", name="leavekind", **_WORD),
            nullable=False,
        ),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("called_off", sa.Boolean(), nullable=False),
        sa.CheckConstraint("from_at < until_at", name="leave_forward"),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("leave_of_a_helper", "leave", ["helper_id", "from_at"])
    op.create_table(
        "week_pattern",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("break_from", sa.Integer(), nullable=True),
        sa.Column("break_until", sa.Integer(), nullable=True),
        sa.Column("break_seconds", sa.Integer(), nullable=False),
        sa.Column("off_on_holidays", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("weekday BETWEEN 0 AND 7", name="day_of_week"),
        sa.CheckConstraint(
            "begins BETWEEN 0 AND 86399 AND begins < ends AND ends <= 108000",
            name="pattern_forward",
        ),
        sa.CheckConstraint(
            "(break_from IS NULL AND break_until IS NULL AND break_seconds = 0) OR "
            "(break_seconds BETWEEN 60 AND break_until - break_from "
            "AND break_from >= begins AND break_until <= ends)",
            name="break_inside",
        ),
        sa.CheckConstraint("until_on IS NULL OR from_on <= until_on", name="valid"),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_week_pattern_helper_id", "week_pattern", ["helper_id"])
    with op.batch_alter_table("shift") as batch:
        batch.add_column(sa.Column("pattern_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("break_from_at", Instant(), nullable=True))
        batch.add_column(sa.Column("break_until_at", Instant(), nullable=True))
        batch.add_column(
            sa.Column("break_seconds", sa.Integer(), nullable=False, server_default="0")
        )
        batch.create_foreign_key("laid_out_by", "week_pattern", ["pattern_id"], ["id"])
    op.create_index(
        "one_shift_of_a_pattern", "shift", ["pattern_id", "works_on"], unique=True
    )


def downgrade() -> None:
    op.drop_index("one_shift_of_a_pattern", table_name="shift")
    with op.batch_alter_table("shift") as batch:
        for column in (
            "pattern_id",
            "break_from_at",
            "break_until_at",
            "break_seconds",
        ):
            batch.drop_column(column)
    for table in ("week_pattern", "leave", "helper_area", "helper_limits"):
        op.drop_table(table)
    for table in ("guardian", "certificate", "pairing", "calendar_year"):
        op.drop_table(table)
    for table in ("calendar_day", "heat_warning", "skill"):
        op.drop_table(table)
    allow("helper", "kind", "helperkind", _KINDS[:-1])
    for column in ("sex", "born_on", "must_be_insured"):
        op.drop_column("helper", column)
