"""Every code that a story tells has words in both languages."""

import re
from pathlib import Path

from dispatch.catalogue.sittings import Serving
from dispatch.orders.orders import Channel, OrderState
from dispatch.safety.cases import CaseKind, CaseOutcome, Rung
from dispatch.store import fail_points
from dispatch.subsidy.rule_versions import RulesChanged
from dispatch.subsidy.strict import BadFile
from dispatch.words import WORDS, say, yuan

DISPATCH = Path(__file__).resolve().parent.parent / "dispatch"
KIND = re.compile(
    r'"((?:order|wave|case|round|stop|sitting|household|field)\.(?!id")[a-z_]+)"'
)


def test_every_kind_of_event_has_words() -> None:
    kinds = {f"order.{state.value}" for state in OrderState}
    for path in DISPATCH.rglob("*.py"):
        if not {"demo", "promises", "words.py"} & set(path.parts):
            kinds |= set(KIND.findall(path.read_text()))
    kinds -= fail_points.NAMES  # places in the code, read by nobody on a page

    assert sorted(kind for kind in kinds if f"event.{kind}" not in WORDS) == []


def test_every_code_of_the_ladder_and_of_orders_has_words() -> None:
    wanted = [
        *(f"rung.{one.value}" for one in Rung),
        *(f"outcome.{one.value}" for one in CaseOutcome),
        *(f"case.{one.value}" for one in CaseKind),
        *(f"channel.{one.value}" for one in Channel),
        *(f"serving.{one.value}" for one in Serving),
    ]

    assert [one for one in wanted if one not in WORDS] == []


def test_every_reason_for_not_believing_or_not_paying_has_words() -> None:
    """A code without words would stand in a story as it is: in English."""
    said = (DISPATCH / "field" / "authority.py").read_text()
    codes = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', said))
    codes |= {RulesChanged.code, BadFile.code, "malformed", "regraded", "partner_gone"}

    assert sorted(code for code in codes if f"why.{code}" not in WORDS) == []


def test_no_words_are_empty_and_each_is_in_its_language() -> None:
    for key, (chinese, english) in WORDS.items():
        assert chinese.strip(" ") or key.startswith("list."), key
        assert english.isascii(), key


def test_an_unnamed_code_shows_itself_and_money_is_whole_fen() -> None:
    assert say("event", "order.unheard_of") == "order.unheard_of"
    assert [yuan(fen) for fen in (0, 5, 1250, -1250)] == [
        "¥0.00",
        "¥0.05",
        "¥12.50",
        "-¥12.50",
    ]
