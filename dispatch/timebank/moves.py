"""Moves of minutes from one account to another: written once, never changed.

A move takes from one account what it gives to the other, so nothing can be out of
balance. The database refuses a move between accounts that its kind does not join, one
that spends more than there is, and a second live mint of one proof
(`dispatch.store.migrations.time_guards`).
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, exists, func
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.log.book_chain import Book, to_seal
from dispatch.store.columns import Instant, word
from dispatch.store.unit_of_work import UnitOfWork

MOST_MINUTES = 10_000_000


class MoveKind(StrEnum):
    MINT = "mint"  # earned by evidenced work
    OVERFLOW = "overflow"  # earned over the limit of an account: to the pool
    GIFT = "gift"  # to verified kin
    DONATE = "donate"  # to the pool
    GRANT = "grant"  # from the pool to an elder
    REDEEM = "redeem"  # an elder was served for it: the promise is kept
    REVERSAL = "reversal"  # takes one move back, whole and once


EARNING = frozenset({MoveKind.MINT, MoveKind.OVERFLOW})


class TimeMove(SQLModel, table=True):
    """One move. Earned minutes name their proof, who worked, and from when to when."""

    __tablename__ = "time_move"
    __table_args__ = (
        CheckConstraint(f"minutes BETWEEN 1 AND {MOST_MINUTES}", name="some_minutes"),
        CheckConstraint("minutes = CAST(minutes AS INTEGER)", name="whole_minutes"),
        CheckConstraint("from_id <> to_id", name="two_accounts"),
        CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name="takes_back"
        ),
        CheckConstraint(
            "(kind IN ('mint', 'overflow')) = (evidence_id IS NOT NULL)",
            name="earned_by_proof",
        ),
        CheckConstraint(
            "evidence_id IS NULL OR (helper_id IS NOT NULL AND from_at < until_at "
            "AND worked_on IS NOT NULL AND order_id IS NOT NULL)",
            name="earned_when",
        ),
        CheckConstraint(
            "kind <> 'redeem' OR order_id IS NOT NULL", name="redeemed_for_an_order"
        ),
        Index("worked_that_day", "helper_id", "worked_on"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: MoveKind = Field(sa_type=word(MoveKind))
    from_id: UUID = Field(foreign_key="time_account.id", index=True)
    to_id: UUID = Field(foreign_key="time_account.id", index=True)
    minutes: int
    rules: str = Field(max_length=64)  # the version that it was made by
    order_id: UUID | None = Field(default=None, foreign_key="orders.id", index=True)
    evidence_id: UUID | None = Field(
        default=None, foreign_key="evidence.id", index=True
    )
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    worked_on: date | None = None
    from_at: datetime | None = Field(default=None, sa_type=Instant)
    until_at: datetime | None = Field(default=None, sa_type=Instant)
    reverses_id: UUID | None = Field(
        default=None, foreign_key="time_move.id", unique=True
    )
    reason: str = Field(default="", max_length=60)
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")


def balances(session: Session, account_ids: Collection[UUID]) -> dict[UUID, int]:
    """The minutes of each of these accounts."""
    found = dict.fromkeys(account_ids, 0)
    wanted = sorted(found)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        for column, sign in ((TimeMove.to_id, 1), (TimeMove.from_id, -1)):
            query = (
                select(column, func.sum(TimeMove.minutes))
                .where(col(column).in_(part))
                .group_by(col(column))
            )
            for account_id, minutes in session.exec(query):
                found[account_id] += sign * int(minutes)
    return found


def balance(session: Session, account_id: UUID) -> int:
    """The minutes of one account."""
    return balances(session, [account_id])[account_id]


def list_live_of_order(session: Session, order_id: UUID) -> list[TimeMove]:
    """What was earned or redeemed with an order and not taken back, oldest first."""
    taking_back = aliased(TimeMove)
    query = (
        select(TimeMove)
        .where(TimeMove.order_id == order_id, col(TimeMove.reverses_id).is_(None))
        .where(~exists().where(col(taking_back.reverses_id) == col(TimeMove.id)))
        .order_by(col(TimeMove.made_at), col(TimeMove.id))
    )
    return list(session.exec(query))


def redeemed_orders() -> Any:
    """For queries: the orders that time was given for and not taken back."""
    taking_back = aliased(TimeMove)
    return (
        select(TimeMove.order_id)
        .where(TimeMove.kind == MoveKind.REDEEM, col(TimeMove.order_id).is_not(None))
        .where(~exists().where(col(taking_back.reverses_id) == col(TimeMove.id)))
    )


def list_worked(session: Session, helper_id: UUID, on: date) -> list[TimeMove]:
    """What a helper has earned on a day and keeps, for themselves or a team."""
    taking_back = aliased(TimeMove)
    query = select(TimeMove).where(
        TimeMove.helper_id == helper_id,
        TimeMove.worked_on == on,
        col(TimeMove.kind).in_(EARNING),
        ~exists().where(col(taking_back.reverses_id) == col(TimeMove.id)),
    )
    return list(session.exec(query))


def keep_move(uow: UnitOfWork, move: TimeMove) -> None:
    """Write a move into the books, and let it be sealed there."""
    uow.session.add(move)
    to_seal(uow, Book.TIME_MOVE, move.id)


def take_back(uow: UnitOfWork, moves: Iterable[TimeMove], reason: str) -> int:
    """Reverse each of these moves, whole. Returns the minutes that went back."""
    minutes = 0
    for move in moves:
        keep_move(
            uow,
            TimeMove(
                kind=MoveKind.REVERSAL,
                from_id=move.to_id,
                to_id=move.from_id,
                minutes=move.minutes,
                rules=move.rules,
                order_id=move.order_id,
                reverses_id=move.id,
                reason=reason,
                made_at=uow.now,
                made_by=uow.actor.account_id,
            ),
        )
        minutes += move.minutes
    uow.session.flush()
    return minutes
