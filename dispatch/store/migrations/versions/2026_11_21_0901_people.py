"""Places, elders and their doors.

Revision: 2026_11_21_0901
After:    2026_11_21_0900
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_21_0901"
down_revision = "2026_11_21_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "street",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "kitchen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("street_code", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lunch_capacity", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(lat IS NULL AND lon IS NULL) OR (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180 AND NOT (lat = 0 AND lon = 0))",  # noqa: E501
            name="kitchen_on_earth",
        ),
        sa.CheckConstraint("lunch_capacity BETWEEN 0 AND 100000", name="portions"),
        sa.ForeignKeyConstraint(
            ["street_code"],
            ["street.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_kitchen_street_code"), "kitchen", ["street_code"], unique=False
    )
    op.create_table(
        "station",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "station",
                "restaurant",
                "central_kitchen",
                name="stationkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("street_code", sa.String(), nullable=False),
        sa.Column("kitchen_id", sa.Uuid(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("star", sa.Integer(), nullable=False),
        sa.Column("rural", sa.Boolean(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("exited_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(lat IS NULL AND lon IS NULL) OR (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180 AND NOT (lat = 0 AND lon = 0))",  # noqa: E501
            name="station_on_earth",
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"],
            ["kitchen.id"],
        ),
        sa.ForeignKeyConstraint(
            ["street_code"],
            ["street.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index(
        op.f("ix_station_kitchen_id"), "station", ["kitchen_id"], unique=False
    )
    op.create_index(
        op.f("ix_station_street_code"), "station", ["street_code"], unique=False
    )
    op.create_table(
        "household",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(), nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("building", sa.String(length=60), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("lift", sa.Boolean(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column(
            "datum",
            sa.Enum(
                "wgs84",
                "gcj02",
                "bd09",
                name="datum",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("signal", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(lat IS NULL AND lon IS NULL) OR (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180 AND NOT (lat = 0 AND lon = 0))",  # noqa: E501
            name="household_on_earth",
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.ForeignKeyConstraint(
            ["street_code"],
            ["street.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_household_station_id"), "household", ["station_id"], unique=False
    )
    op.create_index(
        op.f("ix_household_street_code"), "household", ["street_code"], unique=False
    )
    op.create_table(
        "elder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("hukou_in_district", sa.Boolean(), nullable=False),
        sa.Column("home_street", sa.String(length=12), nullable=False),
        sa.Column("relief", sa.String(length=8), nullable=True),
        sa.Column("ability_level", sa.Integer(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("dementia", sa.Boolean(), nullable=False),
        sa.Column("disability_grade", sa.Integer(), nullable=True),
        sa.Column("family_special", sa.Boolean(), nullable=False),
        sa.Column("resides_in_institution", sa.Boolean(), nullable=False),
        sa.Column("coupon_account", sa.Boolean(), nullable=False),
        sa.Column(
            "living",
            sa.Enum(
                "alone",
                "empty_nest",
                "with_family",
                "other",
                name="living",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("diet_tags", facts(), nullable=False),
        sa.Column("allergies", facts(), nullable=False),
        sa.Column("swallowing_level", sa.Integer(), nullable=False),
        sa.Column("contactless_agreed", sa.Boolean(), nullable=False),
        sa.Column("photo_consent", sa.Boolean(), nullable=False),
        sa.Column("usual_channel", sa.String(length=12), nullable=True),
        sa.Column("visit_every_days", sa.Integer(), nullable=True),
        sa.Column("last_seen_at", Instant(), nullable=True),
        sa.Column("last_seen_by", sa.String(length=24), nullable=True),
        sa.Column("last_visit_at", Instant(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint("ability_level BETWEEN 0 AND 4", name="ability"),
        sa.CheckConstraint("swallowing_level BETWEEN 0 AND 7", name="swallowing"),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["household.id"],
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.ForeignKeyConstraint(
            ["street_code"],
            ["street.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        op.f("ix_elder_household_id"), "elder", ["household_id"], unique=False
    )
    op.create_index(op.f("ix_elder_station_id"), "elder", ["station_id"], unique=False)
    op.create_index(
        op.f("ix_elder_street_code"), "elder", ["street_code"], unique=False
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("may_collect", sa.Boolean(), nullable=False),
        sa.Column("holds_key", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["elder_id"],
            ["elder.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_contact_elder_id"), "contact", ["elder_id"], unique=False)


def downgrade() -> None:
    op.drop_table("contact")
    op.drop_table("elder")
    op.drop_table("household")
    op.drop_table("station")
    op.drop_table("kitchen")
    op.drop_table("street")
