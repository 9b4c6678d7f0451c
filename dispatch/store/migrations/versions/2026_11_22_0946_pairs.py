"""What needs two people is given to two by name.

Revision: 2026_11_22_0946
After:    2026_11_22_0952
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0946"
down_revision = "2026_11_22_0952"
branch_labels = None
depends_on = None

_RULES = {
    "only_a_pin_is_for_two": "partner_id IS NULL OR kind = 'pin'",
    "two_are_not_one": "partner_id <> helper_id",
}


def upgrade() -> None:
    partner = sa.Column("partner_id", sa.Uuid(), nullable=True)
    with op.batch_alter_table("plan_direction") as table:
        table.add_column(partner)
        table.create_foreign_key(
            "fk_plan_direction_partner", "helper", ["partner_id"], ["id"]
        )
        for name, rule in _RULES.items():
            table.create_check_constraint(name, rule)


def downgrade() -> None:
    with op.batch_alter_table("plan_direction") as table:
        for name in _RULES:
            table.drop_constraint(name, type_="check")
        table.drop_constraint("fk_plan_direction_partner", type_="foreignkey")
        table.drop_column("partner_id")
