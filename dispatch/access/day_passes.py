"""Day passes: one helper's round on one phone, without an account or a password.

The pass is a code on a screen or on paper. The first phone that reads it has it, and
no other; it reaches that helper's round of one wave, and the urgent help that is asked
of them meanwhile; it ends by itself, and can be ended at once.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.access.accounts import SignedIn
from dispatch.store.columns import Instant, narrow
from dispatch.store.unit_of_work import Actor, UnitOfWork

_STANDS: Final = "ended_at IS NULL"
# A phone without a line still hands in what it recorded; a person looks at it.
MAY_STILL_TELL: Final = timedelta(hours=24)


class DayPass(SQLModel, table=True):
    """One pass; of its code and of its phone's session only the hash is kept.

    It reaches a wave, not a round: a plan made anew gives the helper another round
    of the same wave, and the phone goes on.
    """

    __tablename__ = "day_pass"
    __table_args__ = (
        narrow(
            "one_pass_stands", *("wave_id", "helper_id"), where=_STANDS, unique=True
        ),
        CheckConstraint(
            "(taken_at IS NULL) = (session_sha256 IS NULL)", name="taken_by_a_phone"
        ),
        CheckConstraint("made_at < expires_at", name="pass_has_a_day"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    wave_id: UUID = Field(foreign_key="wave.id")
    helper_id: UUID = Field(foreign_key="helper.id", index=True)
    token_sha256: str = Field(max_length=64, unique=True)
    session_sha256: str | None = Field(default=None, max_length=64, unique=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")  # made it
    made_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)  # product time
    taken_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)

    def is_over(self, now: datetime) -> bool:
        """Ended by somebody, or by its time."""
        return self.ended_at is not None or now >= self.expires_at


def find_by_code(session: Session, code: str) -> DayPass | None:
    """The pass of a code that was read, held for the caller."""
    query = select(DayPass).where(DayPass.token_sha256 == sha256(code))
    return session.exec(query.with_for_update()).first()


def find_of_session(session: Session, token: str) -> DayPass | None:
    """The pass that a phone's session came with."""
    query = select(DayPass).where(DayPass.session_sha256 == sha256(token))
    return session.exec(query).first()


def find_standing(session: Session, wave_id: UUID, helper_id: UUID) -> DayPass | None:
    """The helper's pass for a wave that nobody has ended."""
    query = select(DayPass).where(
        DayPass.wave_id == wave_id,
        DayPass.helper_id == helper_id,
        col(DayPass.ended_at).is_(None),
    )
    return session.exec(query).first()


def pass_of(session: Session, actor: Actor) -> DayPass | None:
    """What the actor came with; None: an account of their own."""
    return session.get(DayPass, actor.pass_id) if actor.pass_id else None


def lasts_until(uow: UnitOfWork, moment: datetime) -> None:
    """What the actor came with does not run out before; an account never does."""
    day_pass = pass_of(uow.session, uow.actor)
    if day_pass is not None and day_pass.expires_at < moment:
        day_pass.expires_at = moment
        uow.session.add(day_pass)


def end_pass(uow: UnitOfWork, day_pass: DayPass) -> None:
    """It stands no longer, and its phone is signed out at once."""
    day_pass.ended_at = uow.now
    uow.session.add(day_pass)
    if day_pass.session_sha256 is not None:
        kept = uow.session.get(SignedIn, day_pass.session_sha256)
        if kept is not None:
            kept.revoked = True
            uow.session.add(kept)
    uow.session.flush()


def end_passes(uow: UnitOfWork, helper_id: UUID) -> int:
    """End every pass of a helper; how many stood."""
    standing = uow.session.exec(
        select(DayPass).where(
            DayPass.helper_id == helper_id, col(DayPass.ended_at).is_(None)
        )
    ).all()
    for each in standing:
        end_pass(uow, each)
    return len(standing)


def sha256(code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(code.encode()).hexdigest()
