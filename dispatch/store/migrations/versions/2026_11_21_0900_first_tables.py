"""The first tables.

Revision: 2026_11_21_0900
After:    nothing
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from dispatch.store.migrations.guards import guards
from dispatch.store.migrations.ledger_guards import ledger_guards
from dispatch.store.tables import METADATA

revision = "2026_11_21_0900"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    METADATA.create_all(bind)
    for statement in (*guards(bind.dialect.name), *ledger_guards(bind.dialect.name)):
        op.execute(sa.text(statement))
    op.execute(
        sa.text("INSERT INTO feed (id, epoch, head) VALUES (1, :epoch, 0)").bindparams(
            sa.bindparam("epoch", uuid4(), type_=sa.Uuid())
        )
    )


def downgrade() -> None:
    METADATA.drop_all(op.get_bind())
