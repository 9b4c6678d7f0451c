"""The time bank: teams, verified kin, accounts of minutes and their moves.

Revision: 2026_11_22_0958
After:    2026_11_22_0955a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant
from dispatch.store.migrations.time_guards import time_guards

revision = "2026_11_22_0958"
down_revision = "2026_11_22_0955a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "time_team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_index(
        op.f("ix_time_team_station_id"), "time_team", ["station_id"], unique=False
    )
    op.create_table(
        "time_team_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until_on IS NULL OR from_on <= until_on", name="team_forward"
        ),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["team_id"], ["time_team.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_time_team_member_team_id"),
        "time_team_member",
        ["team_id"],
        unique=False,
    )
    op.create_index(
        "one_team_each",
        "time_team_member",
        ["helper_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
        sqlite_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "time_kin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "self",
                "spouse",
                "parent",
                "grandparent",
                "in_law",
                "sibling",
                "other",
                name="relation",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("proof", sa.String(length=60), nullable=False),
        sa.Column("verified_at", Instant(), nullable=False),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("proof <> ''", name="kin_by_paper"),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["verified_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_time_kin_elder_id"), "time_kin", ["elder_id"], unique=False
    )
    op.create_index(
        "one_kinship_each",
        "time_kin",
        ["helper_id", "elder_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "guardian_came",
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("came_on", sa.Date(), nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["said_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("helper_id", "came_on"),
    )
    op.create_table(
        "time_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "issue",
                "pool",
                "helper",
                "team",
                "elder",
                name="timeaccountkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("helper_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("elder_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'elder') = (elder_id IS NOT NULL)", name="of_a_elder"
        ),
        sa.CheckConstraint(
            "(kind = 'helper') = (helper_id IS NOT NULL)", name="of_a_helper"
        ),
        sa.CheckConstraint("(kind = 'team') = (team_id IS NOT NULL)", name="of_a_team"),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["team_id"], ["time_team.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("elder_id"),
        sa.UniqueConstraint("helper_id"),
        sa.UniqueConstraint("team_id"),
    )
    op.create_index(
        "one_of_the_house",
        "time_account",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("kind IN ('issue', 'pool')"),
        sqlite_where=sa.text("kind IN ('issue', 'pool')"),
    )
    op.create_table(
        "time_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mint",
                "overflow",
                "gift",
                "donate",
                "grant",
                "redeem",
                "reversal",
                name="movekind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("helper_id", sa.Uuid(), nullable=True),
        sa.Column("worked_on", sa.Date(), nullable=True),
        sa.Column("from_at", Instant(), nullable=True),
        sa.Column("until_at", Instant(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name="takes_back"
        ),
        sa.CheckConstraint(
            "(kind IN ('mint', 'overflow')) = (evidence_id IS NOT NULL)",
            name="earned_by_proof",
        ),
        sa.CheckConstraint(
            "kind <> 'redeem' OR order_id IS NOT NULL", name="redeemed_for_an_order"
        ),
        sa.CheckConstraint(
            "evidence_id IS NULL OR (helper_id IS NOT NULL AND from_at < until_at "
            "AND worked_on IS NOT NULL AND order_id IS NOT NULL)",
            name="earned_when",
        ),
        sa.CheckConstraint("from_id <> to_id", name="two_accounts"),
        sa.CheckConstraint("minutes = CAST(minutes AS INTEGER)", name="whole_minutes"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 10000000", name="some_minutes"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"]),
        sa.ForeignKeyConstraint(["from_id"], ["time_account.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["reverses_id"], ["time_move.id"]),
        sa.ForeignKeyConstraint(["to_id"], ["time_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reverses_id"),
    )
    op.create_index(
        op.f("ix_time_move_evidence_id"), "time_move", ["evidence_id"], unique=False
    )
    op.create_index(
        op.f("ix_time_move_from_id"), "time_move", ["from_id"], unique=False
    )
    op.create_index(
        op.f("ix_time_move_order_id"), "time_move", ["order_id"], unique=False
    )
    op.create_index(op.f("ix_time_move_to_id"), "time_move", ["to_id"], unique=False)
    op.create_index(
        "worked_that_day", "time_move", ["helper_id", "worked_on"], unique=False
    )
    for statement in time_guards(op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("time_move")
    op.drop_table("time_account")
    op.drop_table("guardian_came")
    op.drop_table("time_kin")
    op.drop_table("time_team_member")
    op.drop_table("time_team")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION time_move_guard()")
