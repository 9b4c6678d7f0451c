"""Who is to be looked after: duties, calls written down, referrals."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.duties.ordering_due import order_by_hand
from dispatch.duties.outreach import record_outreach
from dispatch.duties.referral_rows import ReferralRow, show_referrals
from dispatch.duties.referrals import Referral
from dispatch.duties.referring import accept_referral, end_referral, raise_referral
from dispatch.duties.showing import StationDuties, show_duties
from dispatch.orders.showing import OrderRow, show_order_of
from dispatch.store.idempotency import is_repeated
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Key, Orderer, Staff
from web.schemas.duties import (
    AcceptForm,
    DutyOrderForm,
    EndForm,
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
