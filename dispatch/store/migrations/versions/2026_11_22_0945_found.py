"""What was found behind a door lies in the vault, not in its row or its case's story.

The audit, which nobody can rewrite, keeps what stood in it before.

Revision: 2026_11_22_0945
After:    2026_11_22_0943a
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import Session

from dispatch.people.vault import seal_new
from dispatch.store.migrations.rewording import add_check, drop_check

revision = "2026_11_22_0945"
down_revision = "2026_11_22_0943a"
branch_labels = None
depends_on = None

_ENTRY = sa.table("door_entry", sa.column("id", sa.Uuid()), sa.column("found"))
_SAYS = ("entry_says_what_was_found", "(entered_at IS NULL) = (found = '')")


def upgrade() -> None:
    connection = op.get_bind()
    told = connection.execute(sa.select(_ENTRY).where(_ENTRY.c.found != "")).all()
    with Session(connection) as session:
        seal_new(session, {row.id: {"found": row.found} for row in told})
        session.commit()
    op.execute("UPDATE case_step SET words = '' WHERE outcome = 'entered'")
    drop_check("door_entry", *_SAYS)
    op.drop_column("door_entry", "found")


def downgrade() -> None:
    """What was found stays in the vault."""
    empty = sa.Column("found", sa.String(200), nullable=False, server_default="")
    op.add_column("door_entry", empty)
    op.execute("UPDATE door_entry SET found = '-' WHERE entered_at IS NOT NULL")
    add_check("door_entry", *_SAYS)
