"""The tour's kill -9: every process but the store, and the same count after it."""

import os
import signal
import time
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, func, select

from dispatch.access.demo_tour import Killed
from dispatch.embedded.identity import Identity
from dispatch.field.events import FieldEvent
from dispatch.log.events import Event
from dispatch.orders.orders import Order, OrderState
from dispatch.running import programs, web_address, web_is_ready
from dispatch.settings import Settings
from dispatch.store.engine import reading
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import Posting
from dispatch.supervisor import STORES, NotReady, pid_file

_PATIENCE_SECONDS: Final = 90.0
_LOOK_SECONDS: Final = 0.1


def count_everything(engine: Engine) -> dict[str, int]:
    """What must be the same whatever dies: orders, events, grants, money."""
    with Session(reading(engine)) as session:
        done = select(func.count()).where(Order.state == OrderState.DONE)
        moved = select(func.coalesce(func.sum(func.abs(Posting.fen)), 0))
        return {
            "orders": _many(session, Order),
            "done": session.exec(done).one(),
            "field": _many(session, FieldEvent),
            "events": _many(session, Event),
            "grants": _many(session, Grant),
            "postings_fen": int(session.exec(moved).one()),
        }


def _many(session: Session, table: type[SQLModel]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def kill_all(chosen: Settings) -> list[Killed]:
    """Kill each process by its pid, without a word; the supervisor starts new ones.

    Raises:
        NotReady: the house did not come back.
    """
    names = [one.name for one in programs(chosen) if one.stage != STORES]
    before = {name: _of(chosen, name) for name in names}
    for one in before.values():
        os.kill(one.pid, signal.SIGKILL)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _all_new(chosen, before) or not web_is_ready(web_address(chosen)):
        if time.monotonic() > deadline:
            raise NotReady(f"not all of {', '.join(names)} came back")
        time.sleep(_LOOK_SECONDS)
    after = {name: _of(chosen, name).pid for name in names}
    return [Killed(name, before[name].pid, after[name]) for name in names]


def _all_new(chosen: Settings, before: dict[str, Identity]) -> bool:
    for name, one in before.items():
        now = Identity.read(pid_file(chosen.home, name))
        if now is None or now.pid == one.pid or not now.is_alive():
            return False
    return True


def _of(chosen: Settings, name: str) -> Identity:
    found = Identity.read(pid_file(chosen.home, name))
    if found is None:
        raise NotReady(f"{name} is not there")
    return found
