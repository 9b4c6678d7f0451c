"""Agreements (签约): which station answers for an elder, from when until when."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import Conflict
from dispatch.log.events import record
from dispatch.people.elders import Elder
from dispatch.store.columns import Instant, narrow
from dispatch.store.unit_of_work import UnitOfWork


class AgreementsOverlap(Conflict):
    """这段日期里老人已有签约，没有保存。请先结束原来的签约。"""

    code = "agreements_overlap"


class Agreement(SQLModel, table=True):
    """A service agreement of an elder with a station; both days belong to it."""

    __tablename__ = "agreement"
    __table_args__ = (
        narrow("one_open_agreement", "elder_id", where="until_on IS NULL", unique=True),
        CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="agreement_forward"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    station_id: UUID = Field(foreign_key="station.id", index=True)
    from_on: date
    until_on: date | None = None
    proof: str = Field(default="", max_length=120)  # where the signed paper is
    ended_reason: str | None = Field(default=None, max_length=60)
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")

    def holds_on(self, on: date) -> bool:
        """It holds on this day."""
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


def list_agreements(
    session: Session, elder_ids: Collection[UUID]
) -> dict[UUID, list[Agreement]]:
    """The agreements of these elders, each one's first to last."""
    found: dict[UUID, list[Agreement]] = defaultdict(list)
    wanted = list(elder_ids)
    for start in range(0, len(wanted), 500):
        query = select(Agreement).where(
            col(Agreement.elder_id).in_(wanted[start : start + 500])
        )
        for one in session.exec(query.order_by(col(Agreement.from_on))):
            found[one.elder_id].append(one)
    return found


def sign(
    uow: UnitOfWork, elder: Elder, station_id: UUID, from_on: date, proof: str
) -> Agreement:
    """Sign with a station from a day on. The caller holds the elder's row.

    An open agreement with another station ends the day before.

    Raises:
        AgreementsOverlap: one that began on that day or later, or ends after it.
    """
    for other in list_agreements(uow.session, [elder.id]).get(elder.id, []):
        if other.from_on >= from_on or (
            other.until_on is not None and other.until_on >= from_on
        ):
            raise AgreementsOverlap
        if other.until_on is None:
            end_agreement(uow, other, from_on - timedelta(days=1), "signed_anew")
    signed = Agreement(
        elder_id=elder.id,
        station_id=station_id,
        from_on=from_on,
        proof=proof,
        made_at=uow.now,
        made_by=uow.actor.account_id,
    )
    uow.session.add(signed)
    uow.session.flush()
    said = {"station_id": str(station_id), "from_on": from_on.isoformat()}
    record(uow, "elder.signed", "elder", elder.id, facts=said, station_id=station_id)
    return signed


def end_agreement(
    uow: UnitOfWork, agreement: Agreement, until_on: date, reason: str
) -> None:
    """End an agreement after a day; one that had not begun by then never holds."""
    agreement.until_on = max(until_on, agreement.from_on)
    agreement.ended_reason = reason
    uow.session.add(agreement)
    uow.session.flush()
    record(
        uow,
        "elder.agreement_ended",
        "elder",
        agreement.elder_id,
        facts={"until_on": agreement.until_on.isoformat(), "reason": reason},
        station_id=agreement.station_id,
    )
