"""Promise 10: people see only what they need, and every look is written down."""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError
from sqlmodel import Session, col, select

from dispatch.access.accounts import Account, Role, actor_of
from dispatch.access.scope import scoped
from dispatch.log.audit import Audit
from dispatch.log.audit_chain import verify_audit
from dispatch.log.events import Event
from dispatch.orders.orders import Order
from dispatch.people.elders import Elder
from dispatch.people.vault import unseal
from dispatch.promises.checking import Look, Premises
from dispatch.promises.history import expect_history, read_history

# An identity number, a mobile number, an elder card: none belongs into a log.
PERSONAL: Final = re.compile(
    r"(?<![0-9A-Fa-f.-])(?:[1-9]\d{16}[\dXx]|1[3-9]\d{9}|1199\d{12})(?![0-9A-Fa-f.-])"
)
_NAMES_SAMPLED: Final = 300
_ACCOUNTS_A_ROLE: Final = 3
_CHUNK: Final = 1_000_000


def check_privacy(premises: Premises, look: Look) -> None:
    """Reach, the audit and its chain, and no personal data where none belongs."""
    _check_reach(premises.session, look)
    _check_looks(premises, look)
    linked, bent = verify_audit(premises.session)
    look.checked += linked
    look.broken += bent
    names = _sampled_names(premises.session)
    try:
        for where, text in _texts(premises):
            found = PERSONAL.search(text) is not None or any(n in text for n in names)
            look.expect(not found, f"personal data in {where}")
    except RedisError:
        look.not_looked_at.append("Redis does not answer")


def _check_reach(session: Session, look: Look) -> None:
    """A query built for somebody holds nothing that is not theirs."""
    orders = select(Order.id, Order.street_code, Order.station_id)
    elders = select(Elder.id, Elder.street_code, Elder.station_id)
    rows: list[Any] = [*session.execute(orders), *session.execute(elders)]
    for account in _sampled_accounts(session):
        actor = actor_of(account)
        seen: set[UUID] = set()
        for table in (Order, Elder):
            mine = scoped(actor, table).with_only_columns(col(table.id))
            seen |= set(session.execute(mine).scalars())
        theirs = {row.id for row in rows if _is_theirs(account, row)}
        look.expect(
            seen <= theirs, f"{account.login} reaches {len(seen - theirs)} foreign rows"
        )


def _is_theirs(account: Account, row: Any) -> bool:
    match account.role:
        case Role.DISTRICT:
            return True
        case Role.STREET | Role.DISPATCHER:
            code = account.street_code
            district_wide = code is None and account.role is Role.DISPATCHER
            return district_wide or row.street_code == code
        case Role.STATION:
            return bool(row.station_id == account.station_id)
    return False


def _sampled_accounts(session: Session) -> Iterator[Account]:
    for role in Role:
        query = select(Account).where(Account.role == role).order_by(col(Account.id))
        yield from session.exec(query.limit(_ACCOUNTS_A_ROLE))


def _check_looks(premises: Premises, look: Look) -> None:
    """Foreign objects were not found; each unmasked look has its line in the audit."""
    revealed = select(Audit.object_id).where(Audit.action == "reveal")
    written = set(premises.session.exec(revealed))
    expect_history(premises, look)
    for line in read_history(premises.home):
        if line.get("look") == "foreign":
            look.expect(
                line["status"] == 404,
                f"{line['who']} asked for a foreign {line['of']}: {line['status']}",
            )
        elif line.get("look") == "reveal" and line["status"] == 200:
            look.expect(
                UUID(line["id"]) in written,
                f"{line['who']} saw {line['id']} unmasked, not in the audit",
            )


def _sampled_names(session: Session) -> list[str]:
    """Full names of some elders; two characters alone might be any word."""
    ids = session.exec(select(Elder.id).order_by(col(Elder.id)).limit(_NAMES_SAMPLED))
    kept = unseal(session, list(ids), ["name"]).values()
    return [found["name"] for found in kept if len(found.get("name", "")) >= 3]


def _texts(premises: Premises) -> Iterator[tuple[str, str]]:
    """Logs, the facts of events, and Redis, piece by piece.

    Raises:
        RedisError: after everything else.
    """
    if premises.home is not None:
        for path in sorted((premises.home / "logs").glob("*.log*")):
            yield from _pieces(path)
    facts = select(Event.kind, Event.facts)
    yield (
        "the facts of events",
        "\n".join(f"{kind} {told}" for kind, told in premises.session.exec(facts)),
    )
    if premises.redis_url is not None:
        yield from _redis_texts(premises.redis_url)


def _pieces(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", errors="replace") as text:
        while piece := text.read(_CHUNK):
            yield f"log {path.name}", piece


def _redis_texts(url: str) -> Iterator[tuple[str, str]]:
    """Every key with its value. Raises: RedisError, when it is away."""
    with Redis.from_url(url, socket_timeout=5) as redis:
        for key in redis.scan_iter(count=500):
            for value in _values(redis, key):
                yield "Redis", f"{key!r} {value}"


def _values(redis: Any, key: bytes) -> Iterator[str]:
    """What a key holds, read by its kind; the queue packs its jobs."""
    match redis.type(key):
        case b"string":
            raw = [redis.get(key)]
        case b"hash":
            raw = [part for pair in redis.hgetall(key).items() for part in pair]
        case b"list":
            raw = redis.lrange(key, 0, -1)
        case b"set":
            raw = redis.smembers(key)
        case b"zset":
            raw = redis.zrange(key, 0, -1)
        case b"stream":
            raw = [v for _, said in redis.xrange(key) for v in said.values()]
        case _:
            raw = []
    for value in raw:
        yield _unpacked(value or b"").decode("utf-8", "replace")


def _unpacked(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value
