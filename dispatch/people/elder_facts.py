"""What is so of an elder on a day: facts with the days on which they hold.

An elder's columns say what is so today. A fact that has never changed has no row
here; the first change writes down what was so before it, then what is so from its
day on. Rows are only ever added, so the answer for a past day stays as it was.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.people.agreements import Agreement, list_agreements
from dispatch.people.elders import Elder, Living
from dispatch.store.columns import Instant, Json, facts, word

SINCE_EVER: Final = date(1900, 1, 1)


class FactKind(StrEnum):
    """What a rule may ask about on a service date."""

    ABILITY = "ability"
    DEMENTIA = "dementia"
    RELIEF = "relief"
    DISABILITY = "disability"
    FAMILY = "family"  # 计划生育特殊家庭
    VETERAN = "veteran"  # 重点优抚
    HUKOU = "hukou"
    LIVING = "living"
    NO_KIN = "no_kin"  # 孤寡
    LEFT_BEHIND = "left_behind"  # 留守
    INSTITUTION = "institution"
    COUPON = "coupon"
    SUSPENDED = "suspended"  # 暂停补贴资格


# The elder's columns that say a fact of this kind, and their values where it is not.
NOTHING: Final[Mapping[FactKind, Mapping[str, Any]]] = {
    FactKind.ABILITY: {"ability_level": 0, "assessed_on": None},
    FactKind.DEMENTIA: {"dementia": False},
    FactKind.RELIEF: {"relief": None},
    FactKind.DISABILITY: {"disability_grade": None},
    FactKind.FAMILY: {"family_special": False},
    FactKind.VETERAN: {"veteran": False},
    FactKind.HUKOU: {"hukou_in_district": False, "home_street": ""},
    FactKind.LIVING: {"living": Living.OTHER},
    FactKind.NO_KIN: {"no_kin": False},
    FactKind.LEFT_BEHIND: {"left_behind": False},
    FactKind.INSTITUTION: {"resides_in_institution": False},
    FactKind.COUPON: {"coupon_account": False},
    FactKind.SUSPENDED: {"entitlement_suspended": False},
}


class ElderFact(SQLModel, table=True):
    """One fact from a day on. Rows are never changed; a later one says otherwise."""

    __tablename__ = "elder_fact"
    __table_args__ = (
        UniqueConstraint("elder_id", "seq", name="one_fact_each"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="fact_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id")
    seq: int = Field(ge=1)  # in the order in which they were written down
    kind: FactKind = Field(sa_type=word(FactKind))
    value: Json = Field(sa_column=Column(facts(), nullable=False))
    from_on: date
    until_on: date | None = None  # the last day: a certificate's or scale's expiry
    source: str = Field(max_length=40)  # who says so: file, assessment, data_match, …
    about: Json = Field(default_factory=dict, sa_column=Column(facts(), nullable=False))
    reason: str = Field(default="", max_length=200)
    recorded_at: datetime = Field(sa_type=Instant)
    recorded_by: UUID | None = Field(default=None, foreign_key="account.id")


@dataclass(frozen=True)
class History:
    """All that was written down of one elder's dated facts and agreements."""

    facts: Sequence[ElderFact] = ()
    agreements: Sequence[Agreement] = ()


NO_HISTORY: Final = History()
_TOLD: Final = ("elder_id", "seq", "kind", "value", "from_on", "until_on")


@dataclass(frozen=True)
class Standing:
    """A fact as it stands on one day: its value, its days, and who says so."""

    value: Mapping[str, Any]
    source: str = "file"
    from_on: date | None = None
    until_on: date | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


def standing_on(
    elder: Elder, history: History, kind: FactKind, on: date
) -> Standing | None:
    """What is so on a day; None where nothing is known of that day, or no longer.

    The row that began last stands, of several with one beginning the last written
    down. When its days are over, what stood before it does not come back.
    """
    if not any(row.kind is kind for row in history.facts):
        return Standing({name: getattr(elder, name) for name in NOTHING[kind]})
    row = _row_on(history, kind, on)
    if row is None:
        return None
    since = None if row.from_on == SINCE_EVER else row.from_on
    value = read_value(kind, row.value)
    return Standing(value, row.source, since, row.until_on, row.about)


def _row_on(history: History, kind: FactKind, on: date) -> ElderFact | None:
    """The written row that stands on a day; None where none does."""
    begun = [row for row in history.facts if row.kind is kind and row.from_on <= on]
    row = max(begun, key=lambda each: (each.from_on, each.seq), default=None)
    if row is None or (row.until_on is not None and on > row.until_on):
        return None
    return row


