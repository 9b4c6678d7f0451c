"""Corrections of closed months: proposals that a second person decides.

Revision: 2026_11_22_0953c
After:    2026_11_22_0958b
"""

# ruff: noqa: S608 - statements are put together from our own words only

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant

revision = "2026_11_22_0953c"
down_revision = "2026_11_22_0958b"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_STAYS = "已决定的更正不能修改或删除"
_WHEN = "OLD.state <> 'open'"
_CHECKS = {
    "some_fen": "fen BETWEEN 1 AND 100000000",
    "nothing_of_a_family": "NOT (bereaved AND kind = 'recover')",
    "two_people": "decided_by <> proposed_by",
    "decided_by_a_person": "(state = 'open') = (decided_at IS NULL) AND "
    "(state = 'open') = (decided_by IS NULL)",
    "accepted_is_booked": "(state = 'accepted') = (booked_id IS NOT NULL)",
    "both_proofs": "new_proof_id IS NOT NULL OR length(paper) > 0",
    "said_why": "length(why) > 0",
}
_REFERS = {
    "entry_id": "ledger_entry.id",
    "adjusts_period": "period.month",
    "station_id": "station.id",
    "street_code": "street.code",
    "elder_id": "elder.id",
    "proof_id": "evidence.id",
    "new_proof_id": "evidence.id",
    "proposed_by": "account.id",
    "decided_by": "account.id",
    "booked_id": "ledger_entry.id",
}


def upgrade() -> None:
    kinds = sa.Enum("back_pay", "deduct", "recover", name="correctionkind", **_WORD)
    states = sa.Enum("open", "accepted", "rejected", name="correctionstate", **_WORD)
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("adjusts_period", sa.String(length=7), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("subsidy", sa.String(length=64), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("bereaved", sa.Boolean(), nullable=False),
        sa.Column("proof_id", sa.Uuid(), nullable=False),
        sa.Column("new_proof_id", sa.Uuid(), nullable=True),
        sa.Column("paper", sa.String(length=100), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.Column("booked_id", sa.Uuid(), nullable=True),
        *(sa.CheckConstraint(rule, name=name) for name, rule in _CHECKS.items()),
        *(sa.ForeignKeyConstraint([one], [to]) for one, to in _REFERS.items()),
        sa.PrimaryKeyConstraint("id"),
    )
    for name, columns in (
        ("ix_correction_entry_id", ["entry_id"]),
        ("ix_correction_elder_id", ["elder_id"]),
        ("corrections_to_decide", ["state", "street_code"]),
    ):
        op.create_index(name, "correction", columns)
    _guard()


def downgrade() -> None:
    op.drop_table("correction")


def _guard() -> None:
    """What was decided stays; what was proposed is decided, never taken away."""
    if op.get_bind().dialect.name == "sqlite":
        for act, when in (("UPDATE", _WHEN), ("DELETE", "1")):
            op.execute(
                f"CREATE TRIGGER correction_no_{act.lower()} BEFORE {act} "
                f"ON correction WHEN {when} BEGIN SELECT RAISE(ABORT, '{_STAYS}'); END"
            )
        op.execute(
            "CREATE TRIGGER correction_no_replace BEFORE INSERT ON correction WHEN "
            "EXISTS (SELECT 1 FROM correction c WHERE c.id = NEW.id) "
            f"BEGIN SELECT RAISE(ABORT, '{_STAYS}'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION correction_stays() RETURNS trigger "
        f"LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' OR {_WHEN} THEN "
        f"RAISE EXCEPTION '{_STAYS}' USING ERRCODE = '23000'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER correction_stays BEFORE UPDATE OR DELETE ON correction "
        "FOR EACH ROW EXECUTE FUNCTION correction_stays()"
    )
    op.execute(
        "CREATE TRIGGER correction_never_emptied BEFORE TRUNCATE ON correction "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change('{_STAYS}')"
    )
