"""Drafts of rules, and what was published of them by two people.

Revision: 2026_11_22_0952
After:    2026_11_22_0957
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts
from dispatch.store.migrations.rule_guards import rule_guards

revision = "2026_11_22_0952"
down_revision = "2026_11_22_0957"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    states = sa.Enum(
        *("open", "published", "returned", "withdrawn"),
        name="draftstate",
        native_enum=False,
        create_constraint=True,
        length=24,
    )
    op.create_table(
        "rule_draft",
        sa.Column("id", sa.Uuid(), primary_key=True, nullable=False),
        sa.Column("version_id", sa.String(64), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("state", states, nullable=False),
        _account("made_by", needed=True),
        sa.Column("made_at", Instant(), nullable=False),
        _account("decided_by"),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("seen", facts(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by IS NULL)"
            " AND (state = 'open') = (decided_at IS NULL)",
            name="draft_decided_once",
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'returned') OR decided_by <> made_by",
            name="draft_decided_by_another",
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR decided_by = made_by",
            name="draft_withdrawn_by_its_maker",
        ),
    )
    op.create_index(
        "one_open_draft",
        "rule_draft",
        ["version_id"],
        unique=True,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )
    _publications()
    for statement in rule_guards(op.get_bind().dialect.name):
        op.execute(statement)


def _publications() -> None:
    version = sa.ForeignKey("rule_version.id")
    op.create_table(
        "rule_publication",
        sa.Column(
            "version_id", sa.String(64), version, primary_key=True, nullable=False
        ),
        sa.Column("draft_id", sa.Uuid(), sa.ForeignKey("rule_draft.id"), unique=True),
        sa.Column("from_on", sa.Date(), nullable=False, unique=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("supersedes", sa.String(64), nullable=True),
        _account("made_by"),
        _account("approved_by"),
        sa.Column("published_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="publication_forward"
        ),
        sa.CheckConstraint(
            "(draft_id IS NULL) = (made_by IS NULL)"
            " AND (draft_id IS NULL) = (approved_by IS NULL)",
            name="published_by_people",
        ),
        sa.CheckConstraint("made_by <> approved_by", name="published_by_two"),
    )


def _account(name: str, *, needed: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey("account.id"), nullable=not needed)


def downgrade() -> None:
    op.drop_table("rule_publication")
    op.drop_table("rule_draft")
