"""Outreach (联系记录): a call or message that was no order, written down."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from dispatch.access.scope import get_scoped
from dispatch.duties.encounters import Way
from dispatch.errors import BadInput, NotAllowed
from dispatch.log.events import record
from dispatch.people.elders import Elder, mark_seen
from dispatch.store.columns import Instant, word
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork

_OLDEST: Final = timedelta(days=7)
_MAY_WRITE: Final = frozenset({"station", "dispatcher", "street", "district"})
_HEARD: Final = frozenset({Way.PHONE, Way.VIDEO, Way.COUNTER})


class NotAnOutreach(BadInput):
    """联系记录的时间或方式填写有误，没有保存。请检查后再提交。"""

    code = "not_an_outreach"


class Purpose(StrEnum):
    """What it was for; the word by which a duty's rule names it, in capitals."""

    PHONE_CHECK = "phone_check"  # 电话问候
    DOCTOR = "doctor"  # 家庭医生联系
    SURVEY = "survey"  # 需求调查
    OTHER = "other"


class SpokeWith(StrEnum):
    SELF = "self"  # 本人
    FAMILY = "family"  # 家属
    NOBODY = "nobody"  # 没有联系上


class Outreach(SQLModel, table=True):
    """One call, message or talk, and whom it reached. It never is a paid visit."""

    __tablename__ = "outreach"
    __table_args__ = (
        Index("outreach_of_an_elder", "elder_id", "at"),
        CheckConstraint("minutes BETWEEN 0 AND 600", name="talked"),
        CheckConstraint("way <> 'home' AND way <> 'door'", name="no_visit"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id")
    station_id: UUID = Field(foreign_key="station.id", index=True)
    street_code: str = Field(foreign_key="street.code", max_length=12)
    purpose: Purpose = Field(sa_type=word(Purpose))
    way: Way = Field(sa_type=word(Way))
    spoke_with: SpokeWith = Field(sa_type=word(SpokeWith))
    minutes: int = 0
    words: str = Field(default="", max_length=200)
    at: datetime = Field(sa_type=Instant)
    made_at: datetime = Field(sa_type=Instant)
    account_id: UUID = Field(foreign_key="account.id")

    @property
    def heard(self) -> bool:
        """The elder's own voice or face; a text message is neither."""
        return self.spoke_with is SpokeWith.SELF and self.way in _HEARD


@dataclass(frozen=True)
class OutreachDraft:
    """What somebody writes down. `at` None: just now."""

    elder_id: UUID
    purpose: Purpose
    way: Way
    spoke_with: SpokeWith
    minutes: int = 0
    words: str = ""
    at: datetime | None = None


def record_outreach(
    uow: UnitOfWork, draft: OutreachDraft, *, key: str | None
) -> Outreach:
    """Write down a call; the elder's own voice moves *last seen*, nothing else does.

    Raises:
        NotFound: no such elder within reach.
        NotAllowed: not a person of the staff.
        NotAnOutreach: in the future, over a week ago, or a visit.
        KeyMissing, KeyReused
    """
    account_id = uow.actor.account_id
    if uow.actor.role not in _MAY_WRITE or account_id is None:
        raise NotAllowed
    if made := claim(uow, key, "outreach", asdict(draft)):
        return uow.session.get_one(Outreach, made)
    elder = get_scoped(uow, Elder, draft.elder_id, lock=True)
    at = draft.at or uow.now
    if not uow.now - _OLDEST <= at <= uow.now or draft.way in (Way.HOME, Way.DOOR):
        raise NotAnOutreach
    made_now = Outreach(
        **(asdict(draft) | {"at": at}),
        station_id=elder.station_id,
        street_code=elder.street_code,
        made_at=uow.now,
        account_id=account_id,
    )
    uow.session.add(made_now)
    uow.session.flush()
    if made_now.heard:
        mark_seen(elder, at, by=draft.way.value)
        uow.session.add(elder)
    record(
        uow,
        "outreach.made",
        "outreach",
        made_now.id,
        facts={"purpose": draft.purpose.value, "spoke_with": draft.spoke_with.value},
        station_id=elder.station_id,
        street_code=elder.street_code,
    )
    keep_result(uow, key or "", made_now.id)
    return made_now
