"""An order may come from a duty that is owed.

Revision: 2026_11_22_0918a
After:    2026_11_22_0916
"""

from alembic import op

revision = "2026_11_22_0918a"
down_revision = "2026_11_22_0916"
branch_labels = None
depends_on = None

_SOURCES = ("phone", "counter", "family", "elder", "standing", "sheet", "walk_in")
_AGREED = ("self", "spoken", "opt_in", "plan", "listed")


def upgrade() -> None:
    _allow((*_SOURCES, "duty"), (*_AGREED, "duty"))


def downgrade() -> None:
    _allow(_SOURCES, _AGREED)


def _allow(sources: tuple[str, ...], agreed: tuple[str, ...]) -> None:
    with op.batch_alter_table("order_origin") as table:
        for column, words in (("source", sources), ("agreed", agreed)):
            table.drop_constraint(column, type_="check")
            listed = ", ".join(f"'{word}'" for word in words)
            table.create_check_constraint(column, f"{column} IN ({listed})")
