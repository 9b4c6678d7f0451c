"""Rules are published by two people, hold in turn, and are tried on past months."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from rq import Queue
from rq.serializers import JSONSerializer
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.queue import WEEKS, queue_at
from dispatch.settings import settings
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from dispatch.subsidy.policy_files import DEMO_POLICY
from dispatch.subsidy.publishing import (
    DaysGranted,
    DraftDecided,
    OwnDraft,
    publish,
    put_forward,
    return_draft,
)
from dispatch.subsidy.rule_showing import show_draft, show_rules_page
from dispatch.subsidy.rule_versions import rules_of, rules_on, title_of
from dispatch.subsidy.strict import BadFile
from dispatch.subsidy.trial_jobs import look_after_trials
from dispatch.subsidy.what_if import ask_for_trial, carry_out_trial, show_trial
from tests.engines import ON_ONE_ENGINE
from tests.little_town import ELEVEN, LittleTown
from tests.subsidy.ledger_town import (
    entitled,
    hand_over,
    live_grants,
    order_lunch,
    pay_all,
)
from tests.web.counting import counted

T = TypeVar("T")
SEEN: dict[str, Any] = {"months": ["2026-11"], "gaining": 0, "losing": 0}


def new_rules(*swaps: tuple[str, str], begins: str = "2026-12-01") -> str:
    """The demo rules as another version from a day on, some of their text replaced."""
    words = DEMO_POLICY.read_text(encoding="utf-8")
    swaps = (
        ('id = "2026-01"', 'id = "2026-02"'),
        ('supersedes = "2025-07"', 'supersedes = "2026-01"'),
        ("effective_from = 2026-01-01", f"effective_from = {begins}"),
        *swaps,
    )
    words = words[: words.index("[[golden]]")]
    for old, new in swaps:
        assert old in words, old
        words = words.replace(old, new)
    return words + _CASE


_CASE = """
[[golden]]
id = "不足 8 元不补"
person = { age = 66 }
[[golden.orders]]
id = "o"
service = "MEAL_DINEIN"
meal = "LUNCH"
on = 2026-12-31
price_fen = 750
grade = "A"
expect = { self_fen = 750 }
"""


@pytest.fixture
def maker(town: LittleTown) -> Actor:
    return town.add_account("maker", Role.DISTRICT)


@pytest.fixture
def second(town: LittleTown) -> Actor:
    return town.add_account("second", Role.DISTRICT)


def by(town: LittleTown, actor: Actor, deed: Callable[[UnitOfWork], T]) -> T:
    return in_one_transaction(town.engine, deed, actor=actor)


def put(town: LittleTown, actor: Actor, words: str) -> UUID:
    return by(town, actor, lambda uow: put_forward(uow, words, "", key=uuid4().hex))


def version_on(town: LittleTown, on: date) -> str:
    with Session(town.engine) as session:
        return rules_on(session, on).policy.version.id


def test_a_second_person_publishes_and_the_day_decides(
    town: LittleTown, maker: Actor, second: Actor
) -> None:
    draft = put(town, maker, new_rules(("amount_fen = 500", "amount_fen = 600")))
    assert version_on(town, date(2026, 12, 1)) == "2026-01"
    with pytest.raises(OwnDraft):
        by(town, maker, lambda uow: publish(uow, draft, SEEN))

    def look_and_publish(uow: UnitOfWork) -> list[str]:
        changes = show_draft(uow, draft).changes
        publish(uow, draft, SEEN)
        assert rules_on(uow.session, date(2026, 12, 1)).policy.version.id == "2026-02"
        fields = [(one.id, field) for one in changes for field in one.fields]
        return [f"{id_} {one.path} {one.old} {one.new}" for id_, one in fields]

    changes = by(town, second, look_and_publish)
    assert changes == ["meal-basic amount_fen 500 600"]
    with pytest.raises(DraftDecided):
        by(town, second, lambda uow: return_draft(uow, draft, "重复"))
    assert version_on(town, date(2026, 11, 30)) == "2026-01"
    assert version_on(town, date(2026, 12, 1)) == "2026-02"
    page = by(town, second, show_rules_page)
    told = [
        (one.id, one.until_on, one.made_by, one.approved_by) for one in page.versions
    ]
    assert told == [
        ("2026-02", date(2026, 12, 31), "maker", "second"),
        ("2026-01", date(2026, 11, 30), None, None),
    ]
    with Session(town.engine) as session:
        assert "amount_fen = 600" in rules_of(session, "2026-02").words
        with counted(town.engine) as asked:
            assert title_of(session, "2026-02", "none") == "none"
            assert rules_on(session, date(2026, 12, 1)).policy.version.id == "2026-02"
        assert len(asked) == 1, "the words of a version are read once"


@ON_ONE_ENGINE
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (new_rules(('supersedes = "2026-01"\n', "")), "overlaps version '2026-01'"),
        (
            new_rules(("effective_to = 2026-12-31 ", "# "), begins="2027-02-01"),
            "leaves a gap after version '2026-01'",
        ),
        (new_rules(('ge", fen = 800', 'ge", fen = 700')), "expected {}"),
        (new_rules(("amount_fen = 500", "amount_fen = -1")), "more than 0"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(
    town: LittleTown, maker: Actor, words: str, said: str
) -> None:
    with pytest.raises(BadFile) as refused:
        put(town, maker, words)
    assert said in str(refused.value)
    assert "line " in str(refused.value)


@pytest.mark.proves("F83")
def test_days_that_were_granted_keep_their_rules_and_a_draft_is_tried_on_them(
    town: LittleTown,
    maker: Actor,
    second: Actor,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poor = order_lunch(town, entitled(town))
    of_76 = town.add_elder(born_on=date(1950, 1, 1))
    orders = [poor, order_lunch(town, of_76)]
    town.at(ELEVEN)
    for order in orders:
        pay_all(town, order)
        hand_over(town, order)
    lower = ("amount_fen = 500", "amount_fen = 450")
    nothing = ("to = 79, fen = 300", "to = 79, fen = 0")
    draft = put(town, maker, new_rules(lower, nothing, begins="2026-11-20"))
    with pytest.raises(DaysGranted):
        by(town, second, lambda uow: publish(uow, draft, SEEN))

    asked = by(town, second, lambda uow: ask_for_trial(uow, draft, ["2026-11"]))
    assert asked.state == "queued"
    redis = queue_at(redis_url)
    look_after_trials(town.engine, redis)  # as the timers do: it only tells the queue
    (job,) = Queue(WEEKS, connection=redis, serializer=JSONSerializer).jobs
    assert job.args == [str(asked.id)]
    url = town.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DISPATCH_DATABASE_URL", url)
    settings.cache_clear()
    try:
        job.perform()
    finally:
        monkeypatch.delenv("DISPATCH_DATABASE_URL")
        settings.cache_clear()
    assert not carry_out_trial(town.engine, asked.id)
    found = by(town, second, lambda uow: show_trial(uow, asked.id)).answer
    assert found is not None
    assert (found.orders, found.persons, found.gaining, found.losing) == (2, 2, 0, 1)
    assert (found.granted_fen, found.old_fen, found.new_fen) == (800, 800, 500)
    assert [(one.subsidy, one.what, one.because, one.fen) for one in found.reasons] == [
        ("meal-age", "gained", "ANY", 500),
        ("meal-basic", "lost", "best_of:meal-age", -500),
        ("meal-age", "lost", "tier", -300),
    ]
    assert [one.elder_id for one in found.people] == [of_76, poor.elder_id]
    assert live_grants(town)[poor.id, "meal-basic"] == 500
