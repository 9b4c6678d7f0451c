"""People who look where they should not, and one who looks where they may."""

from typing import Final

from dispatch.demo.counters import Counter
from dispatch.demo.doors import Door
from dispatch.demo.walkers import Walker

_TRIES: Final = 4


async def look_around(counters: list[Counter], walkers: list[Walker]) -> None:
    """Ask for what belongs to others, as each role; the answers are noted."""
    for counter, other in zip(counters, [*counters[1:], counters[0]], strict=True):
        for order in list(other.orders.values())[:_TRIES]:
            await _ask(counter.door, "order", f"/api/orders/{order['id']}")
            await _ask(counter.door, "elder", f"/api/elders/{order['elder_id']}")
    some = [order["id"] for counter in counters for order in counter.orders.values()]
    for walker in walkers[: _TRIES * 3]:
        foreign = [order_id for order_id in some if order_id not in walker.carried]
        for order_id in foreign[:_TRIES]:
            status, _ = await walker.door.post(
                f"/api/orders/{order_id}/call", {}, expected=(403, 404)
            )
            _note(walker.door, "call", status)


async def reveal_some(counter: Counter) -> None:
    """A station looks up a phone number, for a reason; it must be in the audit."""
    for order in list(counter.orders.values())[:_TRIES]:
        elder_id = order["elder_id"]
        status, _ = await counter.door.post(
            f"/api/elders/{elder_id}/reveal",
            {"fields": ["phone", "address"], "reason": "电话确认送餐时间"},
        )
        counter.door.notes.note(
            who=counter.door.login, look="reveal", id=elder_id, status=status
        )


async def _ask(door: Door, of: str, path: str) -> None:
    _note(door, of, await door.status_of(path))


def _note(door: Door, of: str, status: int) -> None:
    door.notes.note(who=door.login, look="foreign", of=of, status=status)
