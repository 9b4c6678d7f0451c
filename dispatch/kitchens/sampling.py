"""Sampling: some of each dish is kept, and thrown away when nobody can need it."""

from uuid import UUID

from sqlmodel import col, select

from dispatch.catalogue.dishes import dishes_of
from dispatch.catalogue.sittings import MenuItem
from dispatch.errors import BadInput, Conflict
from dispatch.kitchens.batches import Batch
from dispatch.kitchens.probing import NotCookedYet, hold_batch
from dispatch.kitchens.reach import own_kitchen, told_where
from dispatch.kitchens.rules import SAMPLE_GRAMS, SAMPLE_KEPT
from dispatch.kitchens.samples import FoodSample, get_sample
from dispatch.log.events import record
from dispatch.safety.cases import Case
from dispatch.safety.illness import BatchCase
from dispatch.store.unit_of_work import UnitOfWork


class SampleTooSmall(BadInput):
    """留样每样不少于 125 克，没有保存。"""

    code = "sample_too_small"


class SampleStillNeeded(Conflict):
    """留样未满 48 小时，或这一批有未办结的食品安全事件，不能销毁。"""

    code = "sample_still_needed"


def keep_samples(uow: UnitOfWork, batch: Batch, grams: int, fridge: str) -> None:
    """Keep some of each dish of a batch, unless it is kept already.

    Raises:
        SampleTooSmall
    """
    if grams < SAMPLE_GRAMS or uow.actor.account_id is None:
        raise SampleTooSmall(least=SAMPLE_GRAMS)
    item = uow.session.get_one(MenuItem, batch.menu_item_id)
    dishes = [dish.name for dish in dishes_of(uow.session, [item.id])[item.id]]
    of_batch = select(FoodSample.dish).where(FoodSample.batch_id == batch.id)
    kept = set(uow.session.exec(of_batch))
    for dish in dict.fromkeys(dishes or [item.name]):
        if dish not in kept:
            uow.session.add(
                FoodSample(
                    kitchen_id=batch.kitchen_id,
                    batch_id=batch.id,
                    dish=dish,
                    grams=grams,
                    fridge=fridge,
                    taken_at=uow.now,
                    taken_by=uow.actor.account_id,
                    keep_until_at=uow.now + SAMPLE_KEPT,
                )
            )
    uow.session.flush()


def sample_batch(uow: UnitOfWork, batch_id: UUID, grams: int, fridge: str) -> Batch:
    """Keep samples of a batch that came out without any.

    Raises:
        NotFound, NotYourKitchen, Withdrawn, NotCookedYet, SampleTooSmall
    """
    batch = hold_batch(uow, batch_id)
    if batch.cooked_at is None:
        raise NotCookedYet
    keep_samples(uow, batch, grams, fridge)
    return batch


def destroy_sample(uow: UnitOfWork, sample_id: UUID) -> FoodSample:
    """Throw a sample away; by whom and when is kept. A second tap changes nothing.

    Raises:
        NotFound, NotYourKitchen
        SampleStillNeeded: it is too early, or a case about its batch is open.
    """
    sample = get_sample(uow.session, sample_id, lock=True)
    own_kitchen(uow, sample.kitchen_id)
    if sample.destroyed_at is not None:
        return sample
    about = (
        select(Case.id)
        .join(BatchCase, col(BatchCase.case_id) == Case.id)
        .where(BatchCase.batch_id == sample.batch_id, col(Case.closed_at).is_(None))
    )
    if uow.now < sample.keep_until_at or uow.session.exec(about).first():
        raise SampleStillNeeded(keep_until_at=sample.keep_until_at.isoformat())
    sample.destroyed_at, sample.destroyed_by = uow.now, uow.actor.account_id
    uow.session.add(sample)
    record(
        uow,
        "sample.destroyed",
        "sample",
        sample.id,
        facts={"batch_id": str(sample.batch_id)},
        **told_where(uow, sample.kitchen_id),
    )
    return sample
