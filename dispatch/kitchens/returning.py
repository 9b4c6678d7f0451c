"""Returnable boxes come back: to helpers, to counters, and to the kitchen."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.errors import BadInput
from dispatch.kitchens.returns import BoxReturn, Step
from dispatch.people.elders import Elder
from dispatch.people.helpers import Helper
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork

_MOST = 50


def take_boxes(
    uow: UnitOfWork, elder_id: UUID, boxes: int, *, key: str | None
) -> BoxReturn:
    """An elder brings empty boxes to the counter.

    Raises:
        NotFound, BadInput, KeyMissing, KeyReused
    """
    if made := claim(uow, key, "take_boxes", [elder_id, boxes]):
        return uow.session.get_one(BoxReturn, made)
    elder = get_scoped(uow, Elder, elder_id)
    return _keep(uow, Step.TAKEN_BACK, boxes, key, elder_id=elder.id)


def hand_in(
    uow: UnitOfWork, helper_id: UUID, boxes: int, *, key: str | None
) -> BoxReturn:
    """A helper brings the boxes that they took back to the kitchen.

    Raises:
        NotFound, BadInput, KeyMissing, KeyReused
    """
    if made := claim(uow, key, "hand_in", [helper_id, boxes]):
        return uow.session.get_one(BoxReturn, made)
    helper = get_scoped(uow, Helper, helper_id)
    return _keep(uow, Step.HANDED_IN, boxes, key, helper_id=helper.id)


def note_boxes(
    uow: UnitOfWork,
    elder_id: UUID,
    told: tuple[UUID, UUID, datetime],
    detail: Mapping[str, object],
) -> None:
    """What a phone said of boxes at a door, once for each of its events.

    Args:
        told: the event's id, its helper, and when it was.
    """
    event_id, helper_id, at = told
    boxes = detail.get("boxes_back")
    if not isinstance(boxes, int) or not 1 <= boxes <= _MOST:
        return
    if uow.session.get(BoxReturn, event_id) is not None:
        return
    uow.session.add(
        BoxReturn(
            id=event_id,
            step=Step.TAKEN_BACK,
            elder_id=elder_id,
            helper_id=helper_id,
            boxes=boxes,
            at=at,
            account_id=uow.actor.account_id,
        )
    )
    uow.session.flush()


def _keep(
    uow: UnitOfWork,
    step: Step,
    boxes: int,
    key: str | None,
    *,
    elder_id: UUID | None = None,
    helper_id: UUID | None = None,
) -> BoxReturn:
    if not 1 <= boxes <= _MOST:
        raise BadInput("餐盒数要在 1 到 50 之间，没有保存。")
    made = BoxReturn(
        step=step,
        elder_id=elder_id,
        helper_id=helper_id,
        boxes=boxes,
        at=uow.now,
        account_id=uow.actor.account_id,
    )
    uow.session.add(made)
    uow.session.flush()
    keep_result(uow, key or "", made.id)
    return made
