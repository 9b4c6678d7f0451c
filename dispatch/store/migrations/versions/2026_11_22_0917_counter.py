"""Counters: proxies, tokens, what the page wrote down, ends of servings, cash days.

Revision: 2026_11_22_0917
After:    2026_11_22_0912
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts
from dispatch.store.migrations.cash_guards import cash_guards

revision = "2026_11_22_0917"
down_revision = "2026_11_22_0912"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_MOST_FEN = 100_000_000
_METHODS = ("cash", "card", "stored")


def upgrade() -> None:
    _date_payments()
    _make_proxies_and_tokens()
    _make_deeds()
    _make_serving_ends()
    _make_cash_days()
    for statement in cash_guards(op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER payment_open_day" + ("" if sqlite else " ON payment"))
    for table in ("cash_difference", "cash_day", "serving_end", "till_deed", "token"):
        op.drop_table(table)
    op.drop_table("proxy")
    op.drop_index("payments_of_a_drawer", "payment")
    op.drop_column("payment", "cash_on")


def _date_payments() -> None:
    """Each payment names its cash day; those there were have the day of their time."""
    since = sa.Column("cash_on", sa.Date(), nullable=False, server_default="2000-01-01")
    op.add_column("payment", since)
    if op.get_bind().dialect.name == "sqlite":
        words = "收款记录只能追加，不能修改或删除"
        op.execute("DROP TRIGGER payment_no_update")
        op.execute("UPDATE payment SET cash_on = date(at, '+8 hours')")
        op.execute(
            "CREATE TRIGGER payment_no_update BEFORE UPDATE ON payment "
            f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
    else:
        op.execute("ALTER TABLE payment DISABLE TRIGGER payment_written_once")
        op.execute(
            "UPDATE payment SET cash_on = CAST(at AT TIME ZONE 'Asia/Shanghai' AS date)"
        )
        op.execute("ALTER TABLE payment ENABLE TRIGGER payment_written_once")
    op.create_index("payments_of_a_drawer", "payment", ["station_id", "cash_on"])


def _make_proxies_and_tokens() -> None:
    told = sa.Enum("in_person", "paper", "phone", name="toldhow", **_WORD)
    op.create_table(
        "proxy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("told_how", told, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="some_days"),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_proxy_elder_id", "proxy", ["elder_id"])
    op.create_index("ix_proxy_station_id", "proxy", ["station_id"])
    op.create_table(
        "token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 9999", name="short_numbers"),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id"),
        sa.UniqueConstraint("code_sha256"),
    )
    each = ["sitting_id", "station_id", "number"]
    op.create_index("one_number_each", "token", each, unique=True)


def _make_deeds() -> None:
    kinds = sa.Enum("serve", "walk_in", "pay", name="deedkind", **_WORD)
    money = f"fen IS NULL OR fen BETWEEN 0 AND {_MOST_FEN}"
    op.create_table(
        "till_deed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(length=40), nullable=False),
        sa.Column("boot_id", sa.String(length=12), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("said", facts(), nullable=False),
        sa.Column(
            "method", sa.Enum(*_METHODS, name="paymethod", **_WORD), nullable=True
        ),
        sa.Column("fen", sa.Integer(), nullable=True),
        sa.Column("cash_on", sa.Date(), nullable=False),
        sa.Column("happened_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolution", sa.String(length=200), nullable=False),
        sa.CheckConstraint("applied OR why IS NOT NULL", name="reasons"),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by IS NULL)", name="resolved_by_somebody"
        ),
        sa.CheckConstraint(
            "resolved_at IS NULL OR (why IS NOT NULL AND length(resolution) > 0)",
            name="resolved_with_words",
        ),
        sa.CheckConstraint(money, name="some_money"),
        sa.CheckConstraint("(fen IS NULL) = (method IS NULL)", name="money_has_a_way"),
        sa.CheckConstraint("applied OR payment_id IS NULL", name="booked_when_applied"),
        sa.CheckConstraint("seq BETWEEN 1 AND 1000000000", name="numbered"),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_till_deed_elder_id", "till_deed", ["elder_id"])
    op.create_index("ix_till_deed_order_id", "till_deed", ["order_id"])
    op.create_index("deeds_of_a_drawer", "till_deed", ["station_id", "cash_on"])
    unseen = sa.text("why IS NOT NULL AND resolved_at IS NULL")
    op.create_index(
        "open_differences",
        "till_deed",
        ["station_id"],
        postgresql_where=unseen,
        sqlite_where=unseen,
    )


def _make_serving_ends() -> None:
    counts = ("served", "walk_ins", "no_show", "unsold")
    op.create_table(
        "serving_end",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        *(sa.Column(what, sa.Integer(), nullable=False) for what in counts),
        sa.Column("went_to", sa.String(length=60), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("counted_at", Instant(), nullable=False),
        *(
            sa.CheckConstraint(f"{what} BETWEEN 0 AND 100000", name=f"some_{what}")
            for what in counts
        ),
        sa.CheckConstraint("walk_ins <= served", name="walk_ins_are_served"),
        sa.CheckConstraint(
            "unsold = 0 OR length(went_to) > 0", name="unsold_went_somewhere"
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    each = ["sitting_id", "station_id"]
    op.create_index("one_end_each", "serving_end", each, unique=True)
    op.create_index("ix_serving_end_station_id", "serving_end", ["station_id"])


def _make_cash_days() -> None:
    states = sa.Enum("open", "counted", "closed", name="cashstate", **_WORD)
    some = f"BETWEEN 0 AND {_MOST_FEN}"
    any_ = f"BETWEEN -{_MOST_FEN} AND {_MOST_FEN}"
    op.create_table(
        "cash_day",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("cash_on", sa.Date(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("float_fen", sa.Integer(), nullable=False),
        sa.Column("expected_fen", sa.Integer(), nullable=True),
        sa.Column("counted_fen", sa.Integer(), nullable=True),
        sa.Column("counted_by", sa.Uuid(), nullable=True),
        sa.Column("counted_at", Instant(), nullable=True),
        sa.Column("seconded_by", sa.Uuid(), nullable=True),
        sa.Column("seconded_at", Instant(), nullable=True),
        sa.CheckConstraint(f"float_fen {some}", name="float_money"),
        sa.CheckConstraint(
            f"expected_fen IS NULL OR expected_fen {any_}", name="expected_money"
        ),
        sa.CheckConstraint(
            f"counted_fen IS NULL OR counted_fen {some}", name="counted_money"
        ),
        sa.CheckConstraint(
            "(state = 'open') = (counted_fen IS NULL) AND "
            "(state = 'open') = (expected_fen IS NULL) AND "
            "(state = 'open') = (counted_by IS NULL) AND "
            "(state = 'open') = (counted_at IS NULL)",
            name="counted_whole",
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (seconded_by IS NOT NULL) AND "
            "(state = 'closed') = (seconded_at IS NOT NULL)",
            name="closed_by_two",
        ),
        sa.CheckConstraint("seconded_by <> counted_by", name="two_people"),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    each = ["station_id", "cash_on"]
    op.create_index("one_drawer_a_day", "cash_day", each, unique=True)
    op.create_table(
        "cash_difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cash_day_id", sa.Uuid(), nullable=False),
        sa.Column("fen", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=100), nullable=False),
        sa.Column("deed_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("fen <> 0", name="not_nothing"),
        sa.CheckConstraint(f"fen {any_}", name="some_fen"),
        sa.CheckConstraint("length(why) > 0", name="with_a_reason"),
        sa.ForeignKeyConstraint(["cash_day_id"], ["cash_day.id"]),
        sa.ForeignKeyConstraint(["deed_id"], ["till_deed.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("deed_id"),
    )
    op.create_index(
        "ix_cash_difference_cash_day_id", "cash_difference", ["cash_day_id"]
    )
