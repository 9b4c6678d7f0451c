"""Whatever code the server sends, the pages have words for it, in both languages."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Final

import pytest

from dispatch.access.accounts import Role
from dispatch.catalogue.calendar import DayKind
from dispatch.catalogue.services import Proof, SameSex
from dispatch.catalogue.sittings import Serving
from dispatch.counter.payments import PayMethod
from dispatch.counter.serving import Collector, Identity
from dispatch.demo.services import services
from dispatch.exchange.kinds import KINDS as SHEETS
from dispatch.field.events import FieldKind
from dispatch.field.evidence import EvidenceFrom
from dispatch.orders.free_delivery import Attestor, Bearer
from dispatch.orders.free_list import Standing as FreeStanding
from dispatch.orders.orders import Channel, OrderState
from dispatch.people.consents import Purpose as ConsentFor
from dispatch.people.consents import Said, Voice
from dispatch.people.door_keys import KeyMove
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Datum, IdentityKind, Living
from dispatch.people.helpers import HelperKind, TravelMode
from dispatch.people.leaves import LeaveKind
from dispatch.people.life_events import LifeKind
from dispatch.people.on_duty import Bar
from dispatch.people.pauses import PauseReason, PauseScope
from dispatch.people.places import StationKind
from dispatch.people.proposals import ProposalKind
from dispatch.planning.rules import PAPER_SKILL
from dispatch.quality.call_backs import Answer as CallAnswer
from dispatch.quality.call_backs import CallWhy
from dispatch.quality.complaints import (
    ComplaintFrom,
    ComplaintOutcome,
    ComplaintState,
)
from dispatch.quality.draws import DrawOf
from dispatch.safety.cases import CaseKind, CaseOutcome
from dispatch.safety.climbing import GOING_ON, HOLDING, MINE
from dispatch.safety.ladders import NO_CONTACTS
from dispatch.staffing.suspending import SuspendedFor
from dispatch.subsidy.anomalies.anomaly import AnomalyState
from dispatch.subsidy.anomalies.finding import AnomalyRule, Level
from dispatch.subsidy.rule_versions import file_rules_on
from dispatch.words import WORDS
from tests.little_town import TODAY

DISPATCH: Final = Path(__file__).parents[2] / "dispatch"
CATALOGUE: Final = Path(__file__).parents[2] / "web" / "ui" / "src" / "words"
KINDS: Final[dict[str, type[StrEnum]]] = {
    "bar": Bar,
    "leave": LeaveKind,
    "suspend": SuspendedFor,
    "same_sex": SameSex,
    "proof": Proof,
    "point_kind": StationKind,
    "cal": DayKind,
    "serving": Serving,
    "channel": Channel,
    "channel_sign": Channel,
    "state": OrderState,
    "living": Living,
    "mode": TravelMode,
    "kind": HelperKind,
    "pay": PayMethod,
    "identity": Identity,
    "collected": Collector,
    "event": FieldKind,
    "evidence": EvidenceFrom,
    "outcome": CaseOutcome,
    "case_kind": CaseKind,
    "identity_kind": IdentityKind,
    "fact": FactKind,
    "consent_for": ConsentFor,
    "said": Said,
    "voice": Voice,
    "pause_reason": PauseReason,
    "pause_scope": PauseScope,
    "life": LifeKind,
    "proposal": ProposalKind,
    "key": KeyMove,
    "datum": Datum,
    "attestor": Attestor,
    "bearer": Bearer,
    "free": FreeStanding,
    "an": AnomalyRule,
    "an_level": Level,
    "an_state": AnomalyState,
    "call_why": CallWhy,
    "call_said": CallAnswer,
    "complaint_from": ComplaintFrom,
    "complaint_state": ComplaintState,
    "complaint_outcome": ComplaintOutcome,
    "draw_of": DrawOf,
}


@pytest.fixture(scope="module")
def words() -> dict[str, str]:
    """Every word that the pages know, in Chinese."""
    texts = [file.read_text() for file in CATALOGUE.glob("*.ts")]
    return dict(
        re.findall(r'^\s*"([^"]+)": \["([^"]*)"', "\n".join(texts), re.MULTILINE)
    )


@pytest.fixture(scope="module")
def named(words: dict[str, str]) -> set[str]:
    return {*words}


def test_every_code_of_ours_has_its_word(named: set[str]) -> None:
    codes = {f"{kind}.{code.value}" for kind, codes in KINDS.items() for code in codes}

    assert codes - named == set()


def test_every_reason_and_role_has_its_word(named: set[str]) -> None:
    reasons = {code for code in WORDS if code.startswith("reason.")}
    roles = {f"role.{role.value}" for role in Role} | {"role.elder"}

    assert (reasons | roles) - named == set()


def test_whatever_is_written_down_has_its_word(named: set[str]) -> None:
    """The audit administrator reads it; what is put together from two words
    stands here with both."""
    written = re.compile(r'write_down\(\s*uow,\s*"(\w+)",\s*"(\w+)"')
    code = "\n".join(file.read_text() for file in DISPATCH.rglob("*.py"))
    told = written.findall(code)
    assert len(told) > 40
    words = {f"audit_deed.{deed}" for deed, _ in told}
    words |= {f"audit_deed.key_{move.value}" for move in KeyMove}
    words |= {f"audit_deed.appeal_{answer}" for answer in ("upheld", "turned_down")}
    words |= {f"audit_deed.anomaly_{deed}" for deed in ("conclude", "decide")}
    words |= {f"audit_about.{about}" for _, about in told}
    words |= {"audit_deed.import", *(f"audit_about.{kind}" for kind in SHEETS)}

    assert words - named == set()


def test_whatever_was_done_on_a_rung_has_its_word(named: set[str]) -> None:
    done = MINE | HOLDING | GOING_ON | {NO_CONTACTS, "missed"}

    assert {f"rung_outcome.{code}" for code in done} - named == set()


def test_every_category_and_subsidy_of_the_rules_has_its_word(named: set[str]) -> None:
    policy = file_rules_on(TODAY).policy
    categories = {f"category.{one.id}" for one in policy.category}
    subsidies = {f"subsidy.{one.id}" for one in policy.subsidy}

    assert (categories | subsidies) - named == set()


def test_every_skill_of_the_catalogue_and_the_paper_sheet_has_its_word(
    named: set[str],
) -> None:
    known = {skill for service in services() for skill in service.skills}
    skills = {f"skill.{skill}" for skill in known | {PAPER_SKILL}}

    assert skills - named == set()
    assert skills - WORDS.keys() == set()


def test_pages_and_stories_call_the_same_thing_by_one_name(
    words: dict[str, str],
) -> None:
    cases = {code.replace("case.", "case_kind."): word for code, word in WORDS.items()}
    told = {code: chinese for code, (chinese, _) in (cases | WORDS).items()}

    apart = {c: (words[c], told[c]) for c in words.keys() & told if words[c] != told[c]}
    assert apart == {}
