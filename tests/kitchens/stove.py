"""A kitchen at work: orders of one meal, a batch of it, hands at the counter."""

from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from dispatch.counter.serving import Handing, Identity, serve
from dispatch.kitchens.batches import Batch, MealBox, boxes_of
from dispatch.kitchens.cooking import BatchDraft, Cooked, finish_batch, start_batch
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from tests.little_town import LittleTown

AT_TABLE: dict[str, Any] = {"service": "MEAL_DINEIN", "channel": Channel.DINE_IN}
HOT, WARM = 780, 520  # tenths of a degree


def do(
    town: LittleTown, deed: Any, *args: Any, actor: Actor | None = None, **kw: Any
) -> Any:
    """One deed of the kitchen's own people, or of somebody else."""

    def run(uow: UnitOfWork) -> Any:
        return deed(uow, *args, **kw)

    return in_one_transaction(town.engine, run, actor=actor or town.staff)


def order(town: LittleTown, elder_id: UUID | None = None, **about: Any) -> Order:
    """Somebody orders the town's one lunch."""
    draft = town.lunch(elder_id or town.add_elder(), **about)
    made: Order = do(town, place_order, draft, key=uuid4().hex)
    return made


def start(town: LittleTown, portions: int | None = None, **about: Any) -> Batch:
    """The lunch is put on the stove."""
    draft = BatchDraft(town.dish_id, portions, **about)
    made: Batch = do(town, start_batch, draft, key=uuid4().hex)
    return made


def cook(town: LittleTown, portions: int | None = None, **how: Any) -> Batch:
    """A batch that came out hot, with a sample kept."""
    batch = start(town, portions, returnable=how.pop("returnable", False))
    facts: dict[str, Any] = {"tenths": HOT, "grams": 125}
    done: Batch = do(town, finish_batch, batch.id, Cooked(**(facts | how)))
    return done


def eat(town: LittleTown, made: Order) -> None:
    """They come to the counter."""
    do(town, serve, made.id, Handing(Identity.CARD))


def box_of(town: LittleTown, made: Order) -> MealBox | None:
    with Session(town.engine) as session:
        return boxes_of(session, [made.id]).get(made.id)
