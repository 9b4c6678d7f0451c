"""Standing plans, where orders came from, late changes, free delivery, family.

Revision: 2026_11_22_0916
After:    2026_11_22_0920
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0916"
down_revision = "2026_11_22_0920"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_SERVINGS = ("breakfast", "lunch", "dinner")
_CHANNELS = ("delivery", "pickup", "proxy", "dine_in", "visit")
_BEARERS = ("district", "street", "operator", "donation")
_LATER_FIRST = (
    "order_origin",
    "free_delivery",
    "fetch_attestation",
    "delivery_rule",
    "late_change",
    "standing_run",
    "standing_day",
    "standing_plan",
    "elder_link",
    "family_message",
    "family_opt_in",
)


def _word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, **_WORD)


def _id(name: str = "id") -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _to(
    name: str, there: str, *, must: bool = True
) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column(name, sa.Uuid(), nullable=not must),
        sa.ForeignKeyConstraint([name], [there]),
    )


def upgrade() -> None:
    _family()
    _standing()
    _late_and_free()
    _origin()


def _family() -> None:
    op.create_table(
        "family_opt_in",
        _id(),
        *_to("elder_id", "elder.id"),
        *_to("contact_id", "contact.id"),
        sa.Column("may_order", sa.Boolean(), nullable=False),
        sa.Column("may_pause", sa.Boolean(), nullable=False),
        sa.Column("may_message", sa.Boolean(), nullable=False),
        sa.Column("given_by", _word("givenby", "elder", "guardian"), nullable=False),
        sa.Column("proof", sa.String(length=60), nullable=False),
        *_to("account_id", "account.id", must=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "given_by = 'elder' OR proof <> ''", name="guardian_has_proof"
        ),
        sa.CheckConstraint(
            "may_order OR may_pause OR may_message", name="opt_in_to_what"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_family_opt_in_elder_id", "family_opt_in", ["elder_id"])
    op.create_index(
        "one_opt_in_each",
        "family_opt_in",
        ["contact_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
        sqlite_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "family_message",
        _id(),
        *_to("elder_id", "elder.id"),
        *_to("station_id", "station.id"),
        *_to("contact_id", "contact.id", must=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        *_to("read_by", "account.id", must=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_family_message_elder_id", "family_message", ["elder_id"])
    op.create_index("ix_family_message_station_id", "family_message", ["station_id"])
    op.create_table(
        "elder_link",
        _id(),
        *_to("elder_id", "elder.id"),
        *_to("contact_id", "contact.id", must=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        *_to("account_id", "account.id", must=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_index("ix_elder_link_elder_id", "elder_link", ["elder_id"])


def _standing() -> None:
    op.create_table(
        "standing_plan",
        _id(),
        *_to("elder_id", "elder.id"),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("serving", _word("serving", *_SERVINGS), nullable=False),
        sa.Column("dish", sa.String(length=2), nullable=True),
        sa.Column("channel", _word("channel", *_CHANNELS), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        *_to("account_id", "account.id", must=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_why", sa.String(length=60), nullable=True),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="a_weekday"),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="plan_forward"
        ),
        sa.CheckConstraint(
            "channel IN ('delivery','pickup','proxy','dine_in')", name="plan_of_a_meal"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_standing_plan_elder_id", "standing_plan", ["elder_id"])
    op.create_index(
        "standing_plans_in_force",
        "standing_plan",
        ["weekday"],
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "standing_day",
        *_to("elder_id", "elder.id"),
        sa.Column("serve_on", sa.Date(), nullable=False),
        sa.Column("serving", _word("serving", *_SERVINGS), nullable=False),
        *_to("plan_id", "standing_plan.id"),
        sa.Column(
            "outcome", _word("outcome", "made", "missed", "settled"), nullable=False
        ),
        *_to("order_id", "orders.id", must=False),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("tried_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'made') = (order_id IS NOT NULL)", name="made_has_order"
        ),
        sa.CheckConstraint(
            "(outcome = 'made') = (why IS NULL)", name="what_is_missing_says_why"
        ),
        sa.PrimaryKeyConstraint("elder_id", "serve_on", "serving"),
        sa.UniqueConstraint("order_id"),
    )
    op.create_index("standing_days_of_a_day", "standing_day", ["serve_on", "outcome"])
    op.create_table(
        "standing_run",
        sa.Column("run_on", sa.Date(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("run_on"),
    )


def _late_and_free() -> None:
    op.create_table(
        "late_change",
        _id(),
        *_to("sitting_id", "sitting.id"),
        *_to("order_id", "orders.id"),
        *_to("menu_item_id", "menu_item.id"),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        *_to("account_id", "account.id", must=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("delta IN (-1, 1)", name="one_portion"),
        sa.CheckConstraint("reason <> ''", name="late_has_reason"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_late_change_sitting_id", "late_change", ["sitting_id"])
    op.create_table(
        "delivery_rule",
        _id(),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("basis", sa.String(length=120), nullable=False),
        sa.Column("categories", facts(), nullable=False),
        sa.Column("needs_attestation", sa.Boolean(), nullable=False),
        sa.Column("bearer", _word("bearer", *_BEARERS), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="rule_forward"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "fetch_attestation",
        _id(),
        *_to("elder_id", "elder.id"),
        sa.Column(
            "attestor",
            _word("attestor", "station", "community", "grid_worker", "doctor"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        *_to("account_id", "account.id", must=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.CheckConstraint("until_on >= from_on", name="attested_forward"),
        sa.CheckConstraint("reason <> ''", name="attested_why"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_fetch_attestation_elder_id", "fetch_attestation", ["elder_id"])
    op.create_table(
        "free_delivery",
        *_to("order_id", "orders.id"),
        *_to("rule_id", "delivery_rule.id"),
        *_to("attestation_id", "fetch_attestation.id", must=False),
        sa.Column("fen", sa.Integer(), nullable=False),
        sa.Column("bearer", _word("bearer", *_BEARERS), nullable=False),
        sa.CheckConstraint("fen BETWEEN 1 AND 100000000", name="some_fee"),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_index("ix_free_delivery_rule_id", "free_delivery", ["rule_id"])


def _origin() -> None:
    op.create_table(
        "order_origin",
        *_to("order_id", "orders.id"),
        sa.Column(
            "source",
            _word(
                "source",
                "phone",
                "counter",
                "family",
                "elder",
                "standing",
                "sheet",
                "walk_in",
            ),
            nullable=False,
        ),
        sa.Column(
            "agreed",
            _word("agreed", "self", "spoken", "opt_in", "plan", "listed"),
            nullable=False,
        ),
        sa.Column("role", sa.String(length=16), nullable=False),
        *_to("account_id", "account.id", must=False),
        *_to("link_id", "elder_link.id", must=False),
        *_to("opt_in_id", "family_opt_in.id", must=False),
        *_to("plan_id", "standing_plan.id", must=False),
        sa.CheckConstraint(
            "(source = 'standing') = (plan_id IS NOT NULL)", name="standing_has_plan"
        ),
        sa.CheckConstraint(
            "(agreed = 'opt_in') = (opt_in_id IS NOT NULL)", name="opt_in_is_named"
        ),
        sa.CheckConstraint(
            "(source = 'family') = (agreed = 'opt_in')", name="family_needs_opt_in"
        ),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_index("ix_order_origin_plan_id", "order_origin", ["plan_id"])


def downgrade() -> None:
    for table in _LATER_FIRST:
        op.drop_table(table)
