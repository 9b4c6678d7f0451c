"""Duty: who is on when, who owns a case, and what was handed over at the change."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.access.accounts import Account, Role
from dispatch.safety.cases import Case, CaseKind
from dispatch.store.columns import Instant, narrow


class DutyTurn(SQLModel, table=True):
    """One person's turn of a street, or of one station of it (值班)."""

    __tablename__ = "duty_turn"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="turn_has_time"),
        CheckConstraint("rank IN (1, 2)", name="turn_first_or_backup"),
        Index("turns_of_a_street", "street_code", "ends_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    street_code: str = Field(foreign_key="street.code", max_length=12)
    station_id: UUID | None = Field(default=None, foreign_key="station.id")
    account_id: UUID = Field(foreign_key="account.id", index=True)
    rank: int  # 1 is asked first, 2 the backup
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")


class Handover(SQLModel, table=True):
    """What one person tells the next (交班); open until the next has accepted it."""

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="handed_to_another"),
        narrow(
            "one_open_handover", "from_id", where="accepted_at IS NULL", unique=True
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    street_code: str = Field(foreign_key="street.code", max_length=12, index=True)
    station_id: UUID | None = Field(default=None, foreign_key="station.id")
    from_id: UUID = Field(foreign_key="account.id")
    to_id: UUID = Field(foreign_key="account.id", index=True)
    words: str = Field(max_length=500)
    cases: int = Field(default=0, ge=0)  # open ones that change hands with it
    offered_at: datetime = Field(sa_type=Instant)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)


class Alarm(SQLModel, table=True):
    """One ring for one person; several cases of one cause share it."""

    __tablename__ = "alarm"
    __table_args__ = (
        CheckConstraint("rating IN ('red', 'amber')", name="alarm_rating"),
        Index("alarms_of_somebody", "account_id", "rung_at"),
        Index("alarms_about_a_helper", "helper_id", "rung_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    street_code: str = Field(foreign_key="street.code", max_length=12)
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    account_id: UUID = Field(foreign_key="account.id")  # who was rung first
    rating: str = Field(max_length=8)
    loud: bool = True  # False: the budget was spent; it stands in the list, silent
    rung_at: datetime = Field(sa_type=Instant)


class CaseDuty(SQLModel, table=True):
    """Whose a case is: who was asked, whether they took it, when to ask again.

    `again_at` is a minute after asking; once taken, the end of the taker's turn;
    None when nothing is to be asked any more. `first_id` is with whom the circle of
    asking began: whoever was asked first, then whoever took it last.
    """

    __tablename__ = "case_duty"
    __table_args__ = (
        CheckConstraint("asked >= 1", name="asked_somebody"),
        narrow("to_be_asked_again", "again_at", where="again_at IS NOT NULL"),
    )

    case_id: UUID = Field(foreign_key="safety_case.id", primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    alarm_id: UUID | None = Field(default=None, foreign_key="alarm.id", index=True)
    asked: int = 1  # how often, each time the next person
    first_id: UUID | None = Field(default=None, foreign_key="account.id")
    first_asked_at: datetime = Field(sa_type=Instant)
    asked_at: datetime = Field(sa_type=Instant)
    taken_at: datetime | None = Field(default=None, sa_type=Instant)
    again_at: datetime | None = Field(default=None, sa_type=Instant)


def find_duty(session: Session, case_id: UUID) -> CaseDuty | None:
    """Whose this case is."""
    return session.get(CaseDuty, case_id, populate_existing=True)


def turn_of(
    session: Session, account_id: UUID, street_code: str, at: datetime
) -> DutyTurn | None:
    """The turn that somebody has in a street at a moment; of several the longest."""
    query = (
        select(DutyTurn)
        .where(DutyTurn.account_id == account_id, DutyTurn.street_code == street_code)
        .where(DutyTurn.starts_at <= at, DutyTurn.ends_at > at)
        .order_by(col(DutyTurn.ends_at).desc())
    )
    return session.exec(query).first()


def list_to_ask(session: Session, case: Case, at: datetime) -> list[Account]:
    """Everybody who may be asked to own a case, in the order of asking.

    Whoever is on duty; then who had the last turn and never handed it over; then
    desks and offices, which answer in any case. Of an allegation only offices hear.
    """
    if case.kind is CaseKind.ALLEGATION:
        return _offices(session, case.street_code)
    people = [*list_on_duty(session, case, at), *_last_on_duty(session, case, at)]
    people += [*_desks(session, case), *_offices(session, case.street_code)]
    return list({one.id: one for one in people}.values())


def list_on_duty(session: Session, case: Case, at: datetime) -> list[Account]:
    """First the street's, then the station's; first ranks before backups."""
    query = (
        select(Account)
        .join(DutyTurn, col(DutyTurn.account_id) == Account.id)
        .where(DutyTurn.street_code == case.street_code, col(Account.active))
        .where(DutyTurn.starts_at <= at, DutyTurn.ends_at > at)
        .where(
            col(DutyTurn.station_id).is_(None)
            | (col(DutyTurn.station_id) == case.station_id)
        )
        .order_by(
            col(DutyTurn.station_id).is_not(None),
            col(DutyTurn.rank),
            col(DutyTurn.starts_at),
            col(Account.login),
        )
    )
    return list(session.exec(query))


def _last_on_duty(session: Session, case: Case, at: datetime) -> list[Account]:
    query = (
        select(Account)
        .join(DutyTurn, col(DutyTurn.account_id) == Account.id)
        .where(DutyTurn.street_code == case.street_code, col(Account.active))
        .where(col(DutyTurn.station_id).is_(None), DutyTurn.ends_at <= at)
        .order_by(col(DutyTurn.ends_at).desc(), col(DutyTurn.rank), col(Account.login))
        .limit(1)
    )
    return list(session.exec(query))


def _desks(session: Session, case: Case) -> list[Account]:
    """The street's coordinators, the district's, then the station's own desk."""
    coordinators = (
        select(Account)
        .where(Account.role == Role.DISPATCHER, col(Account.active))
        .where(
            col(Account.street_code).is_(None)
            | (col(Account.street_code) == case.street_code)
        )
        .order_by(col(Account.street_code).is_(None), col(Account.login))
    )
    desk = (
        select(Account)
        .where(Account.role == Role.STATION, col(Account.active))
        .where(col(Account.station_id) == case.station_id)
        .order_by(col(Account.login))
    )
    return [*session.exec(coordinators), *session.exec(desk)]


def _offices(session: Session, street_code: str) -> list[Account]:
    """The street's office, then the district's."""
    query = (
        select(Account)
        .where(col(Account.role).in_((Role.STREET, Role.DISTRICT)), col(Account.active))
        .where(
            col(Account.street_code).is_(None)
            | (col(Account.street_code) == street_code)
        )
        .order_by(col(Account.street_code).is_(None), col(Account.login))
    )
    return list(session.exec(query))
