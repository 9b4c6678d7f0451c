"""Sheets: runs of imports, and what was found in each.

Revision: 2026_11_22_0920
After:    2026_11_22_0914a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0920"
down_revision = "2026_11_22_0914a"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    states = sa.Enum("tried", "confirmed", "dropped", name="runstate", **_WORD)
    op.create_table(
        "import_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("sheet_name", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("mapping", facts(), nullable=False),
        sa.Column("titles", facts(), nullable=False),
        sa.Column("verdicts", facts(), nullable=False),
        sa.Column("findings", facts(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("creates", sa.Integer(), nullable=False),
        sa.Column("updates", sa.Integer(), nullable=False),
        sa.Column("sames", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("again_of", sa.Uuid(), nullable=True),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("street_code", sa.String(length=12), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("file_until_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_when"
        ),
        sa.CheckConstraint(
            "row_count = creates + updates + sames + faulty", name="rows_add_up"
        ),
        sa.ForeignKeyConstraint(["again_of"], ["import_run.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("imports_by_time", "import_run", ["made_at"])
    op.create_index("imports_by_content", "import_run", ["sha256", "kind"])


def downgrade() -> None:
    op.drop_table("import_run")
