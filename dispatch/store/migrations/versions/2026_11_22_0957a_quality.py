"""Call-backs, complaints, and random audits that can be drawn again.

Revision: 2026_11_22_0957a
After:    2026_11_22_0958a
"""

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0957a"
down_revision = "2026_11_22_0958a"
branch_labels = None
depends_on = None

_WORD = {"native_enum": False, "create_constraint": True, "length": 24}
_NOBODY_SAID = sa.text("answer IS NULL")


def upgrade() -> None:
    _call_backs()
    _complaints()
    _draws()


def _call_backs() -> None:
    why = ("complaint", "bathing", "first", "random")
    answers = ("fits", "not_received", "otherwise", "not_reached", "declined")
    op.create_table(
        "call_back",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=True),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("why", sa.Enum(*why, name="callwhy", **_WORD), nullable=False),
        sa.Column("drawn_at", Instant(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Enum(*answers, name="answer", **_WORD), nullable=True),
        sa.Column("content", sa.Integer(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) "
            "AND (answer IS NULL) = (answered_by IS NULL)",
            name="answered_whole",
        ),
        sa.CheckConstraint(
            "content IS NULL OR (content BETWEEN 1 AND 5 AND answer IS NOT NULL)",
            name="contents",
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id"),
    )
    op.create_index("ix_call_back_station_id", "call_back", ["station_id"])
    op.create_index("calls_about_a_helper", "call_back", ["helper_id", "service_on"])
    op.create_index(
        "calls_to_make",
        "call_back",
        ["street_code", "until_on"],
        postgresql_where=_NOBODY_SAID,
        sqlite_where=_NOBODY_SAID,
    )


def _complaints() -> None:
    sources = ("hotline", "phone", "visit", "letter")
    states = ("open", "answered", "closed")
    outcomes = ("upheld", "partly", "unfounded")
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", _word(sources, "complaintfrom"), nullable=False),
        sa.Column("ticket_no", sa.String(length=40), nullable=False),
        sa.Column("got_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("street_code", sa.String(length=12), nullable=False),
        sa.Column("elder_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("helper_id", sa.Uuid(), nullable=True),
        sa.Column("state", _word(states, "complaintstate"), nullable=False),
        sa.Column("outcome", _word(outcomes, "complaintoutcome"), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) "
            "AND (state = 'open') = (answered_at IS NULL)",
            name="complaint_answered_whole",
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (outcome IS NOT NULL) "
            "AND (closed_at IS NULL) = (outcome IS NULL) "
            "AND (closed_by IS NULL) = (outcome IS NULL)",
            name="complaint_closed_whole",
        ),
        sa.CheckConstraint("due_on >= got_on", name="due_after_it_came"),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["elder_id"], ["elder.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"]),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "ticket_no", name="one_ticket_each"),
    )
    street = ["state", "street_code", "due_on"]
    op.create_index("complaints_of_a_street", "complaint", street)
    op.create_index("complaints_of_a_station", "complaint", ["station_id", "got_on"])
    op.create_index("complaints_about_an_order", "complaint", ["order_id"])


def _draws() -> None:
    kinds = ("points", "helpers", "orders")
    op.create_table(
        "audit_draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("kind", _word(kinds, "drawof"), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=True),
        sa.Column("street_code", sa.String(), nullable=True),
        sa.Column("frame", facts(), nullable=False),
        sa.Column("frame_sha256", sa.String(length=64), nullable=False),
        sa.Column("inspectors", facts(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fixed_at", Instant(), nullable=False),
        sa.Column("fixed_by", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("sample", facts(), nullable=True),
        sa.Column("drawn_at", Instant(), nullable=True),
        sa.Column("drawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(seed IS NULL) = (drawn_at IS NULL) "
            "AND (seed IS NULL) = (drawn_by IS NULL) "
            "AND (seed IS NULL) = (sample IS NULL)",
            name="drawn_whole",
        ),
        sa.CheckConstraint("size BETWEEN 1 AND 1000", name="sample_size"),
        sa.CheckConstraint(
            "drawn_at IS NULL OR drawn_at >= fixed_at", name="fixed_first"
        ),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.ForeignKeyConstraint(["fixed_by"], ["account.id"]),
        sa.ForeignKeyConstraint(["drawn_by"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def _word(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, **_WORD)


def downgrade() -> None:
    op.drop_table("audit_draw")
    op.drop_table("complaint")
    op.drop_table("call_back")
