"""Helpers: their list, their files, what changes them; offers on their phones."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.staffing.enrolling import (
    add_paper,
    end_paper,
    enrol_helper,
    set_guardian,
    set_limits,
    withdraw_consent,
)
from dispatch.staffing.heat import (
    HeatNow,
    call_off_heat,
    show_heat,
    warn_of_heat,
)
from dispatch.staffing.helper_file import HelperFile, show_helper
from dispatch.staffing.hours import add_shift, call_off_leave, set_week, take_leave
from dispatch.staffing.offering import answer, offer_order
from dispatch.staffing.offers_shown import OfferRow, list_my_offers
from dispatch.staffing.pairing import SealedReason, end_pair, pair, read_reason
from dispatch.staffing.pairs_shown import ElderPairRow, list_elder_pairs
from dispatch.staffing.showing import HelperList, list_helpers
from dispatch.staffing.suspending import Suspension, resume, show_suspension, suspend
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Coordinator, HelperOfOurs, Key, Orderer, Staff
from web.schemas.shapes import Asked, Limit, Offset
from web.schemas.staffing import (
    EndPaperForm,
    GuardianForm,
    HeatForm,
    HelperForm,
    LeaveForm,
    LimitsForm,
    NoHeatForm,
    PairForm,
    PaperForm,
    PurposeForm,
    ShiftForm,
    SuspendForm,
    WeekForm,
)
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["staffing"])


@router.get("/helpers", response_model=HelperList)
def get_helpers(
    caller: Staff, q: Asked = "", limit: Limit = 60, offset: Offset = 0
) -> Answer:
    """Whose papers run out soon comes first."""
    return Answer(
        caller.read(lambda uow: list_helpers(uow, q=q, limit=limit, offset=offset))
    )


@router.get("/helpers/{helper_id}", response_model=HelperFile)
def get_helper(helper_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: show_helper(uow, helper_id)))


@router.post("/helpers", status_code=201, response_model=HelperFile)
def post_helper(form: HelperForm, caller: Staff, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> HelperFile:
        return show_helper(uow, enrol_helper(uow, form.to_draft(), key=key).id)

    return Answer(caller.change(do), status_code=201)


@router.post("/helpers/{helper_id}/papers", response_model=HelperFile)
def post_paper(
    helper_id: UUID, form: PaperForm, caller: Staff, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> HelperFile:
        # The number of a paper is nobody's business but the vault's.
        said = [helper_id, form.model_dump(exclude={"number"})]
        if takes_effect(uow, key, "paper", said):
            add_paper(uow, helper_id, form.to_draft())
        return show_helper(uow, helper_id)

    return Answer(caller.change(do))


@router.post("/papers/{paper_id}/end")
def post_paper_end(paper_id: UUID, form: EndPaperForm, caller: Staff) -> Answer:
    waves = caller.change(lambda uow: end_paper(uow, paper_id, form.last_on))
    return Answer({"planned_anew": waves})


@router.post("/helpers/{helper_id}/week", response_model=HelperFile)
def post_week(helper_id: UUID, form: WeekForm, caller: Staff) -> Answer:
    def do(uow: UnitOfWork) -> HelperFile:
        set_week(uow, helper_id, [each.to_draft() for each in form.week])
        return show_helper(uow, helper_id)

    return Answer(caller.change(do))


@router.post("/helpers/{helper_id}/shifts", response_model=HelperFile)
def post_shift(
    helper_id: UUID, form: ShiftForm, caller: Staff, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> HelperFile:
        if takes_effect(uow, key, "shift", [helper_id, form.model_dump()]):
            add_shift(uow, helper_id, form.starts_at, form.ends_at)
        return show_helper(uow, helper_id)

    return Answer(caller.change(do))


@router.post("/helpers/{helper_id}/leave", response_model=HelperFile)
def post_leave(
    helper_id: UUID, form: LeaveForm, caller: Staff, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> HelperFile:
        if takes_effect(uow, key, "leave", [helper_id, form.model_dump()]):
            take_leave(uow, helper_id, form.kind, form.from_at, form.until_at)
        return show_helper(uow, helper_id)

    return Answer(caller.change(do))


@router.post("/leaves/{leave_id}/call-off", response_model=HelperFile)
def post_leave_off(leave_id: UUID, caller: Staff) -> Answer:
    def do(uow: UnitOfWork) -> HelperFile:
        return show_helper(uow, call_off_leave(uow, leave_id).helper_id)

    return Answer(caller.change(do))


@router.post("/helpers/{helper_id}/limits", response_model=HelperFile)
def post_limits(helper_id: UUID, form: LimitsForm, caller: Staff) -> Answer:
    def do(uow: UnitOfWork) -> HelperFile:
        set_limits(uow, helper_id, form.to_draft())
        return show_helper(uow, helper_id)

    return Answer(caller.change(do))


@router.post("/helpers/{helper_id}/guardian", response_model=HelperFile)
def post_guardian(helper_id: UUID, form: GuardianForm, caller: Staff) -> Answer:
    def do(uow: UnitOfWork) -> HelperFile:
        set_guardian(uow, helper_id, form.relation, form.name, form.phone)
        return show_helper(uow, helper_id)

    return Answer(caller.change(do))


@router.post("/helpers/{helper_id}/guardian/withdraw", response_model=HelperFile)
def post_withdrawal(helper_id: UUID, caller: Staff) -> Answer:
    def do(uow: UnitOfWork) -> HelperFile:
        withdraw_consent(uow, helper_id)
        return show_helper(uow, helper_id)

    return Answer(caller.change(do))


@router.post("/helpers/{helper_id}/suspend")
def post_suspend(
    helper_id: UUID, form: SuspendForm, caller: Staff, key: Key = None
) -> Answer:
    """At once; tells how many rounds were stopped, and how many are under way."""

    def do(uow: UnitOfWork) -> Suspension:
        if takes_effect(uow, key, "suspend", [helper_id, form.why.value]):
            return suspend(uow, helper_id, form.why)
        return show_suspension(uow, helper_id)

    return Answer(caller.change(do))


@router.post("/helpers/{helper_id}/resume", response_model=HelperFile)
def post_resume(helper_id: UUID, caller: Staff, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> HelperFile:
        if takes_effect(uow, key, "resume", helper_id):
            resume(uow, helper_id)
        return show_helper(uow, helper_id)

    return Answer(caller.change(do))


@router.post("/helpers/{helper_id}/pairs", response_model=HelperFile)
def post_pair(
    helper_id: UUID, form: PairForm, caller: Staff, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> HelperFile:
        said = [helper_id, form.model_dump(exclude={"reason"})]
        if takes_effect(uow, key, "pair", said):
            pair(uow, helper_id, form.elder_id, form.kind, form.reason)
        return show_helper(uow, helper_id)

    return Answer(caller.change(do))


@router.get("/elders/{elder_id}/pairs", response_model=list[ElderPairRow])
def get_elder_pairs(elder_id: UUID, caller: Staff) -> Answer:
    """Who never comes to this elder, and whom they asked for; never why."""
    return Answer(caller.read(lambda uow: list_elder_pairs(uow, elder_id)))


@router.post("/pairs/{pair_id}/end")
def post_pair_end(pair_id: UUID, caller: Staff) -> Answer:
    caller.change(lambda uow: end_pair(uow, pair_id))
    return Answer({"ended": True})


@router.post("/pairs/{pair_id}/reason", response_model=SealedReason)
def post_pair_reason(pair_id: UUID, form: PurposeForm, caller: Staff) -> Answer:
    """The sealed reason, for a purpose that is kept; only the district reads it."""
    return Answer(caller.change(lambda uow: read_reason(uow, pair_id, form.purpose)))


@router.get("/heat", response_model=HeatNow)
def get_heat(caller: Staff) -> Answer:
    """The heat warnings of today and later."""
    return Answer(caller.read(show_heat))


@router.post("/heat", response_model=HeatNow)
def post_heat(form: HeatForm, caller: Coordinator) -> Answer:
    def do(uow: UnitOfWork) -> HeatNow:
        waves = warn_of_heat(uow, form.to_draft())
        return show_heat(uow, planned_anew=waves)

    return Answer(caller.change(do))


@router.post("/heat/call-off", response_model=HeatNow)
def post_heat_off(form: NoHeatForm, caller: Coordinator) -> Answer:
    def do(uow: UnitOfWork) -> HeatNow:
        waves = call_off_heat(uow, form.street_code, form.warns_on)
        return show_heat(uow, planned_anew=waves)

    return Answer(caller.change(do))


@router.post("/orders/{order_id}/offer")
def post_offer(order_id: UUID, caller: Orderer) -> Answer:
    """Ask the first of those who could take it; who it is stands in the story."""
    offer = caller.change(lambda uow: offer_order(uow, order_id))
    return Answer({"helper_id": offer.helper_id, "expires_at": offer.expires_at})


@router.get("/offers", response_model=list[OfferRow])
def get_offers(caller: HelperOfOurs) -> Answer:
    return Answer(caller.read(list_my_offers))


@router.post("/offers/{offer_id}/accept")
def post_accept(offer_id: UUID, caller: HelperOfOurs) -> Answer:
    said = caller.change(lambda uow: answer(uow, offer_id, accepts=True))
    return Answer({"state": said.state})


@router.post("/offers/{offer_id}/decline")
def post_decline(offer_id: UUID, caller: HelperOfOurs) -> Answer:
    """No reason is asked, and none is kept."""
    said = caller.change(lambda uow: answer(uow, offer_id, accepts=False))
    return Answer({"state": said.state})
