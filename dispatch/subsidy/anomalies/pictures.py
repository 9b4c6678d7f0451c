"""Pictures that were seen before (AN06), and one signature at many doors (AN11).

Equal bytes are found by their hash. Nearly equal ones by 64 bits of how a picture
looks, reckoned on the phone from what the camera gave: a photo of a photo, cut or
brightened, differs in few of them. A phone that lies about them is not found so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from dispatch.field.photos import FieldPhoto, PhotoKind
from dispatch.orders.orders import Order
from dispatch.subsidy.anomalies.done import Done
from dispatch.subsidy.anomalies.finding import AnomalyRule, Finding, Threshold
from dispatch.subsidy.anomalies.presence import about

_SOME: Final = 500


@dataclass(frozen=True)
class Picture:
    """A picture without its bytes."""

    order_id: UUID
    sha256: str
    look: str | None
    begun_at: datetime


def same_pictures(
    session: Session, done: Sequence[Done], told: Threshold
) -> Iterator[Finding]:
    """AN06: the very picture of an earlier order."""
    by_order = {one.order_id: one for one in done}
    back = timedelta(days=told["lookback_days"])
    for own, other in _twins(session, by_order, PhotoKind.PHOTO):
        age = own.begun_at - other.begun_at
        if timedelta() <= age <= back:
            yield _reused(by_order[own.order_id], other, "same_picture", age, 0)


def alike_pictures(
    session: Session, done: Sequence[Done], told: Threshold
) -> Iterator[Finding]:
    """AN06: nearly the picture of an earlier order; each new one beside all others."""
    by_order = {one.order_id: one for one in done}
    own = [one for one in _pictures(session, by_order) if one.look]
    if not own:
        return
    back = timedelta(days=told["lookback_days"])
    earlier = _looks(session, min(one.begun_at for one in own) - back)
    looks = np.array([int(one.look or "0", 16) for one in earlier], dtype=np.uint64)
    for one in own:
        bits = np.bitwise_count(looks ^ np.uint64(int(one.look or "0", 16)))
        for at in np.flatnonzero(bits <= int(told["hash_bits"])):
            other, age = earlier[at], one.begun_at - earlier[at].begun_at
            if other.order_id != one.order_id and timedelta() < age <= back:
                found = by_order[one.order_id]
                yield _reused(found, other, "alike", age, int(bits[at]))
                break


def same_signature(
    session: Session, done: Sequence[Done], told: Threshold
) -> Iterator[Finding]:
    """AN11: one signature, to the byte, at so many doors."""
    by_order = {one.order_id: one for one in done}
    twins: dict[UUID, list[UUID]] = defaultdict(list)
    for own, other in _twins(session, by_order, PhotoKind.SIGNATURE):
        twins[own.order_id].append(other.order_id)
    door_of = _doors(session, {other for some in twins.values() for other in some})
    for order_id, others in twins.items():
        one = by_order[order_id]
        n = len({one.household_id, *(door_of[other] for other in others)})
        if n >= told["addresses"]:
            said = {"addresses": n}
            found = about(one, AnomalyRule.NO_PROOF, "same_signature", said)
            yield replace(found, other_order_id=others[-1])


def _reused(one: Done, other: Picture, reason: str, age: timedelta, n: int) -> Finding:
    said = {"days": age.days, "bits": n, "sha256": other.sha256[:12]}
    found = about(one, AnomalyRule.PICTURE, reason, said)
    return replace(found, other_order_id=other.order_id)


def _twins(
    session: Session, ids: Collection[UUID], kind: PhotoKind
) -> Iterator[tuple[Picture, Picture]]:
    """Pictures of these orders, each beside those of other orders with its bytes."""
    wanted, other = sorted(ids), aliased(FieldPhoto)
    for start in range(0, len(wanted), _SOME):
        query: Any = (
            select(*_of(FieldPhoto), *_of(other))
            .join(other, col(other.sha256) == col(FieldPhoto.sha256))
            .where(col(FieldPhoto.order_id).in_(wanted[start : start + _SOME]))
            .where(col(other.order_id) != col(FieldPhoto.order_id))
            .where(FieldPhoto.kind == kind)
            .order_by(col(FieldPhoto.begun_at), col(other.begun_at))
        )
        for row in session.exec(query):
            yield Picture(*row[:4]), Picture(*row[4:])


def _pictures(session: Session, ids: Collection[UUID]) -> Iterator[Picture]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), _SOME):
        query: Any = select(*_of(FieldPhoto)).where(
            col(FieldPhoto.order_id).in_(wanted[start : start + _SOME]),
            FieldPhoto.kind == PhotoKind.PHOTO,
        )
        yield from (Picture(*row) for row in session.exec(query))


def _looks(session: Session, since: datetime) -> list[Picture]:
    query: Any = (
        select(*_of(FieldPhoto))
        .where(col(FieldPhoto.look).is_not(None), FieldPhoto.begun_at >= since)
        .order_by(col(FieldPhoto.begun_at), col(FieldPhoto.id))
    )
    return [Picture(*row) for row in session.exec(query)]


def _of(photo: Any) -> tuple[Any, ...]:
    return photo.order_id, photo.sha256, photo.look, photo.begun_at


def _doors(session: Session, ids: Collection[UUID]) -> dict[UUID, UUID]:
    wanted, found = sorted(ids), dict[UUID, UUID]()
    for start in range(0, len(wanted), _SOME):
        some = col(Order.id).in_(wanted[start : start + _SOME])
        found |= session.exec(select(Order.id, Order.household_id).where(some)).all()
    return found
