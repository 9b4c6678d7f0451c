"""Drafts and directions for the coordinator's page: ids, for the board has names."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import get_scoped
from dispatch.catalogue.services import Service
from dispatch.catalogue.sittings import Sitting
from dispatch.log.events import record
from dispatch.orders.orders import Order
from dispatch.people.places import Kitchen
from dispatch.planning.comparing import compare_versions
from dispatch.planning.directing import let_go
from dispatch.planning.directions import Direction, list_rows
from dispatch.planning.drafts import get_draft
from dispatch.planning.waves import Wave
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class DraftShown:
    """How far a draft is, and once it is done what it would change."""

    id: UUID
    wave_id: UUID
    state: str
    asked: list[Json]
    base_version: int
    answer: Json | None
    error: str | None
    published_version: int | None


@dataclass(frozen=True, kw_only=True)
class DirectionRow:
    """One thing that holds for a wave, since when, and who said so."""

    kind: str
    order_id: UUID | None
    helper_id: UUID | None
    partner_id: UUID | None
    value: int | None
    made_at: datetime
    made_by: str


@dataclass(frozen=True, kw_only=True)
class WaveKitchen:
    """A kitchen that feeds the wave, and when its boxes are ready."""

    id: UUID
    name: str
    ready_at: datetime


@dataclass(frozen=True, kw_only=True)
class Directing:
    """What holds for a wave, which kitchens could be late, which orders need two."""

    directions: list[DirectionRow]
    kitchens: list[WaveKitchen]
    for_two: list[UUID]


def show_draft(uow: UnitOfWork, draft_id: UUID) -> DraftShown:
    """Raises: NotFound, also out of reach."""
    draft = get_draft(uow.session, draft_id)
    get_scoped(uow, Wave, draft.wave_id)
    return DraftShown(
        id=draft.id,
        wave_id=draft.wave_id,
        state=draft.state.value,
        asked=draft.asked,
        base_version=draft.base_version,
        answer=draft.answer,
        error=draft.error,
        published_version=draft.published_version,
    )


def show_difference(uow: UnitOfWork, wave_id: UUID, was: int, now: int) -> Json:
    """Two published versions of a wave within reach. Raises: NotFound."""
    return compare_versions(uow.session, get_scoped(uow, Wave, wave_id).id, was, now)


def show_directing(uow: UnitOfWork, wave_id: UUID) -> Directing:
    """Raises: NotFound."""
    wave = get_scoped(uow, Wave, wave_id)
    rows = list_rows(uow.session, wave.id)
    titles = titles_of(uow.session, (each.made_by for each in rows))
    return Directing(
        directions=[
            DirectionRow(
                kind=each.kind.value,
                order_id=each.order_id,
                helper_id=each.helper_id,
                partner_id=each.partner_id,
                value=each.value,
                made_at=each.made_at,
                made_by=titles.get(each.made_by, ""),
            )
            for each in rows
        ],
        kitchens=_kitchens(uow.session, wave),
        for_two=_for_two(uow.session, wave),
    )


def end_direction(uow: UnitOfWork, wave_id: UUID, like: Direction) -> Directing:
    """What was said of an order, of a helper's longer duty or of the weather, holds no
    more. Raises: NotFound.
    """
    wave = get_scoped(uow, Wave, wave_id, lock=True)
    if let_go(uow, wave, like):
        said = {k: v for k, v in like.to_json().items() if k != "value"}
        said["ended"] = True
        scope = {"street_code": wave.street_code}
        record(uow, "wave.directed", "wave", wave.id, facts=said, **scope)
    return show_directing(uow, wave_id)


def _for_two(session: Session, wave: Wave) -> list[UUID]:
    query = (
        select(Order.id)
        .join(Service, col(Service.code) == Order.service)
        .where(Order.wave_id == wave.id, Service.people > 1)
        .order_by(col(Order.id))
    )
    return list(session.exec(query))


def _kitchens(session: Session, wave: Wave) -> list[WaveKitchen]:
    feeding = select(Order.sitting_id).where(
        Order.wave_id == wave.id, col(Order.sitting_id).is_not(None)
    )
    query = (
        select(Kitchen, Sitting.ready_at)
        .join(Sitting, col(Sitting.kitchen_id) == Kitchen.id)
        .where(col(Sitting.id).in_(feeding))
        .order_by(col(Kitchen.name), col(Kitchen.id))
    )
    return [
        WaveKitchen(id=kitchen.id, name=kitchen.name, ready_at=ready_at)
        for kitchen, ready_at in session.exec(query)
    ]
