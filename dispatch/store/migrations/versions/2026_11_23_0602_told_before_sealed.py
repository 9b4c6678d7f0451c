"""What was known at a signature is in the books' chain, too.

Rows of before wait to be linked, as if they had just been written.

Revision: 2026_11_23_0602
After:    2026_11_23_0355
"""

from alembic import op

revision = "2026_11_23_0602"
down_revision = "2026_11_23_0355"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO book_waiting (id, book, row_id) "
        "SELECT step_id, 'told_before', step_id FROM told_before"
    )


def downgrade() -> None:
    """What is linked stays in the chain, whose later links stand on it."""
    op.execute("DELETE FROM book_waiting WHERE book = 'told_before'")
