"""Cooking: a batch is put on the stove and comes out hot."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlmodel import Session, col, func, select

from dispatch.catalogue.sittings import MenuItem, Sitting, get_sitting
from dispatch.errors import Conflict, NotFound
from dispatch.kitchens.batches import Batch, get_batch
from dispatch.kitchens.boxing import clock_of, pack
from dispatch.kitchens.probing import Probe, hold_batch, read_batch, tell_batch
from dispatch.kitchens.reach import own_kitchen
from dispatch.kitchens.readings import Place, is_right
from dispatch.kitchens.rules import HOT_TENTHS
from dispatch.kitchens.sampling import keep_samples
from dispatch.orders.orders import Order, OrderState
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork


class NotHotEnough(Conflict):
    """中心温度不到 60 ℃，没有登记出锅。请继续加热后再测。"""

    code = "not_hot_enough"


class TooLateToCook(Conflict):
    """这一餐已过食用时限，不能再出锅。"""

    code = "too_late_to_cook"


@dataclass(frozen=True)
class BatchDraft:
    """What is put on the stove. `portions` None: all that is ordered and not begun."""

    menu_item_id: UUID
    portions: int | None = None
    returnable: bool = False


@dataclass(frozen=True)
class Cooked:
    """How a batch came out: its core temperature, what was kept, the first seal."""

    tenths: int
    grams: int | None = None
    fridge: str = "1"
    portions: int | None = None
    first_seal: str | None = None


def start_batch(uow: UnitOfWork, draft: BatchDraft, *, key: str | None) -> Batch:
    """Put a batch on the stove; the same key again gives the same batch.

    Raises:
        NotFound, NotYourKitchen, TooLateToCook, KeyMissing, KeyReused
    """
    if made := claim(uow, key, "batch", asdict(draft)):
        return get_batch(uow.session, made)
    item = uow.session.get(MenuItem, draft.menu_item_id)
    if item is None:
        raise NotFound("没有找到这份餐。")
    sitting = get_sitting(uow.session, item.sitting_id, lock=True)
    own_kitchen(uow, sitting.kitchen_id)
    if uow.now >= sitting.eat_by_at:
        raise TooLateToCook
    batch = Batch(
        number=_number(uow.session, sitting, item),
        kitchen_id=sitting.kitchen_id,
        sitting_id=sitting.id,
        menu_item_id=item.id,
        portions=draft.portions or max(1, wanted(uow.session, sitting, item)),
        returnable=draft.returnable,
        started_at=uow.now,
        started_by=uow.actor.account_id,
    )
    uow.session.add(batch)
    uow.session.flush()
    tell_batch(uow, batch, "batch.started")
    keep_result(uow, key or "", batch.id)
    return batch


def finish_batch(uow: UnitOfWork, batch_id: UUID, cooked: Cooked) -> Batch:
    """It is done: its clock begins, samples are kept, boxes are packed.

    A second tap changes nothing.

    Raises:
        NotFound, NotYourKitchen, Withdrawn, NotHotEnough, TooLateToCook,
        SampleTooSmall, BadSeal, SealUsed
    """
    batch = hold_batch(uow, batch_id)
    if batch.cooked_at is not None:
        return batch
    if not is_right(Place.BATCH, cooked.tenths):
        raise NotHotEnough(tenths=cooked.tenths, least=HOT_TENTHS)
    eat_by_at = clock_of(uow.session, batch, uow.now)
    if eat_by_at <= uow.now:
        raise TooLateToCook
    batch.cooked_at = batch.hot_at = uow.now
    batch.eat_by_at = eat_by_at
    batch.portions = cooked.portions or batch.portions
    uow.session.add(batch)
    read_batch(uow, batch, Probe(Place.BATCH, cooked.tenths))
    if cooked.grams is not None:
        keep_samples(uow, batch, cooked.grams, cooked.fridge)
    boxes = pack(uow, batch, first_seal=cooked.first_seal)
    tell_batch(uow, batch, "batch.cooked", boxes=boxes, eat_by_at=eat_by_at.isoformat())
    return batch


def wanted(session: Session, sitting: Sitting, item: MenuItem) -> int:
    """Portions of a meal that were ordered and that no batch cooks yet."""
    ordered = session.exec(
        select(func.count())
        .where(Order.menu_item_id == item.id)
        .where(Order.state != OrderState.CANCELLED)
    ).one()
    begun = session.exec(
        select(func.coalesce(func.sum(Batch.portions), 0)).where(
            Batch.menu_item_id == item.id, col(Batch.withdrawn_at).is_(None)
        )
    ).one()
    return max(0, ordered - int(begun))


def _number(session: Session, sitting: Sitting, item: MenuItem) -> str:
    """Short enough to be called across a kitchen: kitchen, day and meal, set, turn."""
    same = select(func.count()).where(Batch.menu_item_id == item.id)
    turn = session.exec(same).one() + 1
    where = sitting.kitchen_id.hex[:4].upper()
    meal = sitting.serving.value[0].upper()
    return f"{where}-{sitting.serve_on:%y%m%d}{meal}-{item.code}{turn}"
