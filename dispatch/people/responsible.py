"""Who answers for an elder by name (责任人), and who does when they cannot."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import BadInput
from dispatch.log.events import record
from dispatch.people.elders import Elder
from dispatch.store.columns import Instant, narrow
from dispatch.store.unit_of_work import UnitOfWork

FIRST = 1
BACKUP = 2


class OnePersonTwice(BadInput):
    """责任人和后备责任人不能是同一个人，没有保存。"""

    code = "one_person_twice"


class NobodyNamed(BadInput):
    """请选择一名工作人员或助老员作责任人，没有保存。"""

    code = "nobody_named"


class Responsible(SQLModel, table=True):
    """Somebody with an account or a helper, responsible for an elder for some days."""

    __tablename__ = "responsible"
    __table_args__ = (
        narrow(
            "one_responsible",
            *("elder_id", "rank"),
            where="until_on IS NULL",
            unique=True,
        ),
        CheckConstraint("rank IN (1, 2)", name="first_or_backup"),
        CheckConstraint(
            "(account_id IS NULL) <> (helper_id IS NULL)", name="one_of_both"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    rank: int  # 1 responsible, 2 the backup
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id", index=True)
    from_on: date
    until_on: date | None = None  # the last day; it may lie before the first
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")

    @property
    def person_id(self) -> UUID:
        """The account or the helper."""
        named = self.account_id or self.helper_id
        assert named is not None  # noqa: S101 - the table's own check
        return named


def responsible_on(
    session: Session, elder_ids: Collection[UUID], on: date
) -> dict[UUID, list[Responsible]]:
    """Who answers for these elders on a day, the responsible one before the backup."""
    found: dict[UUID, list[Responsible]] = {one: [] for one in elder_ids}
    wanted = list(found)
    for start in range(0, len(wanted), 500):
        query = (
            select(Responsible)
            .where(col(Responsible.elder_id).in_(wanted[start : start + 500]))
            .where(Responsible.from_on <= on)
            .where(col(Responsible.until_on).is_(None) | (Responsible.until_on >= on))  # type: ignore[operator]
            .order_by(col(Responsible.rank))
        )
        for one in session.exec(query):
            found[one.elder_id].append(one)
    return found


def name_responsible(
    uow: UnitOfWork,
    elder: Elder,
    rank: int,
    from_on: date,
    *,
    account_id: UUID | None = None,
    helper_id: UUID | None = None,
) -> Responsible:
    """From this day on this person answers for the elder, whose row is held.

    Raises:
        NobodyNamed: not exactly one person.
        OnePersonTwice: the same one is responsible already in the other rank.
    """
    if (account_id is None) is (helper_id is None):
        raise NobodyNamed
    query = select(Responsible).where(
        Responsible.elder_id == elder.id, col(Responsible.until_on).is_(None)
    )
    for other in uow.session.exec(query).all():
        if other.rank != rank and other.person_id in (account_id, helper_id):
            raise OnePersonTwice
        if other.rank == rank:
            other.until_on = from_on - timedelta(days=1)
            uow.session.add(other)
    uow.session.flush()
    named = Responsible(
        elder_id=elder.id,
        rank=rank,
        account_id=account_id,
        helper_id=helper_id,
        from_on=from_on,
        made_at=uow.now,
        made_by=uow.actor.account_id,
    )
    uow.session.add(named)
    uow.session.flush()
    said = {"rank": rank, "person_id": str(named.person_id)}
    record(
        uow,
        "elder.responsible",
        "elder",
        elder.id,
        facts=said,
        station_id=elder.station_id,
    )
    return named
