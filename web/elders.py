"""An elder's file over HTTP: opened, read, edited by section."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter

from dispatch.clock import town_day
from dispatch.orders.cancelling import locate_elder
from dispatch.orders.elder_card import is_noted, note_look
from dispatch.orders.elder_file import ElderFile, show_file
from dispatch.people import editing
from dispatch.people.agreements import sign
from dispatch.people.answering import People, list_people
from dispatch.people.changing import change_facts
from dispatch.people.consents import answer
from dispatch.people.door_keys import keep_key, move_key
from dispatch.people.elders import Elder
from dispatch.people.filing import open_file
from dispatch.people.geocoding import Suggested, suggest
from dispatch.people.housing import correct_address
from dispatch.people.responsible import name_responsible
from dispatch.settings import settings
from dispatch.store.idempotency import is_repeated, takes_effect
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Caller, Key, Staff, Station
from web.schemas import elders as forms
from web.schemas.shapes import Form
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["elders"])


@router.post("/elders", status_code=201, response_model=ElderFile)
def post_elder(form: forms.NewFileForm, caller: Station, key: Key = None) -> Answer:
    """Open a file with what is needed first; sent again it answers 200."""

    def do(uow: UnitOfWork) -> tuple[bool, ElderFile]:
        elder = open_file(uow, form.to_draft(), key=key)
        return is_repeated(uow, key), show_file(uow, elder.id)

    again, file = caller.change(do)
    return Answer(file, status_code=200 if again else 201)


@router.get("/elders/{elder_id}/file", response_model=ElderFile)
def get_file(elder_id: UUID, caller: Staff) -> Answer:
    """The whole file, masked; a look with the full name is noted once an hour."""
    if not caller.read(lambda uow: is_noted(uow, elder_id)):
        caller.change(lambda uow: note_look(uow, elder_id))
    return Answer(caller.read(lambda uow: show_file(uow, elder_id)))


@router.get("/station/people", response_model=People)
def get_people(caller: Station) -> Answer:
    """Who may answer for an elder here, or be the second at a key."""
    return Answer(caller.read(list_people))


@router.get("/geocoder")
def get_geocoder(caller: Station) -> Answer:
    """Which service finds places by address; empty when nobody outside is asked."""
    return Answer({"by": settings().geocoder})


@router.post("/geocode", response_model=list[Suggested])
def post_geocode(form: forms.SearchForm, caller: Station) -> Answer:
    """Places that an address may mean. No transaction is open meanwhile."""
    return Answer(suggest(settings(), form.words()))


def _edit(
    caller: Caller,
    key: str | None,
    elder_id: UUID,
    form: Form,
    deed: Callable[[UnitOfWork], object],
) -> Answer:
    """Do it once under its key, and show the file as it is then."""

    def do(uow: UnitOfWork) -> ElderFile:
        content = [elder_id, form.model_dump(mode="json")]
        if takes_effect(uow, key, type(form).__name__, content):
            deed(uow)
        return show_file(uow, elder_id)

    return Answer(caller.change(do))


def _on_file(
    elder_id: UUID, deed: Callable[[UnitOfWork, Elder], object]
) -> Callable[[UnitOfWork], object]:
    return lambda uow: deed(uow, editing.hold_elder(uow, elder_id))


@router.post("/elders/{elder_id}/names", response_model=ElderFile)
def post_names(
    elder_id: UUID, form: forms.NamesForm, caller: Station, key: Key = None
) -> Answer:
    def deed(uow: UnitOfWork) -> object:
        return editing.edit_names(uow, elder_id, form.values())

    return _edit(caller, key, elder_id, form, deed)


@router.post("/elders/{elder_id}/identity", response_model=ElderFile)
def post_identity(
    elder_id: UUID, form: forms.IdentityForm, caller: Station, key: Key = None
) -> Answer:
    def deed(uow: UnitOfWork) -> object:
        kind, number = form.identity_kind, form.id_number
        return editing.edit_identity(uow, elder_id, kind, number)

    return _edit(caller, key, elder_id, form, deed)


@router.post("/elders/{elder_id}/diet", response_model=ElderFile)
def post_diet(
    elder_id: UUID, form: forms.DietForm, caller: Station, key: Key = None
) -> Answer:
    def deed(uow: UnitOfWork) -> object:
        return editing.edit_diet(uow, elder_id, form.to_diet())

    return _edit(caller, key, elder_id, form, deed)


@router.post("/elders/{elder_id}/care", response_model=ElderFile)
def post_care(
    elder_id: UUID, form: forms.CareForm, caller: Station, key: Key = None
) -> Answer:
    def deed(uow: UnitOfWork) -> object:
        return editing.edit_care(uow, elder_id, form.model_dump())

    return _edit(caller, key, elder_id, form, deed)


@router.post("/elders/{elder_id}/address", response_model=ElderFile)
def post_address(
    elder_id: UUID, form: forms.AddressForm, caller: Station, key: Key = None
) -> Answer:
    """The same door written down better; who moves says so as a life event."""
    deed = _on_file(elder_id, lambda u, e: correct_address(u, e, form.to_address()))
    return _edit(caller, key, elder_id, form, deed)


@router.post("/elders/{elder_id}/place", response_model=ElderFile)
def post_place(
    elder_id: UUID, form: forms.PointForm, caller: Station, key: Key = None
) -> Answer:
    """Where the door is; what waited for that is planned."""
    deed = _on_file(elder_id, lambda u, e: locate_elder(u, e, form.to_point()))
    return _edit(caller, key, elder_id, form, deed)


@router.post("/elders/{elder_id}/facts", response_model=ElderFile)
def post_fact(
    elder_id: UUID, form: forms.FactForm, caller: Station, key: Key = None
) -> Answer:
    """What rules read, from a day on."""

    def deed(uow: UnitOfWork, elder: Elder) -> None:
        change_facts(uow, elder, [form.to_change()], reason=form.reason)

    return _edit(caller, key, elder_id, form, _on_file(elder_id, deed))


@router.post("/elders/{elder_id}/contacts", response_model=ElderFile)
def post_contact(
    elder_id: UUID, form: forms.ContactForm, caller: Station, key: Key = None
) -> Answer:
    def deed(uow: UnitOfWork) -> object:
        return editing.save_contact(uow, elder_id, form.to_draft())

    return _edit(caller, key, elder_id, form, deed)


@router.post("/elders/{elder_id}/contacts/{contact_id}", response_model=ElderFile)
def post_contact_change(
    elder_id: UUID,
    contact_id: UUID,
    form: forms.ContactForm,
    caller: Station,
    key: Key = None,
) -> Answer:
    def deed(uow: UnitOfWork) -> object:
        return editing.save_contact(uow, elder_id, form.to_draft(), contact_id)

    return _edit(caller, key, elder_id, form, deed)


@router.post(
    "/elders/{elder_id}/contacts/{contact_id}/remove", response_model=ElderFile
)
def post_contact_removal(elder_id: UUID, contact_id: UUID, caller: Station) -> Answer:
    def do(uow: UnitOfWork) -> ElderFile:
        editing.remove_contact(uow, elder_id, contact_id)
        return show_file(uow, elder_id)

    return Answer(caller.change(do))


@router.post("/elders/{elder_id}/consents", response_model=ElderFile)
def post_consent(
    elder_id: UUID, form: forms.ConsentForm, caller: Station, key: Key = None
) -> Answer:
    deed = _on_file(elder_id, lambda u, e: answer(u, e, **form.model_dump()))
    return _edit(caller, key, elder_id, form, deed)


@router.post("/elders/{elder_id}/agreements", response_model=ElderFile)
def post_agreement(
    elder_id: UUID, form: forms.AgreementForm, caller: Station, key: Key = None
) -> Answer:
    """Sign with the elder's own station."""

    def deed(uow: UnitOfWork, elder: Elder) -> object:
        return sign(uow, elder, elder.station_id, form.from_on, form.proof)

    return _edit(caller, key, elder_id, form, _on_file(elder_id, deed))


@router.post("/elders/{elder_id}/responsible", response_model=ElderFile)
def post_responsible(
    elder_id: UUID, form: forms.ResponsibleForm, caller: Station, key: Key = None
) -> Answer:
    def deed(uow: UnitOfWork, elder: Elder) -> object:
        today, who = town_day(uow.now), form.model_dump(exclude={"rank"})
        return name_responsible(uow, elder, form.rank, today, **who)

    return _edit(caller, key, elder_id, form, _on_file(elder_id, deed))


@router.post("/elders/{elder_id}/keys", response_model=ElderFile)
def post_key(
    elder_id: UUID, form: forms.KeyForm, caller: Station, key: Key = None
) -> Answer:
    deed = _on_file(elder_id, lambda u, e: keep_key(u, e, **form.model_dump()))
    return _edit(caller, key, elder_id, form, deed)


@router.post("/keys/{key_id}/move", response_model=ElderFile)
def post_key_move(key_id: UUID, form: forms.KeyMoveForm, caller: Station) -> Answer:
    def do(uow: UnitOfWork) -> ElderFile:
        moved = move_key(uow, key_id, **form.model_dump())
        return show_file(uow, moved.elder_id)

    return Answer(caller.change(do))
