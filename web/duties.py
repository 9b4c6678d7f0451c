"""Who is to be looked after: duties, calls written down, referrals."""

from uuid import UUID

from fastapi import APIRouter, Response

from dispatch.duties.caring import agree_minutes, end_care
from dispatch.duties.duties_file import DutiesFile, show_duties_file
from dispatch.duties.ordering_due import order_by_hand
from dispatch.duties.outreach import record_outreach
from dispatch.duties.referral_rows import ReferralRow, show_referrals
from dispatch.duties.referrals import Referral
from dispatch.duties.referring import accept_referral, end_referral, raise_referral
from dispatch.duties.showing import StationDuties, show_duties
from dispatch.orders.showing import OrderRow, show_order_of
from dispatch.planning.week_choices import VisitChoices, show_choices
from dispatch.planning.week_deciding import drop_visit, move_visit, take_visit
from dispatch.store.idempotency import is_repeated, takes_effect
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Key, Orderer, Staff, Station
from web.schemas.duties import (
    AcceptForm,
    CareForm,
    DropForm,
    DutyOrderForm,
    EndCareForm,
    EndForm,
    MoveForm,
    OutreachForm,
    ReferralForm,
)
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["duties"])


@router.get("/duties", response_model=StationDuties)
def get_duties(
    caller: Staff, station_id: UUID | None = None, everyone: bool = False
) -> Answer:
    """How a station's duties stand today; overdue first."""
    return Answer(
        caller.read(lambda uow: show_duties(uow, station_id, everyone=everyone))
    )


@router.post("/duties/order", status_code=201, response_model=OrderRow)
def post_duty_order(form: DutyOrderForm, caller: Orderer, key: Key = None) -> Answer:
    """Order what a duty wants; the same again gives the order that stands for it."""

    def do(uow: UnitOfWork) -> tuple[bool, OrderRow]:
        order_id = order_by_hand(uow, form.elder_id, form.duty, key=key)
        return is_repeated(uow, key), show_order_of(uow, order_id)

    again, row = caller.change(do)
    return Answer(row, status_code=200 if again else 201)


@router.get("/elders/{elder_id}/duties", response_model=DutiesFile)
def get_duties_file(elder_id: UUID, caller: Staff) -> Answer:
    """All duties of one elder, what counted, and how the periods before ended."""
    return Answer(caller.read(lambda uow: show_duties_file(uow, elder_id)))


@router.post("/elders/{elder_id}/care-plan", response_model=DutiesFile)
def post_care_plan(
    elder_id: UUID, form: CareForm, caller: Station, key: Key = None
) -> Answer:
    """Agree the minutes of a home-care bed, from a day on."""

    def do(uow: UnitOfWork) -> DutiesFile:
        said = [elder_id, form.model_dump(mode="json")]
        if takes_effect(uow, key, "care_plan", said):
            agree_minutes(uow, elder_id, form.to_draft())
        return show_duties_file(uow, elder_id)

    return Answer(caller.change(do))


@router.post("/elders/{elder_id}/care-plan/end", response_model=DutiesFile)
def post_care_end(
    elder_id: UUID, form: EndCareForm, caller: Station, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> DutiesFile:
        said = [elder_id, form.last_on.isoformat()]
        if takes_effect(uow, key, "care_end", said):
            end_care(uow, elder_id, form.last_on)
        return show_duties_file(uow, elder_id)

    return Answer(caller.change(do))


@router.get("/week-visits/{visit_id}", response_model=VisitChoices)
def get_week_visit(visit_id: UUID, caller: Staff) -> Answer:
    """Who could go on which day instead, and what that does."""
    return Answer(caller.read(lambda uow: show_choices(uow, visit_id)))


@router.post("/week-visits/{visit_id}/take", response_model=OrderRow)
def post_take(visit_id: UUID, caller: Orderer, key: Key = None) -> Answer:
    """Order a proposed visit now; sent again it answers with the same order."""

    def do(uow: UnitOfWork) -> OrderRow:
        return show_order_of(uow, take_visit(uow, visit_id, key=key))

    return Answer(caller.change(do))


@router.post("/week-visits/{visit_id}/move", status_code=204)
def post_move(
    visit_id: UUID, form: MoveForm, caller: Orderer, key: Key = None
) -> Response:
    def do(uow: UnitOfWork) -> None:
        said = [visit_id, form.model_dump(mode="json")]
        if takes_effect(uow, key, "week_move", said):
            move_visit(uow, visit_id, form.on, form.helper_id)

    caller.change(do)
    return Response(status_code=204)


@router.post("/week-visits/{visit_id}/drop", status_code=204)
def post_drop(
    visit_id: UUID, form: DropForm, caller: Orderer, key: Key = None
) -> Response:
    def do(uow: UnitOfWork) -> None:
        if takes_effect(uow, key, "week_drop", [visit_id, form.reason]):
            drop_visit(uow, visit_id, form.reason)

    caller.change(do)
    return Response(status_code=204)


@router.post("/outreach", status_code=201)
def post_outreach(form: OutreachForm, caller: Staff, key: Key = None) -> Answer:
    """A call, a message or a talk, written down by whoever made it."""

    def do(uow: UnitOfWork) -> tuple[bool, UUID]:
        made = record_outreach(uow, form.to_draft(), key=key)
        return is_repeated(uow, key), made.id

    again, made = caller.change(do)
    return Answer({"id": made}, status_code=200 if again else 201)


@router.post("/referrals", status_code=201, response_model=ReferralRow)
def post_referral(form: ReferralForm, caller: Staff, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> tuple[bool, ReferralRow]:
        raised = raise_referral(uow, form.to_draft(), key=key)
        return is_repeated(uow, key), _row(uow, raised)

    again, row = caller.change(do)
    return Answer(row, status_code=200 if again else 201)


@router.post("/referrals/{referral_id}/accept", response_model=ReferralRow)
def post_accept(referral_id: UUID, form: AcceptForm, caller: Staff) -> Answer:
    def do(uow: UnitOfWork) -> ReferralRow:
        return _row(uow, accept_referral(uow, referral_id, form.by_whom))

    return Answer(caller.change(do))


@router.post("/referrals/{referral_id}/end", response_model=ReferralRow)
def post_end(referral_id: UUID, form: EndForm, caller: Staff) -> Answer:
    def do(uow: UnitOfWork) -> ReferralRow:
        ended = end_referral(uow, referral_id, form.outcome, refused=form.refused)
        return _row(uow, ended)

    return Answer(caller.change(do))


def _row(uow: UnitOfWork, referral: Referral) -> ReferralRow:
    return show_referrals(uow, [referral])[0]
