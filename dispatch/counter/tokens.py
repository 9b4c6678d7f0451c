"""Tokens: the number that is called (叫号), and the code that fetches (取餐码)."""

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.orders.orders import COUNTER_CHANNELS, ENDED_STATES, Order
from dispatch.people.vault import keys
from dispatch.store.columns import Instant
from dispatch.store.unit_of_work import UnitOfWork

CODE_BEGINS: Final = "LZQ:"


class Token(SQLModel, table=True):
    """One order's number at one counter in one serving, from 1 without gaps.

    The number is called out and proves nothing. The code does: 128 bits that only
    the keys' holder can make; here is its hash.
    """

    __tablename__ = "token"
    __table_args__ = (
        Index("one_number_each", "sitting_id", "station_id", "number", unique=True),
        CheckConstraint("number BETWEEN 1 AND 9999", name="short_numbers"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    sitting_id: UUID = Field(foreign_key="sitting.id")
    station_id: UUID = Field(foreign_key="station.id")
    order_id: UUID = Field(foreign_key="orders.id", unique=True)
    number: int
    code_sha256: str = Field(max_length=64, unique=True)
    given_at: datetime = Field(sa_type=Instant)


def code_of(token_id: UUID) -> str:
    """What the QR code of a token says; the same each time it is printed."""
    secret = hmac.new(keys().blind, f"token|{token_id}".encode(), hashlib.sha256)
    return CODE_BEGINS + secret.hexdigest()[:32]


def hash_code(code: str) -> str:
    """What is kept of a code, and what a page compares."""
    return hashlib.sha256(code.strip().encode()).hexdigest()


def give_token(uow: UnitOfWork, sitting_id: UUID, order: Order) -> Token:
    """Give an order its number; one that has a number keeps it.

    The caller holds the sitting's row, so that numbers follow each other.
    """
    if found := find_token(uow.session, order.id):
        return found
    at_this_counter = (
        Token.sitting_id == sitting_id,
        Token.station_id == order.station_id,
    )
    last = uow.session.exec(
        select(func.max(Token.number)).where(*at_this_counter)
    ).one()
    token = Token(
        sitting_id=sitting_id,
        station_id=order.station_id,
        order_id=order.id,
        number=(last or 0) + 1,
        code_sha256="",
        given_at=uow.now,
    )
    token.code_sha256 = hash_code(code_of(token.id))
    uow.session.add(token)
    uow.session.flush()
    return token


def may_have_token(order: Order) -> bool:
    """It is fetched at the counter, and not over."""
    return order.channel in COUNTER_CHANNELS and order.state not in ENDED_STATES


def find_token(session: Session, order_id: UUID) -> Token | None:
    """The token of an order, if it was given one."""
    return session.exec(select(Token).where(Token.order_id == order_id)).first()


def find_by_code(session: Session, code: str) -> Token | None:
    """The token that this scanned code belongs to."""
    query = select(Token).where(Token.code_sha256 == hash_code(code))
    return session.exec(query).first()


def list_tokens(session: Session, order_ids: Collection[UUID]) -> dict[UUID, Token]:
    """The tokens of these orders, by order."""
    query = select(Token).where(col(Token.order_id).in_(order_ids))
    return {token.order_id: token for token in session.exec(query)}