def is_told(kind: FactKind, history: History, stands: Standing) -> bool:
    """Somebody said it: it was written down, or nobody takes it to be so unsaid."""
    written = any(row.kind is kind for row in history.facts)
    return written or not may_be_unsaid(kind, stands.value)


def may_be_unsaid(kind: FactKind, value: Mapping[str, Any]) -> bool:
    """A file has this value before anybody has spoken: only a row says who did.

    Each way of opening a file takes something of its own to be so of the hukou.
    """
    if kind is FactKind.HUKOU:
        return True
    return all(value[name] == nothing for name, nothing in NOTHING[kind].items())


def facts_on(elder: Elder, history: History, on: date) -> dict[str, Any]:
    """Every dated fact on a day, by the names of the elder's columns; who said it is
    not asked, so that the rows of `facts_within` will do."""
    known = {name: getattr(elder, name) for each in NOTHING.values() for name in each}
    for kind in {row.kind for row in history.facts}:
        row = _row_on(history, kind, on)
        known |= read_value(kind, row.value) if row else NOTHING[kind]
    return known


def signed_station_on(elder: Elder, history: History, on: date) -> UUID | None:
    """With which station the elder has an agreement on a day.

    Where none was ever written down, the station that answers for them.
    """
    if not history.agreements:
        return elder.station_id
    held = [one for one in history.agreements if one.holds_on(on)]
    return held[-1].station_id if held else None


def read_value(kind: FactKind, value: Mapping[str, Any]) -> dict[str, Any]:
    """A kept value with its dates and words as they were given."""
    read = dict(NOTHING[kind]) | dict(value)
    if isinstance(read.get("assessed_on"), str):
        read["assessed_on"] = date.fromisoformat(read["assessed_on"])
    if "living" in read:
        read["living"] = Living(read["living"])
    return read


def keep_value(value: Mapping[str, Any]) -> Json:
    """A value as it is kept in JSON."""
    return {
        name: each.isoformat() if isinstance(each, date) else each
        for name, each in value.items()
    }


def written_kinds(
    session: Session, elder_ids: Collection[UUID]
) -> dict[UUID, set[FactKind]]:
    """Of which facts these elders have rows; one query for each five hundred."""
    found: dict[UUID, set[FactKind]] = defaultdict(set)
    wanted = list(elder_ids)
    for start in range(0, len(wanted), 500):
        query = select(ElderFact.elder_id, ElderFact.kind).distinct()
        part = col(ElderFact.elder_id).in_(wanted[start : start + 500])
        for elder_id, kind in session.exec(query.where(part)):
            found[elder_id].add(FactKind(kind))
    return found


def history_of(
    session: Session, elder_id: UUID, *, known_at: datetime | None = None
) -> History:
    """One elder's history; two queries."""
    return histories_of(session, [elder_id], known_at=known_at)[elder_id]


def histories_of(
    session: Session, elder_ids: Collection[UUID], *, known_at: datetime | None = None
) -> dict[UUID, History]:
    """The histories of these elders; two queries for each five hundred.

    Args:
        known_at: leave out what was written down after this moment.
    """
    rows: dict[UUID, list[ElderFact]] = defaultdict(list)
    wanted = list(elder_ids)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        query = select(ElderFact).where(col(ElderFact.elder_id).in_(part))
        if known_at is not None:
            query = query.where(ElderFact.recorded_at <= known_at)
        for row in session.exec(query.order_by(col(ElderFact.seq))):
            rows[row.elder_id].append(row)
    signed = list_agreements(session, wanted)
    return {one: History(rows[one], signed.get(one, [])) for one in wanted}


def facts_within(
    session: Session, elder_ids: Any, kinds: Collection[FactKind]
) -> dict[UUID, History]:
    """The written facts of many elders, of these kinds, without agreements and without
    who said it; one query.

    Args:
        elder_ids: a query of ids. Who has no row is not in the answer.
    """
    rows: dict[UUID, list[Any]] = defaultdict(list)
    query = select(*(getattr(ElderFact, name) for name in _TOLD)).where(
        col(ElderFact.elder_id).in_(elder_ids), col(ElderFact.kind).in_(kinds)
    )
    # Only what is asked of them: ten thousand whole rows take half a second.
    reads = session.connection().execute
    for row in reads(query.order_by(col(ElderFact.seq))).all() if kinds else ():
        rows[row.elder_id].append(row)
    return {elder_id: History(facts) for elder_id, facts in rows.items()}
