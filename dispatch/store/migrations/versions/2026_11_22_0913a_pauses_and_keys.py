"""The elder's file: pauses, keys in keeping, proposals, life events.

Revision: 2026_11_22_0913a
After:    2026_11_22_0913
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0913a"
down_revision = "2026_11_22_0913"
branch_labels = None
depends_on = None


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(
        *words, name=name, native_enum=False, create_constraint=True, length=24
    )


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid(), nullable=False)


def _ref(name: str, target: str, *, null: bool = False) -> list[Any]:
    return [
        sa.Column(name, sa.Uuid(), nullable=null),
        sa.ForeignKeyConstraint([name], [f"{target}.id"]),
    ]


def _made() -> list[Any]:
    return [
        sa.Column("made_at", Instant(), nullable=False),
        *_ref("made_by", "account", null=True),
    ]


def _days() -> list[Any]:
    return [
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
    ]


def _text(name: str, length: int, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), nullable=null)


def _table(name: str, *parts: Any) -> None:
    op.create_table(name, _id(), *parts, sa.PrimaryKeyConstraint("id"))


def upgrade() -> None:
    _add_pauses_and_keys()
    _add_proposals_and_events()


def _add_pauses_and_keys() -> None:
    _table(
        "pause",
        *_ref("elder_id", "elder"),
        sa.Column(
            "scope", _word("pausescope", "all", "meals", "visits"), nullable=False
        ),
        sa.Column(
            "reason",
            _word(
                "pausereason",
                *("hospital", "away", "institution", "unreachable", "wish", "other"),
            ),
            nullable=False,
        ),
        *_days(),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        _text("words", 120),
        *_made(),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="pause_forward"
        ),
    )
    op.create_index("ix_pause_elder_id", "pause", ["elder_id"])
    where = ("kept", "taken", "put_back", "returned", "lost")
    _table(
        "door_key",
        *_ref("elder_id", "elder"),
        *_ref("household_id", "household"),
        *_ref("station_id", "station"),
        _text("label", 20),
        sa.Column("state", _word("keymove", *where), nullable=False),
        _text("seal", 20, null=True),
        sa.CheckConstraint(
            "state NOT IN ('kept', 'put_back') OR seal IS NOT NULL", name="sealed"
        ),
    )
    op.create_index("ix_door_key_elder_id", "door_key", ["elder_id"])
    op.create_index("ix_door_key_station_id", "door_key", ["station_id"])
    _table(
        "key_line",
        *_ref("key_id", "door_key"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("move", _word("keymove", *where), nullable=False),
        *_ref("account_id", "account"),
        *_ref("witness_id", "account"),
        _text("seal", 20, null=True),
        _text("reason", 120),
        sa.Column("at", Instant(), nullable=False),
        sa.UniqueConstraint("key_id", "seq", name="one_key_line_each"),
        sa.CheckConstraint("account_id <> witness_id", name="two_people"),
    )


def _add_proposals_and_events() -> None:
    _table(
        "proposal",
        sa.Column(
            "kind",
            _word(
                "proposalkind",
                *("deceased", "moved", "institution", "fact", "new", "gone"),
            ),
            nullable=False,
        ),
        _text("source", 40),
        _text("subject", 64),
        *_ref("elder_id", "elder", null=True),
        *_ref("station_id", "station", null=True),
        sa.Column("street_code", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["street_code"], ["street.code"]),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("facts", facts(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            _word("proposalstate", "open", "accepted", "rejected"),
            nullable=False,
        ),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        *_ref("decided_by", "account", null=True),
        _text("decision", 200),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name="decided_when"
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by IS NULL)", name="decided_by_a_person"
        ),
    )
    said = ["source", "kind", "subject", "happened_on"]
    op.create_index("one_proposal", "proposal", said, unique=True)
    op.create_index("proposals_open", "proposal", ["station_id", "state"])
    op.create_index("ix_proposal_elder_id", "proposal", ["elder_id"])
    _table(
        "life_event",
        *_ref("elder_id", "elder"),
        sa.Column(
            "kind",
            _word(
                "lifekind",
                *("died", "moved_out", "moved"),
                *("hospital", "institution", "unreachable"),
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        _text("source", 40),
        _text("words", 200),
        sa.Column("did", facts(), nullable=False),
        *_made(),
        sa.Column("undone_at", Instant(), nullable=True),
        *_ref("undone_by", "account", null=True),
        _text("undone_because", 200),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_a_person"
        ),
    )
    op.create_index("ix_life_event_elder_id", "life_event", ["elder_id"])


def downgrade() -> None:
    for table in ("life_event", "proposal", "key_line", "door_key", "pause"):
        op.drop_table(table)
