"""Helpers and their shifts; accounts, sessions, tickets.

Revision: 2026_11_21_0902
After:    2026_11_21_0901
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_21_0902"
down_revision = "2026_11_21_0901"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "helper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "courier",
                "volunteer",
                "caregiver",
                "staff",
                name="helperkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "walk",
                "bike",
                "ebike",
                "car",
                name="travelmode",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("max_work_seconds", sa.Integer(), nullable=False),
        sa.Column("skills", facts(), nullable=False),
        sa.Column("paper", sa.Boolean(), nullable=False),
        sa.Column("shows_position", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.CheckConstraint("capacity BETWEEN 0 AND 500", name="boxes"),
        sa.CheckConstraint("max_work_seconds BETWEEN 60 AND 86400", name="work"),
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
        op.f("ix_helper_station_id"), "helper", ["station_id"], unique=False
    )
    op.create_index(
        op.f("ix_helper_street_code"), "helper", ["street_code"], unique=False
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "district",
                "street",
                "station",
                "dispatcher",
                "helper",
                "system",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("street_code", sa.String(), nullable=True),
        sa.Column("helper_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("wrong_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["helper_id"],
            ["helper.id"],
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
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("works_on", sa.Date(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="shift_forward"),
        sa.ForeignKeyConstraint(
            ["helper_id"],
            ["helper.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("on_duty", "shift", ["works_on", "helper_id"], unique=False)
    op.create_table(
        "signed_in",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
        ),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_index(
        op.f("ix_signed_in_account_id"), "signed_in", ["account_id"], unique=False
    )
    op.create_table(
        "feed_ticket",
        sa.Column("ticket_sha256", sa.String(length=64), nullable=False),
        sa.Column("session_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_sha256"],
            ["signed_in.token_sha256"],
        ),
        sa.PrimaryKeyConstraint("ticket_sha256"),
    )


def downgrade() -> None:
    op.drop_table("feed_ticket")
    op.drop_table("signed_in")
    op.drop_table("shift")
    op.drop_table("account")
    op.drop_table("helper")
