"""A need is followed to its end, and only a person ends it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from dispatch.duties.referral_rows import show_open
from dispatch.duties.referrals import Need, ReferralMoved, Urgency
from dispatch.duties.referring import (
    ReferralDraft,
    WordsMissing,
    accept_referral,
    end_referral,
    raise_referral,
)
from dispatch.errors import NotAllowed, NotFound
from dispatch.log.events import list_story
from dispatch.store.unit_of_work import Actor, unit_of_work
from tests.field.phone import Phone
from tests.field.walk import FORM, HALF_PAST, make_walk
from tests.little_town import EIGHT, LittleTown


def test_a_need_is_raised_taken_on_and_ended_with_words(town: LittleTown) -> None:
    first = raised(town, town.add_elder(), Urgency.WEEK)
    second = raised(town, town.add_elder(), Urgency.TODAY)
    with unit_of_work(town.engine, town.staff) as uow:
        assert [row.id for row in show_open(uow, town.station_id)] == [second, first]
        with pytest.raises(WordsMissing):
            accept_referral(uow, first, " ")
        accept_referral(uow, first, "社区卫生站")
    town.at(EIGHT + timedelta(hours=25))
    with unit_of_work(town.engine, town.staff) as uow:
        overdue = [row.overdue for row in show_open(uow, town.station_id)]
        assert overdue == [True, False]
        end_referral(uow, first, "已配药送到")
        end_referral(uow, second, "本人不愿意", refused=True)
        assert show_open(uow, town.station_id) == []
        with pytest.raises(ReferralMoved):
            end_referral(uow, first, "再办一次")
        kinds = [event.kind for event in list_story(uow.session, first)]
    assert kinds == ["referral.open", "referral.accepted", "referral.done"]


def test_a_process_and_a_stranger_end_nothing(town: LittleTown) -> None:
    need = raised(town, town.add_elder(), Urgency.MONTH)
    with unit_of_work(town.engine) as uow, pytest.raises(NotAllowed):
        end_referral(uow, need, "超时自动办结")
    stranger = Actor("station", account_id=uuid4(), station_id=uuid4())
    with unit_of_work(town.engine, stranger) as uow, pytest.raises(NotFound):
        accept_referral(uow, need, "别的驿站")


def test_a_visit_raises_a_need_once_and_nonsense_raises_none(town: LittleTown) -> None:
    walk = make_walk(town, visits=[town.add_elder(), town.add_elder()])
    phone = Phone(walk)
    need = {"kind": "repair", "urgency": "today"}
    for n, told in enumerate((need, {"kind": "unheard of"})):
        phone.at_stop("visit_begun", HALF_PAST, n=n)
        detail = {"form": FORM, "words": "灯不亮", "need": told}
        phone.at_stop(
            "visit_ended", HALF_PAST + timedelta(minutes=25), n=n, detail=detail
        )
    answers = phone.sync(HALF_PAST + timedelta(minutes=30))
    phone.sync(HALF_PAST + timedelta(minutes=31))

    assert {each.result for each in answers} == {"accepted"}
    with unit_of_work(town.engine, town.staff) as uow:
        [row] = show_open(uow, town.station_id)
    assert (row.need, row.urgency, row.words) == ("repair", "today", "灯不亮")


def raised(town: LittleTown, elder_id: UUID, urgency: Urgency) -> UUID:
    with unit_of_work(town.engine, town.staff) as uow:
        draft = ReferralDraft(elder_id, Need.MEDICAL, urgency, "药快吃完了")
        key = uuid4().hex
        first = raise_referral(uow, draft, key=key)
        assert raise_referral(uow, draft, key=key).id == first.id
        return first.id
