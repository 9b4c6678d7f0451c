"""Payouts, countings, budgets, corrections and minutes have a chain of their own.

What was written so far waits to be linked to it.

Revision: 2026_11_22_0963
After:    2026_11_22_0953c
"""

# ruff: noqa: S608 - statements are put together from our own words only

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0963"
down_revision = "2026_11_22_0953c"
branch_labels = None
depends_on = None

_STAYS = "账册链只能追加，不能修改或删除"
_BOOKS = (
    *("budget_line", "correction", "payout", "station_tally"),
    *("time_account", "time_move"),
)


def upgrade() -> None:
    op.create_table(
        "book_waiting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("book", sa.String(24), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "book_seal",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("book", sa.String(24), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("checks", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("seals_of_a_row", "book_seal", ["book", "row_id"])
    for book in _BOOKS:  # an id of a row serves as the id of its waiting, too
        op.execute(
            "INSERT INTO book_waiting (id, book, row_id) "
            f"SELECT id, '{book}', id FROM {book}"
        )
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
        return
    for act, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER book_seal_{each.lower()} BEFORE {act} ON book_seal "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_ledger_change('{_STAYS}')"
        )


def downgrade() -> None:
    op.drop_table("book_seal")
    op.drop_table("book_waiting")


def _guard_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_STAYS}'); END"
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER book_seal_no_{act.lower()} BEFORE {act} ON book_seal "
            f"{refuse}"
        )
    # INSERT OR REPLACE deletes a row without asking its delete trigger.
    op.execute(
        "CREATE TRIGGER book_seal_no_replace BEFORE INSERT ON book_seal WHEN EXISTS "
        f"(SELECT 1 FROM book_seal p WHERE p.number = NEW.number) {refuse}"
    )
