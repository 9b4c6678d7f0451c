"""What befalls an elder, over HTTP: pauses, life events, a registry's word."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter

from dispatch.orders.befalling import befall
from dispatch.orders.deciding import accept, reject
from dispatch.orders.elder_file import ElderFile, show_file
from dispatch.orders.pausing import pause, resume
from dispatch.orders.returning import come_back, undo_event
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Caller, Key, Staff, Station
from web.schemas import elders as forms
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["elders"])


def _file_of(caller: Caller, deed: Callable[[UnitOfWork], UUID | None]) -> Answer:
    """Do it, and show the file of whom it was about."""

    def do(uow: UnitOfWork) -> ElderFile | None:
        elder_id = deed(uow)
        return show_file(uow, elder_id) if elder_id else None

    return Answer(caller.change(do))


@router.post("/elders/{elder_id}/pauses", response_model=ElderFile)
def post_pause(
    elder_id: UUID, form: forms.PauseForm, caller: Station, key: Key = None
) -> Answer:
    """Pause from a day on; what is open on those days is held."""

    def deed(uow: UnitOfWork) -> UUID:
        return pause(uow, form.to_draft(elder_id), key=key).pause.elder_id

    return _file_of(caller, deed)


@router.post("/pauses/{pause_id}/resume", response_model=ElderFile)
def post_resume(
    pause_id: UUID, form: forms.OnForm, caller: Station, key: Key = None
) -> Answer:
    """Serve again; what was held waits again where the kitchen still can."""
    return _file_of(caller, lambda uow: resume(uow, pause_id, form.on).pause.elder_id)


@router.post("/elders/{elder_id}/life", response_model=ElderFile)
def post_life(
    elder_id: UUID, form: forms.LifeForm, caller: Station, key: Key = None
) -> Answer:
    """Death, moving, hospital: with all that follows."""

    def deed(uow: UnitOfWork) -> UUID:
        return befall(uow, form.to_event(elder_id), key=key).elder_id

    return _file_of(caller, deed)


@router.post("/life/{event_id}/return", response_model=ElderFile)
def post_return(event_id: UUID, form: forms.OnForm, caller: Station) -> Answer:
    return _file_of(caller, lambda uow: come_back(uow, event_id, form.on).elder_id)


@router.post("/life/{event_id}/undo", response_model=ElderFile)
def post_undo(event_id: UUID, form: forms.BecauseForm, caller: Station) -> Answer:
    """It was never so."""
    return _file_of(caller, lambda u: undo_event(u, event_id, form.reason).elder_id)


@router.post("/proposals/{proposal_id}/accept", response_model=ElderFile | None)
def post_accept(
    proposal_id: UUID, form: forms.AcceptForm, caller: Staff, key: Key = None
) -> Answer:
    """A registry's word is so; what follows from it happens."""
    at = form.station_id
    return _file_of(
        caller, lambda u: accept(u, proposal_id, form.reason, station_id=at).elder_id
    )


@router.post("/proposals/{proposal_id}/reject", response_model=ElderFile | None)
def post_reject(
    proposal_id: UUID, form: forms.BecauseForm, caller: Staff, key: Key = None
) -> Answer:
    return _file_of(caller, lambda u: reject(u, proposal_id, form.reason).elder_id)
