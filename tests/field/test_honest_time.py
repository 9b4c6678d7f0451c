"""The time of an event: what a phone's clocks allow, and no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.field.events import Trust
from dispatch.field.merging import (
    Anchor,
    Link,
    Sync,
    chain_flags,
    link_of,
    time_of,
)
from tests.little_town import ELEVEN, NOON

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Stamp:
    wall_ms: int
    mono_ms: int
    boot_id: str = "b1"


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def mono(at: datetime) -> int:
    return ms(at) - ms(ELEVEN) + 3_600_000


def stamp(happened: datetime, *, shown: datetime | None = None) -> Stamp:
    """What a phone writes when something happens while its clock shows a time."""
    return Stamp(ms(shown or happened), mono(happened))


def sync(now: datetime, *, shown: datetime | None = None, **more: object) -> Sync:
    facts = {"boot_id": "b1", "client_mono_ms": mono(now)} | more
    return Sync(now, ms(shown or now), **facts)  # type: ignore[arg-type]


def test_what_is_told_as_it_happens_is_online() -> None:
    timed = time_of(stamp(NOON), sync(NOON + timedelta(seconds=3)))
    assert (timed.trust, timed.corrected_at) == (Trust.ONLINE, NOON)


def test_a_wrong_clock_is_set_right_by_its_offset() -> None:
    ahead = timedelta(hours=3)
    timed = time_of(
        stamp(NOON, shown=NOON + ahead),
        sync(NOON + 30 * MINUTE, shown=NOON + 30 * MINUTE + ahead),
    )
    assert (timed.trust, timed.corrected_at) == (Trust.CORRECTED, NOON)
    assert timed.raw_at == NOON + ahead


def test_a_clock_set_ahead_is_found_by_the_one_that_nobody_can_set() -> None:
    timed = time_of(
        stamp(NOON, shown=NOON + timedelta(hours=1)), sync(NOON + 5 * MINUTE)
    )
    assert timed.corrected_at == NOON
    assert timed.trust is Trust.SUSPECT
    assert timed.flags == ("clock_moved",)


def test_a_time_set_back_to_look_punctual_is_back_filled() -> None:
    anchor = Anchor(mono(ELEVEN + 50 * MINUTE), ELEVEN + 50 * MINUTE)
    timed = time_of(
        stamp(NOON + 40 * MINUTE, shown=NOON),
        sync(NOON + 60 * MINUTE),
        anchor=anchor,
    )
    assert timed.trust is Trust.BACK_FILLED
    assert timed.corrected_at == NOON + 40 * MINUTE


def test_a_phone_that_slept_is_not_accused() -> None:
    """Its monotonic clock stood still in the pocket: twenty minutes look like two."""
    slept = sync(NOON + 20 * MINUTE, client_mono_ms=mono(NOON + 2 * MINUTE))
    timed = time_of(
        stamp(NOON), slept, anchor=Anchor(mono(ELEVEN), ELEVEN - 5 * MINUTE)
    )
    assert (timed.trust, timed.flags) == (Trust.CORRECTED, ())
    assert timed.corrected_at == NOON


def test_an_earlier_boot_is_suspect_until_its_offset_is_known() -> None:
    event = Stamp(ms(NOON), 5_000, boot_id="b0")
    assert time_of(event, sync(NOON + MINUTE)).trust is Trust.SUSPECT
    known = time_of(event, sync(NOON + MINUTE), boot_offset=-2 * MINUTE)
    assert (known.trust, known.corrected_at) == (Trust.CORRECTED, NOON - 2 * MINUTE)


@pytest.mark.parametrize(
    ("happened", "corrected", "trust"),
    [
        (NOON - timedelta(hours=5), ELEVEN, Trust.SUSPECT),
        (ELEVEN - MINUTE, ELEVEN, Trust.CORRECTED),
        (NOON + timedelta(days=1), NOON, Trust.SUSPECT),
    ],
)
def test_a_time_lies_between_the_plan_and_its_receipt(
    happened: datetime, corrected: datetime, trust: Trust
) -> None:
    told = Sync(NOON, ms(NOON))
    timed = time_of(Stamp(ms(happened), 0), told, earliest=ELEVEN)
    assert (timed.corrected_at, timed.trust) == (corrected, trust)


MOMENTS = st.integers(-90 * 60, 24 * 3600).map(lambda s: NOON + timedelta(seconds=s))


@given(MOMENTS, MOMENTS, st.integers(0, 4_000_000), st.booleans())
def test_no_clock_puts_an_event_outside_its_bounds(
    shown: datetime, client_now: datetime, mono_ms: int, anchored: bool
) -> None:
    timed = time_of(
        Stamp(ms(shown), mono_ms),
        sync(NOON, shown=client_now),
        earliest=ELEVEN,
        anchor=Anchor(0, ELEVEN) if anchored else None,
    )
    assert ELEVEN <= timed.corrected_at <= NOON


def test_the_hash_is_the_one_that_the_phones_script_finds() -> None:
    """Golden value: `sha256(canonical(event))` of the courier page, by Node."""
    event = {
        "kind": "handed_over",
        "id": "0b7f8e7e-6d2e-4b43-9a39-3a1d8a9b1c11",
        "seq": 7,
        "pos": {"lat": 36.66, "lon": 117.0, "accuracy_m": 1e-7, "datum": "wgs84"},
        "detail": {"to": "self", "name": "王“小”英\n", "small": 0.00005},
        "photo_sha256": [],
        "order_id": None,
    }
    assert link_of(event) == (
        "a807e34efdcbe2e2f3272a936f3a60dec3e080b374b4ef01a609607c433a0b83"
    )


def chain(length: int) -> list[Link]:
    ids = [UUID(int=n + 1) for n in range(length)]
    hashes = ["", *(f"h{n}" for n in range(length))]
    return [Link(ids[n], "b1", n + 1, hashes[n + 1], hashes[n]) for n in range(length)]


@given(st.permutations(chain(6)), st.integers(0, 6))
def test_a_whole_chain_is_never_flagged_in_any_order_or_part(
    links: list[Link], taken: int
) -> None:
    assert chain_flags(links[:taken]) == {}


def test_a_changed_link_is_flagged_and_so_is_a_number_used_twice() -> None:
    links = chain(3)
    links[1] = Link(links[1].id, "b1", 2, "changed", links[1].prev_hash)
    twin = Link(uuid4(), "b1", 1, "other", "")
    flags = chain_flags([*links, twin])
    assert flags[links[2].id] == {"chain_broken"}
    assert flags[twin.id] == {"seq_reused"}
    assert "chain_broken" not in flags.get(links[1].id, set())


def test_a_phone_without_hashes_is_told_apart_from_a_broken_chain() -> None:
    first, second, _ = chain(3)
    bare = Link(second.id, "b1", 2, "h1", "")
    assert chain_flags([first, bare]) == {bare.id: {"no_chain"}}
