"""Door keys in a station's keeping: in a sealed bag, two people at each move."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.access.accounts import Account
from dispatch.access.scope import get_scoped
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.log.audit import write_down
from dispatch.log.events import record
from dispatch.people.elders import Elder
from dispatch.store.columns import Instant, word
from dispatch.store.unit_of_work import UnitOfWork


class TwoPeople(BadInput):
    """钥匙交接须两人在场，请另选一名见证人。没有保存。"""

    code = "two_people"


class KeyIsElsewhere(Conflict):
    """钥匙现在的状态不能这样办理，没有保存。请刷新后查看。"""

    code = "key_is_elsewhere"


class KeyMove(StrEnum):
    KEPT = "kept"  # 收存: sealed into its bag
    TAKEN = "taken"  # 取用: the seal is opened
    PUT_BACK = "put_back"  # 放回: into a bag with a new seal
    RETURNED = "returned"  # 归还老人或家属
    LOST = "lost"  # 遗失


_NEXT: Final[dict[KeyMove, frozenset[KeyMove]]] = {
    KeyMove.KEPT: frozenset({KeyMove.TAKEN, KeyMove.RETURNED, KeyMove.LOST}),
    KeyMove.TAKEN: frozenset({KeyMove.PUT_BACK, KeyMove.RETURNED, KeyMove.LOST}),
    KeyMove.PUT_BACK: frozenset({KeyMove.TAKEN, KeyMove.RETURNED, KeyMove.LOST}),
    KeyMove.RETURNED: frozenset(),
    KeyMove.LOST: frozenset({KeyMove.PUT_BACK, KeyMove.RETURNED}),
}
_SEALED: Final = frozenset({KeyMove.KEPT, KeyMove.PUT_BACK})


class DoorKey(SQLModel, table=True):
    """One key (or set) of one door, and where it is; the log says how it got there."""

    __tablename__ = "door_key"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('kept', 'put_back') OR seal IS NOT NULL", name="sealed"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    household_id: UUID = Field(foreign_key="household.id")
    station_id: UUID = Field(foreign_key="station.id", index=True)
    label: str = Field(max_length=20)  # of the hook or box, never an address
    state: KeyMove = Field(sa_type=word(KeyMove))
    seal: str | None = Field(default=None, max_length=20)


class KeyLine(SQLModel, table=True):
    """One move of a key: who, who saw it, why, under which seal."""

    __tablename__ = "key_line"
    __table_args__ = (
        UniqueConstraint("key_id", "seq", name="one_key_line_each"),
        CheckConstraint("account_id <> witness_id", name="two_people"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    key_id: UUID = Field(foreign_key="door_key.id")
    seq: int = Field(ge=1)
    move: KeyMove = Field(sa_type=word(KeyMove))
    account_id: UUID = Field(foreign_key="account.id")
    witness_id: UUID = Field(foreign_key="account.id")
    seal: str | None = Field(default=None, max_length=20)
    reason: str = Field(default="", max_length=120)
    at: datetime = Field(sa_type=Instant)


def list_keys(session: Session, elder_id: UUID) -> list[DoorKey]:
    """An elder's keys, those given back among them."""
    query = select(DoorKey).where(DoorKey.elder_id == elder_id)
    return list(session.exec(query.order_by(col(DoorKey.label), col(DoorKey.id))))


def list_key_lines(session: Session, key_id: UUID) -> list[KeyLine]:
    """The moves of a key, first to last."""
    query = select(KeyLine).where(KeyLine.key_id == key_id)
    return list(session.exec(query.order_by(col(KeyLine.seq))))


def keep_key(
    uow: UnitOfWork, elder: Elder, label: str, seal: str, witness_id: UUID
) -> DoorKey:
    """Take a key into keeping. The caller holds the elder's row.

    Raises:
        TwoPeople: the witness is whoever does it, or nobody of this house.
        BadInput: without a seal.
    """
    key = DoorKey(
        id=uuid4(),
        elder_id=elder.id,
        household_id=elder.household_id,
        station_id=elder.station_id,
        label=label,
        state=KeyMove.KEPT,
        seal=_seal_of(KeyMove.KEPT, seal),
    )
    uow.session.add(key)
    uow.session.flush()
    _write(uow, key, 1, witness_id, "")
    return key


def move_key(
    uow: UnitOfWork,
    key_id: UUID,
    move: KeyMove,
    witness_id: UUID,
    *,
    seal: str = "",
    reason: str = "",
) -> DoorKey:
    """Take a key out, put it back under a new seal, or give it back.

    Raises:
        NotFound: no such key within reach.
        KeyIsElsewhere: it is not where this move begins.
        TwoPeople, BadInput: see `keep_key`; an old seal is no new one.
    """
    key = get_scoped(uow, DoorKey, key_id, lock=True)
    if move not in _NEXT[key.state]:
        raise KeyIsElsewhere
    lines = list_key_lines(uow.session, key.id)
    new = _seal_of(move, seal)
    if new is not None and new in {line.seal for line in lines}:
        raise BadInput("这个封条号用过了，请换新封条。没有保存。")
    key.state, key.seal = move, new
    uow.session.add(key)
    _write(uow, key, len(lines) + 1, witness_id, reason)
    return key


def _seal_of(move: KeyMove, seal: str) -> str | None:
    if move not in _SEALED:
        return None
    if not seal.strip():
        raise BadInput("请填写封条号，没有保存。")
    return seal.strip()


def _write(
    uow: UnitOfWork, key: DoorKey, seq: int, witness_id: UUID, reason: str
) -> None:
    me = uow.actor.account_id
    if me is None:
        raise NotAllowed
    if witness_id == me or uow.session.get(Account, witness_id) is None:
        raise TwoPeople
    uow.session.add(
        KeyLine(
            key_id=key.id,
            seq=seq,
            move=key.state,
            account_id=me,
            witness_id=witness_id,
            seal=key.seal,
            reason=reason,
            at=uow.now,
        )
    )
    uow.session.flush()
    write_down(uow, f"key_{key.state.value}", "door_key", key.id, purpose=reason)
    record(
        uow,
        "elder.key",
        "elder",
        key.elder_id,
        facts={"move": key.state.value, "key_id": str(key.id)},
        station_id=key.station_id,
    )
