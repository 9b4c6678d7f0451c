"""A version that only adds names what it adds to, and no longer copies it.

Revision: 2026_11_22_0919a
After:    2026_11_22_0921
"""

from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0919a"
down_revision = "2026_11_22_0921"
branch_labels = None
depends_on = None

_ON_DEMAND = "on demand"  # how `decided_by` begins for versions that only add
_PLAN = sa.table(
    "plan",
    sa.column("id", sa.Uuid()),
    sa.column("wave_id", sa.Uuid()),
    sa.column("version", sa.Integer()),
    sa.column("base_version", sa.Integer()),
    sa.column("decided_by", sa.JSON()),
)
_LINK = sa.table(
    "plan_round", sa.column("plan_id", sa.Uuid()), sa.column("round_id", sa.Uuid())
)
_ROUND = sa.table(
    "round", sa.column("id", sa.Uuid()), sa.column("made_in_version", sa.Integer())
)


def upgrade() -> None:
    op.execute(  # alembic would leave the CHECK out
        "ALTER TABLE plan ADD COLUMN base_version INTEGER DEFAULT 0 NOT NULL"
        " CONSTRAINT base CHECK (base_version BETWEEN 0 AND version)"
    )
    op.execute("UPDATE plan SET base_version = version")
    for plan_id, version, base_version in _adding():
        this = _PLAN.c.id == plan_id
        op.execute(sa.update(_PLAN).where(this).values(base_version=base_version))
        older = sa.select(_ROUND.c.id).where(_ROUND.c.made_in_version != version)
        copies = sa.and_(_LINK.c.plan_id == plan_id, _LINK.c.round_id.in_(older))
        op.execute(sa.delete(_LINK).where(copies))


def _adding() -> Iterator[tuple[UUID, int, int]]:
    """Each version that only adds, and what it adds to."""
    by = (_PLAN.c.wave_id, _PLAN.c.version)
    rows = op.get_bind().execute(
        sa.select(_PLAN.c.id, *by, _PLAN.c.decided_by).order_by(*by)
    )
    base: dict[UUID, int] = {}
    for plan_id, wave_id, version, decided_by in rows.all():
        if any(str(each).startswith(_ON_DEMAND) for each in decided_by[:1]):
            yield plan_id, version, base.get(wave_id, 0)
        else:
            base[wave_id] = version


def downgrade() -> None:
    links = (
        "INSERT INTO plan_round (plan_id, round_id)"
        " SELECT adds.id, plan_round.round_id FROM plan AS adds"
        " JOIN plan AS beneath ON beneath.wave_id = adds.wave_id"
        " AND beneath.version >= adds.base_version AND beneath.version < adds.version"
        " JOIN plan_round ON plan_round.plan_id = beneath.id"
    )
    op.execute(links)
    op.drop_column("plan", "base_version")
