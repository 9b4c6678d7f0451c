"""The audit has a chain, and what was written so far waits to be linked to it.

Revision: 2026_11_22_0953b
After:    2026_11_22_0951
"""

# ruff: noqa: S608 - statements are put together from our own words only

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0953b"
down_revision = "2026_11_22_0951"
branch_labels = None
depends_on = None

_STAYS = "审计链只能追加，不能修改或删除"
_WORDS = "审计记录只能追加，不能修改或删除"


def upgrade() -> None:
    op.create_table(
        "audit_waiting",
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id"),
    )
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("checks", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("audit_id"),
    )
    op.execute("INSERT INTO audit_waiting (audit_id) SELECT id FROM audit")
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
        return
    for act, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER audit_seal_{each.lower()} BEFORE {act} ON audit_seal "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_ledger_change('{_STAYS}')"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_no_replace")
    op.drop_table("audit_seal")
    op.drop_table("audit_waiting")


def _guard_sqlite() -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_seal_no_{act.lower()} BEFORE {act} ON audit_seal "
            f"BEGIN SELECT RAISE(ABORT, '{_STAYS}'); END"
        )
    # INSERT OR REPLACE deletes a row without asking its delete trigger.
    for table, same, words in (
        ("audit_seal", "p.number = NEW.number OR p.audit_id = NEW.audit_id", _STAYS),
        ("audit", "p.id = NEW.id", _WORDS),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS "
            f"(SELECT 1 FROM {table} p WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
