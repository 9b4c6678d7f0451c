"""With whom the asking for a case began; alarms by the helper they are about.

Revision: 2026_11_22_0943
After:    2026_11_22_0940
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0943"
down_revision = "2026_11_22_0940"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case_duty") as table:
        table.add_column(sa.Column("first_id", sa.Uuid(), nullable=True))
        table.create_foreign_key("asked_first", "account", ["first_id"], ["id"])
    op.create_index("alarms_about_a_helper", "alarm", ["helper_id", "rung_at"])


def downgrade() -> None:
    op.drop_index("alarms_about_a_helper", table_name="alarm")
    with op.batch_alter_table("case_duty") as table:
        table.drop_constraint("asked_first", type_="foreignkey")
        table.drop_column("first_id")
