"""Care plans say who agreed them; proposed visits are decided; heat has its rest.

Revision: 2026_11_22_0931
After:    2026_11_22_0920a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0931"
down_revision = "2026_11_22_0920a"
branch_labels = None
depends_on = None

_NEW = {
    "care_plan": ("words", "made_at", "made_by"),
    "week_visit": ("state", "decided_at", "decided_by", "words"),
    "heat_warning": ("rest_from", "rest_until", "set_at", "set_by"),
}


def upgrade() -> None:
    """In words of SQL where a column brings a check: SQLite keeps them so."""
    op.execute(
        "ALTER TABLE care_plan ADD COLUMN words VARCHAR(200) DEFAULT '' NOT NULL"
    )
    op.add_column("care_plan", sa.Column("made_at", Instant(), nullable=True))
    op.add_column("care_plan", sa.Column("made_by", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE week_visit ADD COLUMN state VARCHAR(24) DEFAULT 'proposed' NOT"
        " NULL CONSTRAINT choice CHECK"
        " (state IN ('proposed', 'moved', 'taken', 'dropped'))"
    )
    op.add_column("week_visit", sa.Column("decided_at", Instant(), nullable=True))
    op.add_column("week_visit", sa.Column("decided_by", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE week_visit ADD COLUMN words VARCHAR(200) DEFAULT '' NOT NULL"
        " CONSTRAINT decided_when CHECK"
        " ((state = 'proposed') = (decided_at IS NULL))"
    )
    op.add_column("heat_warning", sa.Column("rest_from", sa.Integer(), nullable=True))
    op.execute(
        "ALTER TABLE heat_warning ADD COLUMN rest_until INTEGER"
        " CONSTRAINT midday_rest CHECK ((rest_from IS NULL AND rest_until IS NULL) OR"
        " (rest_from >= 0 AND rest_from < rest_until AND rest_until <= 86400))"
    )
    op.add_column("heat_warning", sa.Column("set_at", Instant(), nullable=True))
    op.add_column("heat_warning", sa.Column("set_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    for table, columns in _NEW.items():
        for column in reversed(columns):
            op.drop_column(table, column)
