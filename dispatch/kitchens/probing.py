"""Probing: temperatures are read, and what is not safe is served no more."""

from dataclasses import dataclass
from uuid import UUID

from dispatch.errors import BadInput, Conflict
from dispatch.kitchens.batches import Batch, get_batch
from dispatch.kitchens.boxing import clock_of, move_clocks, stop_boxes
from dispatch.kitchens.reach import own_kitchen, told_where
from dispatch.kitchens.readings import Action, Place, Reading, is_right
from dispatch.log.events import record
from dispatch.store.unit_of_work import UnitOfWork


class NotCookedYet(Conflict):
    """这一批还没有出锅，没有保存。"""

    code = "not_cooked_yet"


class Withdrawn(Conflict):
    """这一批已经停用，没有保存。"""

    code = "withdrawn"


class ActionMissing(BadInput):
    """温度超出范围，请选择怎样处理，没有保存。"""

    code = "action_missing"


@dataclass(frozen=True)
class Probe:
    """One temperature, and what was done if it was wrong."""

    place: Place
    tenths: int
    action: Action | None = None
    note: str = ""


def probe(uow: UnitOfWork, batch_id: UUID, told: Probe) -> Reading:
    """Measure the food of a batch. Hot food's two hours begin anew.

    What is not hot any more keeps its clock; somebody says what they did about it,
    and what is discarded is served no more.

    Raises:
        NotFound, NotYourKitchen, Withdrawn, NotCookedYet, ActionMissing
    """
    batch = hold_batch(uow, batch_id)
    if batch.cooked_at is None or batch.eat_by_at is None:
        raise NotCookedYet
    reading = read_batch(uow, batch, told)
    if reading.in_range and uow.now < batch.eat_by_at:
        batch.hot_at = uow.now
        batch.eat_by_at = clock_of(uow.session, batch, uow.now)
        uow.session.add(batch)
        move_clocks(uow, batch, batch.eat_by_at)
    elif reading.action is Action.DISCARDED:
        withdraw(uow, batch, "discarded")
    return reading


def read_batch(uow: UnitOfWork, batch: Batch, told: Probe) -> Reading:
    """Write down the temperature of a batch that the caller holds."""
    return _keep(uow, batch.kitchen_id, batch.id, told)


def read_place(uow: UnitOfWork, kitchen_id: UUID, told: Probe) -> Reading:
    """The temperature of a cupboard, a fridge or a courier's box.

    Raises:
        NotFound, NotYourKitchen, ActionMissing
    """
    own_kitchen(uow, kitchen_id)
    if told.place is Place.BATCH:
        raise BadInput("请选择是哪一批，没有保存。")
    return _keep(uow, kitchen_id, None, told)


def take_back(uow: UnitOfWork, batch_id: UUID, why: str) -> Batch:
    """Serve no more of a batch; its open boxes are past their time from now on.

    Raises:
        NotFound, NotYourKitchen, Withdrawn
    """
    batch = hold_batch(uow, batch_id)
    withdraw(uow, batch, why)
    return batch


def withdraw(uow: UnitOfWork, batch: Batch, why: str) -> None:
    """The same for a batch that the caller holds; doing it again changes nothing."""
    if batch.withdrawn_at is not None:
        return
    batch.withdrawn_at, batch.withdrawn_why = uow.now, why
    uow.session.add(batch)
    uow.session.flush()
    tell_batch(uow, batch, "batch.withdrawn", boxes=stop_boxes(uow, batch), why=why)


def hold_batch(uow: UnitOfWork, batch_id: UUID) -> Batch:
    """A batch of the actor's own kitchen, held.

    Raises:
        NotFound, NotYourKitchen, Withdrawn
    """
    batch = get_batch(uow.session, batch_id, lock=True)
    own_kitchen(uow, batch.kitchen_id)
    if batch.withdrawn_at is not None:
        raise Withdrawn
    return batch


def tell_batch(uow: UnitOfWork, batch: Batch, kind: str, **said: object) -> None:
    """Record something that happened to a batch; the caller holds it."""
    record(
        uow,
        kind,
        "batch",
        batch.id,
        facts={"number": batch.number, "portions": batch.portions, **said},
        **told_where(uow, batch.kitchen_id),
    )


def _keep(
    uow: UnitOfWork, kitchen_id: UUID, batch_id: UUID | None, told: Probe
) -> Reading:
    right = is_right(told.place, told.tenths)
    if not right and told.action is None:
        raise ActionMissing(tenths=told.tenths)
    reading = Reading(
        kitchen_id=kitchen_id,
        batch_id=batch_id,
        place=told.place,
        tenths=told.tenths,
        in_range=right,
        action=None if right else told.action,
        note=told.note,
        taken_at=uow.now,
        taken_by=uow.actor.account_id,
    )
    uow.session.add(reading)
    uow.session.flush()
    return reading
