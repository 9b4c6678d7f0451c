"""The time bank: its promise for the office, its deeds for staff, a helper's own."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.timebank.enrolling import (
    end_kin,
    guardian_came,
    join_team,
    leave_team,
    make_team,
    verify_kin,
)
from dispatch.timebank.giving import (
    MOST_AT_ONCE,
    donate,
    donate_of_team,
    gift,
    grant_time,
    redeem,
)
from dispatch.timebank.kin import Relation
from dispatch.timebank.own_time import OwnTime, show_own_time
from dispatch.timebank.promising import Bank, show_bank
from dispatch.timebank.staff_views import (
    ElderTime,
    HelperTime,
    show_elder_time,
    show_helper_time,
)
from web.deps import HelperOfOurs, Key, Officer, Staff, helper_of
from web.schemas.shapes import Day, Form, ShortReason
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["time bank"])
Minutes = Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]


class MinutesForm(Form):
    minutes: Minutes


class GiftForm(MinutesForm):
    elder_id: UUID


class GrantForm(GiftForm):
    reason: ShortReason


class KinForm(Form):
    elder_id: UUID
    relation: Relation
    proof: ShortReason


class CameForm(Form):
    on: Day


class TeamForm(Form):
    station_id: UUID
    name: Annotated[str, Field(min_length=2, max_length=40)]


class MemberForm(Form):
    helper_id: UUID


@router.get("/time-bank", response_model=Bank)
def get_bank(caller: Officer) -> Answer:
    """What the bank owes, by the age of those who hold it and by year."""
    return Answer(caller.read(show_bank))


@router.post("/time-bank/grants", response_model=Bank)
def post_grant(form: GrantForm, caller: Officer, key: Key = None) -> Answer:
    """From the pool to an elder whom the rules name."""

    def do(uow: UnitOfWork) -> Bank:
        if takes_effect(uow, key, "time_grant", form.model_dump()):
            grant_time(uow, form.elder_id, form.minutes, form.reason)
        return show_bank(uow)

    return Answer(caller.change(do))


@router.post("/time-bank/teams")
def post_team(form: TeamForm, caller: Staff, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> bool:
        return make_team(uow, form.station_id, form.name, key=key) is not None

    return Answer({"made": caller.change(do)})


@router.post("/time-bank/teams/{team_id}/members")
def post_member(team_id: UUID, form: MemberForm, caller: Staff) -> Answer:
    caller.change(lambda uow: join_team(uow, team_id, form.helper_id))
    return Answer({"joined": True})


@router.post("/time-bank/teams/{team_id}/donate")
def post_team_donation(
    team_id: UUID, form: MinutesForm, caller: Staff, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> None:
        if takes_effect(uow, key, "team_donation", [team_id, form.minutes]):
            donate_of_team(uow, team_id, form.minutes)

    caller.change(do)
    return Answer({"donated": True})


@router.get("/helpers/{helper_id}/time", response_model=HelperTime)
def get_helper_time(helper_id: UUID, caller: Staff) -> Answer:
    """Kin, team and guardian of one helper, as the station keeps them."""
    return Answer(caller.read(lambda uow: show_helper_time(uow, helper_id)))


@router.get("/elders/{elder_id}/time", response_model=ElderTime)
def get_elder_time(elder_id: UUID, caller: Staff) -> Answer:
    """An elder's saved minutes, and the visits that they may be used for."""
    return Answer(caller.read(lambda uow: show_elder_time(uow, elder_id)))


@router.post("/helpers/{helper_id}/team/leave")
def post_leave_team(helper_id: UUID, caller: Staff) -> Answer:
    caller.change(lambda uow: leave_team(uow, helper_id))
    return Answer({"left": True})


@router.post("/helpers/{helper_id}/kin")
def post_kin(helper_id: UUID, form: KinForm, caller: Staff) -> Answer:
    """Staff have seen the paper that says so."""

    def do(uow: UnitOfWork) -> UUID:
        return verify_kin(uow, helper_id, form.elder_id, form.relation, form.proof).id

    return Answer({"id": caller.change(do)})


@router.post("/kin/{kin_id}/end")
def post_kin_end(kin_id: UUID, caller: Staff) -> Answer:
    caller.change(lambda uow: end_kin(uow, kin_id))
    return Answer({"ended": True})


@router.post("/helpers/{helper_id}/guardian-came")
def post_guardian_came(helper_id: UUID, form: CameForm, caller: Staff) -> Answer:
    """A guardian was there that day; tells how many orders were looked at anew."""
    on: date = form.on
    return Answer({"orders": caller.change(lambda u: guardian_came(u, helper_id, on))})


@router.post("/orders/{order_id}/redeem-time")
def post_redeem(order_id: UUID, caller: Staff) -> Answer:
    """The elder uses saved minutes for a visit that was done."""
    move = caller.change(lambda uow: redeem(uow, order_id))
    return Answer({"minutes": move.minutes})


@router.get("/my-time", response_model=OwnTime)
def get_my_time(caller: HelperOfOurs) -> Answer:
    helper_id = helper_of(caller)
    return Answer(caller.read(lambda uow: show_own_time(uow, helper_id)))


@router.post("/my-time/gift", response_model=OwnTime)
def post_gift(form: GiftForm, caller: HelperOfOurs, key: Key = None) -> Answer:
    helper_id = helper_of(caller)

    def do(uow: UnitOfWork) -> OwnTime:
        if takes_effect(uow, key, "time_gift", form.model_dump()):
            gift(uow, helper_id, form.elder_id, form.minutes)
        return show_own_time(uow, helper_id)

    return Answer(caller.change(do))


@router.post("/my-time/donate", response_model=OwnTime)
def post_donation(form: MinutesForm, caller: HelperOfOurs, key: Key = None) -> Answer:
    helper_id = helper_of(caller)

    def do(uow: UnitOfWork) -> OwnTime:
        if takes_effect(uow, key, "time_donation", form.minutes):
            donate(uow, helper_id, form.minutes)
        return show_own_time(uow, helper_id)

    return Answer(caller.change(do))
