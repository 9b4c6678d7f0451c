"""Why an order was left out: the words and facts that are kept with it."""

import math
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from dispatch.planning.directed import KEPT_OFF
from dispatch.planning.problem import NO_LOCATION, Carrier
from dispatch.store.columns import Json
from dispatch.words import say
from routing import LeftOut, Relaxation

Carriers = Mapping[str, Carrier]
_BECAUSE: Final = {
    "window": "赶不上规定的时段",
    "ride": "送到时饭菜已不够热",
    "capacity": "箱子装不下",
    "shift": "超出当班时间",
    "max_work": "超出可服务时长",
    "skill": "不具备所需技能",
    "never": "按约定不能安排",
    "max_tasks": "单数已满",
    "break": "与休息时间冲突",
    "sequence": "前后次序排不开",
    "people": "要两人同时上门，另一人凑不到同一时刻",
    "no_way": "没有可走的路",
    "displaces": "会挤掉更要紧的订单",
    "search_ended": "时间内没有找到排法",
}
_WOULD_HELP: Final = {  # seconds are told in minutes
    "window": "时段放宽 {} 分钟可以排入。",
    "shift": "班次延长 {} 分钟可以排入。",
    "max_work": "服务时长放宽 {} 分钟可以排入。",
    "ride": "路上时间放宽 {} 分钟可以排入。",
    "skill": "有人具备「{}」技能可以排入。",
    "person": "再加 {} 人可以排入。",
}
NOBODY: Final = "nobody"  # the rule for which an order has no candidate at all
NOT_AT_ONCE: Final = "not_at_once"  # two people meet by a plan, not one by one
_NOBODY: Final = "当班无人可派"
_NOT_PLACED: Final = "住处没有定位"
_NOT_AT_ONCE: Final = "两人同去的服务不作即时单派出，请改约时段下单，由排线安排两人"
_UNFIT: Final = {
    NO_LOCATION: _NOT_PLACED,
    KEPT_OFF: "调度员让它先不排",
    NOBODY: _NOBODY,
    NOT_AT_ONCE: _NOT_AT_ONCE,
}
_UNKNOWN: Final = "排不进去"
# The words that an explanation is made of: its rules, and what would help.
RULE_WORDS: Final = frozenset(_BECAUSE) | frozenset(_UNFIT)
RELAXATION_WORDS: Final = frozenset(_WOULD_HELP)


def explain(
    carriers: Carriers,
    left: LeftOut,
    version: int,
    numbers: Mapping[str, str] = MappingProxyType({}),
) -> Json:
    """The explanation of a task that the plan left out, with helpers' ids.

    Args:
        numbers: of the wave's orders by task, as people call them.

    Returns:
        why (a sentence), rules counted, candidates [{helper_id, rule, by}], the
        cheapest relaxation {kind, value} that was solved again and works, or None,
        and the numbers of the orders that would have to give way.
    """
    candidates = [
        {
            "helper_id": str(carriers[each.vehicle].helper_id),
            "rule": each.rule,
            "by": each.by,
        }
        for each in left.candidates
    ]
    relaxation = None if left.relaxation is None else vars(left.relaxation)
    return {
        "why": sentence(carriers, left, numbers),
        "candidates": candidates,
        "relaxation": relaxation,
        "displaces": [numbers[each] for each in left.displaces if each in numbers],
        "plan_version": version,
    }


def explain_unfit(carriers: Carriers, rule: str, version: int) -> Json:
    """The explanation of an order that never entered the problem."""
    helpers = sorted({str(each.helper_id) for each in carriers.values()})
    candidates = [{"helper_id": each, "rule": rule, "by": None} for each in helpers]
    return {
        "why": f"{_UNFIT.get(rule) or _BECAUSE[rule]}。",
        "candidates": candidates,
        "relaxation": None,
        "plan_version": version,
    }


def sentence(
    carriers: Carriers,
    left: LeftOut,
    numbers: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """For people: what stands in the way, the most frequent first; who would have to
    give way; what helps.
    """
    if not carriers:
        return f"{_NOBODY}。"
    counted = Counter(each.rule for each in left.candidates).most_common()
    parts = [f"{count} 人{_BECAUSE.get(rule, _UNKNOWN)}" for rule, count in counted]
    help_words = "" if left.relaxation is None else _help(left.relaxation)
    return "，".join(parts or [_UNKNOWN]) + "。" + _whom(left, numbers) + help_words


def _whom(left: LeftOut, numbers: Mapping[str, str]) -> str:
    if not left.displaces:
        return ""
    named = [numbers[each] for each in left.displaces if each in numbers]
    which = f"（{'、'.join(named)}）" if named else ""
    return f"要排进去，得让出已排的 {len(left.displaces)} 单{which}。"


def _help(relaxation: Relaxation) -> str:
    value = relaxation.value
    if isinstance(value, int) and relaxation.kind != "person":
        value = math.ceil(value / 60)
    if relaxation.kind == "skill":
        value = say("skill", str(value))
    return _WOULD_HELP[relaxation.kind].format(value)
