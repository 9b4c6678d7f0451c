"""Family at a distance: what an elder lets one of their contacts do for them.

Nothing here is needed to be served: an elder who agrees to none of it orders as
before, by phone or at the counter.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotAllowed
from dispatch.people.consents import Purpose, consents_to
from dispatch.store.columns import Instant, narrow, word


class NotOptedIn(NotAllowed):
    """老人还没有同意由这位家属代办，没有办理。请先由驿站征得老人同意。"""

    code = "not_opted_in"


class GivenBy(StrEnum):
    ELDER = "elder"  # 本人
    GUARDIAN = "guardian"  # 监护人，要有证明


class FamilyDeed(StrEnum):
    """What a contact may be allowed to do."""

    ORDER = "order"
    PAUSE = "pause"
    MESSAGE = "message"
    SEE = "see"  # when their elder was last seen, and by whom


class Told(StrEnum):
    """When a contact is told of a safety case; its ladder asks them all the same."""

    NEVER = "never"
    AT_ONCE = "at_once"  # when it begins, and how it goes on
    WHEN_OVER = "when_over"  # only what became of it


class FamilyOptIn(SQLModel, table=True):
    """One elder's word that one contact may act for them; it can be taken back."""

    __tablename__ = "family_opt_in"
    __table_args__ = (
        narrow(
            "one_opt_in_each", "contact_id", where="withdrawn_at IS NULL", unique=True
        ),
        CheckConstraint("given_by = 'elder' OR proof <> ''", name="guardian_has_proof"),
        CheckConstraint(
            "may_order OR may_pause OR may_message OR may_see OR told <> 'never'",
            name="opt_in_to_what",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    contact_id: UUID = Field(foreign_key="contact.id")
    may_order: bool = False
    may_pause: bool = False
    may_message: bool = False
    may_see: bool = False
    told: Told = Field(default=Told.NEVER, sa_type=word(Told))
    given_by: GivenBy = Field(sa_type=word(GivenBy))
    proof: str = Field(default="", max_length=60)  # which paper was shown
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    given_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)

    def lets(self, deed: FamilyDeed) -> bool:
        """The elder agreed to this deed."""
        return bool(getattr(self, f"may_{deed.value}"))


class FamilyMessage(SQLModel, table=True):
    """A few words to the station about an elder, and its answer, if it gave one.

    Both are in the vault, under this id. Who answers has read. With an order they are
    also for whoever comes with it, who has had them since `shown_at`.
    """

    __tablename__ = "family_message"
    __table_args__ = (
        narrow("unread_messages", "station_id", where="read_at IS NULL"),
        CheckConstraint(
            "answered_at IS NULL OR read_at IS NOT NULL", name="answered_was_read"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    station_id: UUID = Field(foreign_key="station.id", index=True)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    order_id: UUID | None = Field(default=None, foreign_key="orders.id", index=True)
    sent_at: datetime = Field(sa_type=Instant)
    shown_at: datetime | None = Field(default=None, sa_type=Instant)
    read_at: datetime | None = Field(default=None, sa_type=Instant)
    read_by: UUID | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_by: UUID | None = Field(default=None, foreign_key="account.id")


def find_opt_in(session: Session, contact_id: UUID) -> FamilyOptIn | None:
    """What stands for this contact now."""
    return session.exec(
        select(FamilyOptIn)
        .where(FamilyOptIn.contact_id == contact_id)
        .where(col(FamilyOptIn.withdrawn_at).is_(None))
    ).first()


def need_opt_in(
    session: Session, elder_id: UUID, contact_id: UUID | None, deed: FamilyDeed
) -> FamilyOptIn:
    """The elder's word that this contact may do this.

    Raises:
        NotOptedIn: there is none, it does not cover this, or the elder has since
            withdrawn their consent to family as a whole.
    """
    found = find_opt_in(session, contact_id) if contact_id else None
    if found is None or found.elder_id != elder_id or not found.lets(deed):
        raise NotOptedIn
    if not consents_to(session, elder_id, Purpose.FAMILY):
        raise NotOptedIn
    return found


def told_of_cases(session: Session, elder_id: UUID, contact_id: UUID | None) -> Told:
    """When this contact is told of a case, as the elder chose beforehand."""
    found = find_opt_in(session, contact_id) if contact_id else None
    if found is None or found.elder_id != elder_id:
        return Told.NEVER
    agreed = consents_to(session, elder_id, Purpose.FAMILY)
    return found.told if agreed else Told.NEVER


def list_told(session: Session, elder_id: UUID, wanted: Collection[Told]) -> list[UUID]:
    """The contacts who are to be told in one of these ways, the oldest word first."""
    agreed = list_opt_ins(session, elder_id)
    found = [one.contact_id for one in agreed if one.told in wanted]
    return found if found and consents_to(session, elder_id, Purpose.FAMILY) else []


def list_opt_ins(session: Session, elder_id: UUID) -> list[FamilyOptIn]:
    """What an elder has agreed to and not taken back, the oldest first."""
    return list(
        session.exec(
            select(FamilyOptIn)
            .where(FamilyOptIn.elder_id == elder_id)
            .where(col(FamilyOptIn.withdrawn_at).is_(None))
            .order_by(col(FamilyOptIn.given_at), col(FamilyOptIn.id))
        )
    )
