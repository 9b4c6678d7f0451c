"""Pauses (暂停): the days on which an elder wants nothing, or cannot be served."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, bindparam
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotFound
from dispatch.store.columns import Instant, word


class PauseReason(StrEnum):
    HOSPITAL = "hospital"  # 住院
    AWAY = "away"  # 外出、探亲
    INSTITUTION = "institution"  # 入住养老机构
    UNREACHABLE = "unreachable"  # 联系不上
    WISH = "wish"  # 本人或家属要求
    OTHER = "other"


class PauseScope(StrEnum):
    """What is paused."""

    ALL = "all"
    MEALS = "meals"
    VISITS = "visits"


class Pause(SQLModel, table=True):
    """Some days without service, both included; an elder may have several."""

    __tablename__ = "pause"
    __table_args__ = (
        CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="pause_forward"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    scope: PauseScope = Field(default=PauseScope.ALL, sa_type=word(PauseScope))
    reason: PauseReason = Field(sa_type=word(PauseReason))
    from_on: date
    until_on: date | None = None  # until somebody says that they are back
    resumed_on: date | None = None  # from this day on it holds no more
    words: str = Field(default="", max_length=120)
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")

    def covers(self, on: date, *, is_meal: bool) -> bool:
        """A meal, or something else, of this day is paused."""
        fits = self.scope is PauseScope.ALL or is_meal is (
            self.scope is PauseScope.MEALS
        )
        begun = self.from_on <= on
        over = (self.until_on is not None and on > self.until_on) or (
            self.resumed_on is not None and on >= self.resumed_on
        )
        return fits and begun and not over


def get_pause(session: Session, pause_id: UUID) -> Pause:
    """Raises: NotFound."""
    if pause := session.get(Pause, pause_id):
        return pause
    raise NotFound("没有找到这条暂停记录。")


_PAUSES: Final = (
    select(Pause)
    .where(col(Pause.elder_id) == bindparam("elder"))
    .order_by(col(Pause.from_on), col(Pause.made_at))
)


def list_pauses(session: Session, elder_id: UUID) -> list[Pause]:
    """An elder's pauses, those that begin first first."""
    return list(session.exec(_PAUSES, params={"elder": elder_id}))


def find_pause(
    session: Session, elder_id: UUID, on: date, *, is_meal: bool
) -> Pause | None:
    """The pause that covers a meal, or a visit, of this day."""
    return next(
        (
            one
            for one in list_pauses(session, elder_id)
            if one.covers(on, is_meal=is_meal)
        ),
        None,
    )


def paused_on(
    session: Session, elder_ids: Collection[UUID], on: date, *, is_meal: bool
) -> dict[UUID, Pause]:
    """Who of these is paused on a day, and by which pause; one query for each 500."""
    found: dict[UUID, Pause] = {}
    wanted = list(elder_ids)
    for start in range(0, len(wanted), 500):
        query = (
            select(Pause)
            .where(col(Pause.elder_id).in_(wanted[start : start + 500]))
            .where(Pause.from_on <= on)
            .order_by(col(Pause.from_on))
        )
        for one in session.exec(query):
            if one.covers(on, is_meal=is_meal):
                found.setdefault(one.elder_id, one)
    return found
