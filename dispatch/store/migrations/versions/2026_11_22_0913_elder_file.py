"""The elder's file: dated facts, agreements, consents, and who answers for them.

Revision: 2026_11_22_0913
After:    2026_11_22_0919
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from dispatch.store.columns import Instant, facts

revision = "2026_11_22_0913"
down_revision = "2026_11_22_0919"
branch_labels = None
depends_on = None

_KINDS = (
    "resident",
    "residence_permit",
    "travel_permit",
    "passport",
    "permanent_resident",
    "none",
)
_FLAGS = ("no_kin", "left_behind", "veteran", "fall_risk", "infectious")
_ID_NUMBER = sa.text("field = 'id_number' AND blind IS NOT NULL")
_UNTIL_OPEN = sa.text("until_on IS NULL")
_NEW = ("responsible", "consent", "elder_fact", "agreement")


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
    _widen_what_stands()
    _add_agreements_and_facts()
    _add_consents_and_responsible()


def _widen_what_stands() -> None:
    kinds = ", ".join(f"'{kind}'" for kind in _KINDS)
    op.add_column(
        "elder",
        sa.Column(
            "identity_kind",
            sa.String(length=24),
            sa.CheckConstraint(f"identity_kind IN ({kinds})", name="identitykind"),
            nullable=False,
            server_default="resident",
        ),
    )
    op.add_column("elder", sa.Column("left_on", sa.Date(), nullable=True))
    for flag in _FLAGS:
        op.add_column(
            "elder", sa.Column(flag, sa.Boolean(), nullable=False, server_default="0")
        )
    words = [("elder", "language", 40), ("household", "estate", 60)]
    for table, name, length in words:
        kind = sa.String(length=length)
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("household", _text("grid_code", 20, null=True))
    op.add_column("household", _text("located_by", 24, null=True))
    op.add_column(
        "contact",
        sa.Column("guardian", sa.Boolean(), nullable=False, server_default="0"),
    )
    for name, usual, within in (
        ("from_hour", "0", "BETWEEN 0 AND 23"),
        ("until_hour", "24", "BETWEEN 1 AND 24"),
    ):
        check = sa.CheckConstraint(f"{name} {within}", name=f"contact_{name}")
        op.add_column(
            "contact",
            sa.Column(name, sa.Integer(), check, nullable=False, server_default=usual),
        )
    op.create_index(
        "one_file_each",
        "vault",
        ["field", "blind"],
        unique=True,
        postgresql_where=_ID_NUMBER,
        sqlite_where=_ID_NUMBER,
    )


def _add_agreements_and_facts() -> None:
    _table(
        "agreement",
        *_ref("elder_id", "elder"),
        *_ref("station_id", "station"),
        *_days(),
        _text("proof", 120),
        _text("ended_reason", 60, null=True),
        *_made(),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="agreement_forward"
        ),
    )
    op.create_index("ix_agreement_elder_id", "agreement", ["elder_id"])
    op.create_index("ix_agreement_station_id", "agreement", ["station_id"])
    op.create_index(
        "one_open_agreement",
        "agreement",
        ["elder_id"],
        unique=True,
        postgresql_where=_UNTIL_OPEN,
        sqlite_where=_UNTIL_OPEN,
    )
    _table(
        "elder_fact",
        *_ref("elder_id", "elder"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            _word(
                "factkind",
                *("ability", "dementia", "relief", "disability", "family", "veteran"),
                *("hukou", "living", "no_kin", "left_behind", "institution", "coupon"),
            ),
            nullable=False,
        ),
        sa.Column("value", facts(), nullable=False),
        *_days(),
        _text("source", 40),
        sa.Column("about", facts(), nullable=False),
        _text("reason", 200),
        sa.Column("recorded_at", Instant(), nullable=False),
        *_ref("recorded_by", "account", null=True),
        sa.UniqueConstraint("elder_id", "seq", name="one_fact_each"),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="fact_forward"
        ),
    )


def _add_consents_and_responsible() -> None:
    _table(
        "consent",
        *_ref("elder_id", "elder"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            _word(
                "purpose",
                *("photo", "health", "family", "contactless", "key", "recording"),
            ),
            nullable=False,
        ),
        _text("version", 20),
        sa.Column(
            "said", _word("said", "given", "refused", "withdrawn"), nullable=False
        ),
        sa.Column("voice", _word("voice", "elder", "guardian"), nullable=False),
        _text("means", 20),
        _text("proof", 120),
        _text("witness", 40),
        sa.Column("at", Instant(), nullable=False),
        *_ref("account_id", "account", null=True),
        sa.UniqueConstraint("elder_id", "seq", name="one_answer_each"),
        sa.CheckConstraint(
            "voice <> 'guardian' OR said <> 'given' OR length(proof) > 0",
            name="guardians_prove",
        ),
    )
    _table(
        "responsible",
        *_ref("elder_id", "elder"),
        sa.Column("rank", sa.Integer(), nullable=False),
        *_ref("account_id", "account", null=True),
        *_ref("helper_id", "helper", null=True),
        *_days(),
        *_made(),
        sa.CheckConstraint("rank IN (1, 2)", name="first_or_backup"),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (helper_id IS NULL)", name="one_of_both"
        ),
    )
    for name in ("elder_id", "account_id", "helper_id"):
        op.create_index(f"ix_responsible_{name}", "responsible", [name])
    op.create_index(
        "one_responsible",
        "responsible",
        ["elder_id", "rank"],
        unique=True,
        postgresql_where=_UNTIL_OPEN,
        sqlite_where=_UNTIL_OPEN,
    )


def downgrade() -> None:
    for table in _NEW:
        op.drop_table(table)
    op.drop_index("one_file_each", table_name="vault")
    for name in ("until_hour", "from_hour", "guardian"):
        op.drop_column("contact", name)
    for name in ("located_by", "grid_code", "estate"):
        op.drop_column("household", name)
    for name in ("language", *_FLAGS, "left_on", "identity_kind"):
        op.drop_column("elder", name)
