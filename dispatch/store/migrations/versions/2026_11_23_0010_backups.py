"""What was backed up, tried and brought back.

Revision: 2026_11_23_0010
After:    2026_11_22_0971
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_0010"
down_revision = "2026_11_22_0971"
branch_labels = None
depends_on = None

_KINDS = ("backup", "drill", "restore")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    kind = sa.Enum(
        *_KINDS, native_enum=False, create_constraint=True, length=24, name="runkind"
    )
    op.create_table(
        "backup_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("lost_seconds", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(400), nullable=False),
        sa.CheckConstraint("bytes >= 0", name="some_bytes"),
        sa.CheckConstraint("lost_seconds >= 0", name="lost_forward"),
        sa.CheckConstraint("ended_at >= began_at", name="ends_later"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("runs_by_time", "backup_run", ["kind", "ended_at"])


def downgrade() -> None:
    op.drop_table("backup_run")
