"""Appeals against a grade, decided by a second person.

Revision: 2026_11_22_0936a
After:    2026_11_22_0932
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0936a"
down_revision = "2026_11_22_0932"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_CLAIMS = ("place", "time", "named", "agreed", "lasted")


def upgrade() -> None:
    op.create_table(
        "grade_appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("field_event_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("claim", sa.Enum(*_CLAIMS, name="claim", **_WORD), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(upheld IS NULL) = (decided_at IS NULL) "
            "AND (upheld IS NULL) = (decided_by IS NULL)",
            name="decided_whole",
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by", name="two_people"
        ),
        sa.CheckConstraint(
            "(claim = 'lasted') = (minutes IS NOT NULL)", name="minutes_of_a_visit"
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 720", name="some_minutes"),
        sa.ForeignKeyConstraint(["field_event_id"], ["field_event.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "one_open_appeal",
        "grade_appeal",
        ["field_event_id"],
        unique=True,
        postgresql_where=sa.text("upheld IS NULL"),
        sqlite_where=sa.text("upheld IS NULL"),
    )
    op.create_index("appeals_of_a_proof", "grade_appeal", ["field_event_id"])
    op.create_index("ix_grade_appeal_order_id", "grade_appeal", ["order_id"])
    op.create_index("appeals_of_a_station", "grade_appeal", ["station_id", "asked_at"])


def downgrade() -> None:
    op.drop_table("grade_appeal")
