"""The kitchen's page: batches, temperatures, samples, recall, illness, boxes."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.clock import town_day
from dispatch.kitchens.boxes_out import BoxesOut, show_boxes
from dispatch.kitchens.cooking import finish_batch, start_batch
from dispatch.kitchens.probing import probe, read_place, take_back
from dispatch.kitchens.recalling import BatchFound, RecallSheet, find_batches, recall
from dispatch.kitchens.returning import hand_in, take_boxes
from dispatch.kitchens.sampling import destroy_sample, sample_batch
from dispatch.kitchens.showing import KitchenDay, show_kitchen
from dispatch.kitchens.tasting import TastingRow, probe_tasting, show_tasting
from dispatch.safety.falling_ill import report_illness
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Cook, Key, KitchenReader, Orderer, Staff, Station
from web.schemas.kitchen import (
    BoxesForm,
    CookedForm,
    IllnessForm,
    ReadingForm,
    SampleForm,
    StartForm,
    TastingForm,
    WhyForm,
)
from web.schemas.shapes import Asked, Day
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["kitchen"])


@router.get("/kitchen", response_model=KitchenDay)
def get_kitchen(
    caller: KitchenReader, on: Day | None = None, kitchen_id: UUID | None = None
) -> Answer:
    """The kitchen that feeds the station; others than stations name it."""

    def show(uow: UnitOfWork) -> KitchenDay:
        return show_kitchen(uow, on or town_day(uow.now), kitchen_id)

    return Answer(caller.read(show))


@router.post("/kitchen/batches", status_code=201)
def post_batch(form: StartForm, caller: Cook, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, object]:
        batch = start_batch(uow, form.to_draft(), key=key)
        return {"id": batch.id, "number": batch.number, "portions": batch.portions}

    return Answer(caller.change(do), status_code=201)


@router.post("/kitchen/batches/{batch_id}/cooked")
def post_cooked(batch_id: UUID, form: CookedForm, caller: Cook) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, object]:
        batch = finish_batch(uow, batch_id, form.to_cooked())
        return {"id": batch.id, "eat_by_at": batch.eat_by_at}

    return Answer(caller.change(do))


@router.post("/kitchen/batches/{batch_id}/withdraw")
def post_withdraw(batch_id: UUID, form: WhyForm, caller: Cook) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, object]:
        batch = take_back(uow, batch_id, form.reason)
        return {"id": batch.id, "withdrawn_at": batch.withdrawn_at}

    return Answer(caller.change(do))


@router.post("/kitchen/batches/{batch_id}/sample")
def post_sample(batch_id: UUID, form: SampleForm, caller: Cook) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, object]:
        batch = sample_batch(uow, batch_id, form.grams, form.fridge)
        return {"id": batch.id}

    return Answer(caller.change(do))


@router.post("/kitchen/samples/{sample_id}/destroy")
def post_destroy(sample_id: UUID, caller: Cook) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, object]:
        sample = destroy_sample(uow, sample_id)
        return {"id": sample.id, "destroyed_at": sample.destroyed_at}

    return Answer(caller.change(do))


@router.post("/kitchen/readings", status_code=201)
def post_reading(form: ReadingForm, caller: Cook, key: Key = None) -> Answer:
    """A temperature; sent again under its key it is not read twice."""

    def do(uow: UnitOfWork) -> dict[str, object]:
        if not takes_effect(uow, key, "reading", form.model_dump()):
            return {"in_range": None}
        if form.batch_id is not None:
            reading = probe(uow, form.batch_id, form.to_probe())
        else:
            kitchen_id = form.kitchen_id or UUID(int=0)
            reading = read_place(uow, kitchen_id, form.to_probe())
        return {"in_range": reading.in_range}

    return Answer(caller.change(do), status_code=201)


@router.post("/kitchen/tastings/{tasting_id}", response_model=TastingRow)
def post_tasting(tasting_id: UUID, form: TastingForm, caller: Staff) -> Answer:
    def do(uow: UnitOfWork) -> TastingRow | None:
        tenths = round(form.celsius * 10)
        tasting = probe_tasting(uow, tasting_id, tenths, form.words)
        return show_tasting(uow.session, tasting)

    return Answer(caller.change(do))


@router.get("/kitchen/recall", response_model=list[BatchFound])
def get_batches(caller: Staff, q: Asked = "") -> Answer:
    """Batches by number, day, dish, ingredient or seal; no person is named."""
    return Answer(caller.read(lambda uow: find_batches(uow, q)))


@router.post("/kitchen/batches/{batch_id}/recall", response_model=RecallSheet)
def post_recall(batch_id: UUID, form: WhyForm, caller: Staff) -> Answer:
    """Everybody of a batch with their numbers; each look is written down."""
    return Answer(caller.change(lambda uow: recall(uow, batch_id, form.reason)))


@router.post("/elders/{elder_id}/illness", status_code=201)
def post_illness(
    elder_id: UUID, form: IllnessForm, caller: Orderer, key: Key = None
) -> Answer:
    """Somebody fell ill; two of one batch are a case."""

    def do(uow: UnitOfWork) -> dict[str, int]:
        when, how = form.told
        return {"cases": len(report_illness(uow, elder_id, when, how, key=key))}

    return Answer(caller.change(do), status_code=201)


@router.get("/boxes", response_model=BoxesOut)
def get_boxes(caller: Station) -> Answer:
    """Returnable boxes that are out: with whom, since when."""
    return Answer(caller.read(show_boxes))


@router.post("/boxes", status_code=201, response_model=BoxesOut)
def post_boxes(form: BoxesForm, caller: Station, key: Key = None) -> Answer:
    """Empty boxes come back."""

    def do(uow: UnitOfWork) -> BoxesOut:
        if form.elder_id is not None:
            take_boxes(uow, form.elder_id, form.boxes, key=key)
        else:
            hand_in(uow, form.helper_id or UUID(int=0), form.boxes, key=key)
        return show_boxes(uow)

    return Answer(caller.change(do), status_code=201)
