"""Lies about being there: two homes at once, elsewhere, in and out, ticked off at the
table, an old picture, one signature for many doors, answers that are always the same.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from dispatch.demo.past.drawing import apart
from dispatch.demo.past.facts import Past
from dispatch.demo.past.lying import Liar, Lie


def always_good(liar: Liar) -> None:
    """AN15: every answer of every visit the same."""
    by_hands: dict[UUID, list[Past]] = {}
    for past in liar.orders:
        if past.channel == "visit" and past.hands and past.state == "done":
            by_hands.setdefault(past.hands.id, []).append(past)
    busy = [hands for hands, visits in by_hands.items() if len(visits) >= 14]
    for hands in liar.chance.sample(busy, min(len(busy), max(1, liar.many // 20))):
        for past in by_hands[hands]:
            past.detail = {"form": dict.fromkeys(past.detail.get("form", ()), "good")}
        liar.truth.tell("AN15", hands)


def ticked_off_together(liar: Liar) -> None:
    """AN08: a whole round ticked off at the table, in half a minute."""
    rounds: dict[tuple[UUID, date, str], list[Past]] = {}
    for past in liar.orders:
        if past.channel == "delivery" and past.hands and past.state == "done":
            rounds.setdefault((past.hands.id, past.on, past.serving), []).append(past)
    long = [r for r in rounds.values() if len({p.eater.household_id for p in r}) >= 6]
    liar.chance.shuffle(long)
    untouched = [r for r in long if not {past.id for past in r} & liar.used]
    for walk in untouched[: max(1, liar.many // 6)]:
        at = walk[-1].at
        for n, past in enumerate(walk):
            past.at = at + timedelta(seconds=n % 40)
            past.here, past.accuracy_m, past.grade = None, None, "B"
            past.basis = {**past.basis, "place": "unknown"}
            liar.truth.tell("AN08", past.id)
        liar.used.update(past.id for past in walk)


def two_places_at_once(liar: Liar) -> None:
    """AN04: a visit booked under somebody who was in another home."""
    for past, before in _followers(liar, lambda p: p.channel == "visit"):
        if len(liar.truth.lies["AN04"]) >= liar.many:
            break
        lasted = past.at - (past.began_at or past.at)
        if before.began_at is None or apart(before.eater.door, past.eater.door) < 50:
            continue
        past.began_at = before.began_at + timedelta(minutes=4)
        past.at = past.began_at + lasted
        liar.used |= {past.id, before.id}
        liar.truth.tell("AN04", past.id, before.id)


def phone_was_elsewhere(liar: Liar) -> None:
    """AN05: signed in from home, or with a made-up position."""
    for n, past in enumerate(liar.pick(lambda p: p.here is not None, liar.many)):
        if n % 3 == 0:
            past.detail = {**past.detail, "mock": True}
        else:
            lat, lon = past.eater.door
            past.here = (lat + liar.chance.choice((-0.012, 0.02)), lon + 0.015)
            past.basis = {**past.basis, "place": "elsewhere", "code_fits": True}
        liar.truth.tell("AN05", past.id)


def old_picture(liar: Liar) -> None:
    """AN06: last week's photo once more, as it was or photographed from a screen."""
    carried = liar.pick(lambda p: p.channel == "delivery", 2 * liar.many)
    carried.sort(key=lambda p: (p.at, p.id))
    for n, past in enumerate(carried[len(carried) // 2 :]):
        first = carried[n]
        look = f"{liar.chance.getrandbits(64):016x}"
        sha256 = f"{liar.chance.getrandbits(256):064x}"
        first.pictures = [("photo", sha256, look)]
        if n % 2:
            sha256 = f"{liar.chance.getrandbits(256):064x}"
            look = f"{int(look, 16) ^ (1 << liar.chance.randrange(64)):016x}"
        past.pictures = [("photo", sha256, look)]
        liar.truth.tell("AN06", past.id)


def in_and_out(liar: Liar) -> None:
    """AN07: two minutes for a visit of twenty."""
    for past in liar.pick(lambda p: p.channel == "visit", liar.many):
        lasted = liar.chance.randrange(60, 420)
        past.began_at = past.at - timedelta(seconds=lasted)
        past.basis = {**past.basis, "lasted_seconds": lasted}
        past.grade, past.lines = "E", []
        liar.truth.tell("AN07", past.id)


def nothing_to_show(liar: Liar) -> None:
    """AN11: no proof at all; or one signature at many doors."""
    for past in liar.pick(lambda p: p.channel == "delivery", liar.many // 2 + 1):
        past.grade, past.here, past.accuracy_m = "D", None, None
        past.basis = {"how": "handed_over", "place": "unknown", "trust": "online"}
        past.detail, past.lines = {}, []
        liar.truth.tell("AN11", past.id)
    by_hands: dict[UUID, list[Past]] = {}
    for past in liar.pick(lambda p: p.channel == "delivery", 40 * liar.many):
        if past.hands:
            by_hands.setdefault(past.hands.id, []).append(past)
        liar.used.discard(past.id)
    for mine in list(by_hands.values())[: max(1, liar.many // 8)]:
        doors = {past.eater.household_id: past for past in mine}
        sha256 = f"{liar.chance.getrandbits(256):064x}"
        for past in list(doors.values())[:5] if len(doors) >= 5 else ():
            past.pictures = [("signature", sha256, None)]
            liar.used.add(past.id)
            liar.truth.tell("AN11", past.id)


def _followers(liar: Liar, fits: Callable[[Past], bool]) -> Iterator[tuple[Past, Past]]:
    """Two orders of one helper, one after the other, untouched, in a drawn order."""
    last: dict[tuple[UUID, date], Past] = {}
    found = []
    for past in sorted(liar.orders, key=lambda p: (p.on, p.at, p.id)):
        if past.state != "done" or past.hands is None or not fits(past):
            continue
        key = (past.hands.id, past.on)
        if key in last:
            found.append((past, last[key]))
        last[key] = past
    liar.chance.shuffle(found)
    for two in found:
        if not {two[0].id, two[1].id} & liar.used:
            yield two


AT_DOORS: Final[tuple[Lie, ...]] = (
    always_good,
    ticked_off_together,
    two_places_at_once,
    phone_was_elsewhere,
    old_picture,
    in_and_out,
    nothing_to_show,
)
