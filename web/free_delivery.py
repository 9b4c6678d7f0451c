"""Free delivery over HTTP: an elder's, a station's list, the district's rules."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.orders.attesting import attest, withdraw_attestation
from dispatch.orders.delivery_rules import add_rule, end_rule
from dispatch.orders.free_list import (
    DeliveryRules,
    FreeFile,
    FreeList,
    show_free_file,
    show_free_list,
    show_rules,
)
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import District, Key, Staff, Station
from web.schemas.free_delivery import (
    AttestationForm,
    EndRuleForm,
    RuleForm,
    WithdrawForm,
)
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["free-delivery"])


@router.get("/free-delivery", response_model=FreeList)
def get_free_list(caller: Staff, station_id: UUID | None = None) -> Answer:
    """Whose way is free and until when; others than its own staff name the station."""
    return Answer(caller.read(lambda uow: show_free_list(uow, station_id)))


@router.get("/elders/{elder_id}/free-delivery", response_model=FreeFile)
def get_free_file(elder_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: show_free_file(uow, elder_id)))


@router.post("/elders/{elder_id}/attestations", response_model=FreeFile)
def post_attestation(
    elder_id: UUID, form: AttestationForm, caller: Station, key: Key = None
) -> Answer:
    """Somebody's word; what is ordered and not paid costs accordingly from now on."""

    def do(uow: UnitOfWork) -> FreeFile:
        attest(uow, elder_id, form.to_draft(), key=key)
        return show_free_file(uow, elder_id)

    return Answer(caller.change(do))


@router.post("/attestations/{attestation_id}/withdraw", response_model=FreeFile)
def post_withdrawal(
    attestation_id: UUID, form: WithdrawForm, caller: Station
) -> Answer:
    def do(uow: UnitOfWork) -> FreeFile:
        elder_id = withdraw_attestation(uow, attestation_id, form.reason)
        return show_free_file(uow, elder_id)

    return Answer(caller.change(do))


@router.get("/delivery-rules", response_model=DeliveryRules)
def get_rules(caller: Staff) -> Answer:
    return Answer(caller.read(show_rules))


@router.post("/delivery-rules", response_model=DeliveryRules)
def post_rule(form: RuleForm, caller: District, key: Key = None) -> Answer:
    """For deliveries that are ordered from now on; none is priced anew."""

    def do(uow: UnitOfWork) -> DeliveryRules:
        add_rule(uow, form.to_draft(), key=key)
        return show_rules(uow)

    return Answer(caller.change(do))


@router.post("/delivery-rules/{rule_id}/end", response_model=DeliveryRules)
def post_rule_end(rule_id: UUID, form: EndRuleForm, caller: District) -> Answer:
    def do(uow: UnitOfWork) -> DeliveryRules:
        end_rule(uow, rule_id, form.last_on)
        return show_rules(uow)

    return Answer(caller.change(do))
