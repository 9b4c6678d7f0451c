"""Accounts of minutes: helpers, teams, elders, the pool, and what was issued.

Every move has one account that gives and one that takes, so all balances together are
always zero: what people hold is what the issuing account owes.
"""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.log.book_chain import Book, to_seal
from dispatch.store.columns import Instant, narrow, word
from dispatch.store.engine import insert_of
from dispatch.store.unit_of_work import UnitOfWork


class TimeAccountKind(StrEnum):
    ISSUE = "issue"  # every minute came from here; its balance is the promise
    POOL = "pool"  # 公益时间池
    HELPER = "helper"
    TEAM = "team"  # may only donate
    ELDER = "elder"


_ONE = "kind IN ('issue', 'pool')"


class TimeAccount(SQLModel, table=True):
    """One account, of one owner. Its balance is the sum of its moves."""

    __tablename__ = "time_account"
    __table_args__ = (
        *(
            CheckConstraint(
                f"(kind = '{kind}') = ({kind}_id IS NOT NULL)", name=f"of_a_{kind}"
            )
            for kind in ("helper", "team", "elder")
        ),
        narrow("one_of_the_house", "kind", where=_ONE, unique=True),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: TimeAccountKind = Field(sa_type=word(TimeAccountKind))
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id", unique=True)
    team_id: UUID | None = Field(default=None, foreign_key="time_team.id", unique=True)
    elder_id: UUID | None = Field(default=None, foreign_key="elder.id", unique=True)
    opened_at: datetime = Field(sa_type=Instant)


class Team(SQLModel, table=True):
    """志愿团队: what its members serve in its name is the team's, to donate only."""

    __tablename__ = "time_team"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    station_id: UUID = Field(foreign_key="station.id", index=True)
    street_code: str = Field(foreign_key="street.code", max_length=12)
    name: str = Field(max_length=40, unique=True)
    made_at: datetime = Field(sa_type=Instant)


class TeamMember(SQLModel, table=True):
    """One helper in one team for some days; in one at a time."""

    __tablename__ = "time_team_member"
    __table_args__ = (
        narrow("one_team_each", "helper_id", where="until_on IS NULL", unique=True),
        CheckConstraint("until_on IS NULL OR from_on <= until_on", name="team_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    team_id: UUID = Field(foreign_key="time_team.id", index=True)
    helper_id: UUID = Field(foreign_key="helper.id")
    from_on: date
    until_on: date | None = None  # the last day


def hold_account(
    uow: UnitOfWork, kind: TimeAccountKind, owner_id: UUID | None = None
) -> TimeAccount:
    """The owner's account, opened when it is the first time, held to the end of the
    transaction: two moves of one account are made one after the other.
    """
    owner = {} if owner_id is None else {f"{kind.value}_id": owner_id}
    query = select(TimeAccount).where(TimeAccount.kind == kind)
    for column, value in owner.items():
        query = query.where(getattr(TimeAccount, column) == value)
    found = uow.session.exec(query.with_for_update()).first()
    if found is None:
        number = uuid4()
        opened = insert_of(uow.session)(TimeAccount).values(
            id=number, kind=kind, opened_at=uow.now, **owner
        )
        uow.session.execute(opened.on_conflict_do_nothing())
        found = uow.session.exec(query.with_for_update()).one()
        if found.id == number:
            to_seal(uow, Book.TIME_ACCOUNT, number)
    return found


def team_of(session: Session, helper_id: UUID, on: date) -> UUID | None:
    """The team in whose name a helper served on a day."""
    query = (
        select(TeamMember.team_id)
        .where(TeamMember.helper_id == helper_id, TeamMember.from_on <= on)
        .where(col(TeamMember.until_on).is_(None) | (col(TeamMember.until_on) >= on))
        .order_by(col(TeamMember.from_on).desc(), col(TeamMember.id))
    )
    return session.exec(query).first()


def count_members(session: Session, team_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many are in each of these teams now."""
    query = (
        select(TeamMember.team_id, func.count())
        .where(col(TeamMember.team_id).in_(list(team_ids)))
        .where(col(TeamMember.until_on).is_(None))
        .group_by(col(TeamMember.team_id))
    )
    return dict(session.exec(query).all())
