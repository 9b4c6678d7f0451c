"""What a rule finds: a pure value, and the key that keeps it from being told twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from dispatch.store.columns import Json
from dispatch.subsidy.thresholds import Threshold as FileThreshold
from dispatch.subsidy.thresholds import Thresholds


class AnomalyRule(StrEnum):
    """Each rule by its number; the last two are found by people."""

    DEATH = "AN01"  # 死亡后的服务
    TWICE = "AN02"  # 同一窗口重复补贴或超上限
    EXCLUDED = "AN03"  # 互斥待遇
    OVERLAP = "AN04"  # 同一人时间重叠、路程不可能
    ELSEWHERE = "AN05"  # 定位不在服务地点
    PICTURE = "AN06"  # 照片重复使用
    SHORT = "AN07"  # 时长过短
    BATCH = "AN08"  # 批量打卡
    TWO_POINTS = "AN09"  # 两处刷卡、深夜刷卡
    ABSENT = "AN10"  # 住院、外出期间用餐
    NO_PROOF = "AN11"  # 送餐无凭证、同一签名
    JUMP = "AN12"  # 数量突增、天天相同
    UNSEEN = "AN13"  # 半年无人见到
    SHARED = "AN14"  # 多人共用电话
    ALWAYS_GOOD = "AN15"  # 表单千篇一律
    OVERSPENT = "AN16"  # 补贴超过实付、未达起点
    CALL_BACK = "CB"  # 回访不符
    COMPLAINT = "CP"  # 投诉属实


class Level(StrEnum):
    """What a finding does until a person has decided; no level stops a service."""

    BLOCK = "block"  # the money is held: by the rules it is not due
    HOLD = "hold"  # the money is held: it may not be due
    REVIEW = "review"  # somebody looks; the money goes its way

    @property
    def holds(self) -> bool:
        return self is not Level.REVIEW


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One suspicion, with what was measured on both sides of it.

    Attributes:
        about: what tells it from another finding of the same rule.
        order_id: whose money line is held, where the level holds one.
        other_order_id: the other side of the evidence.
        reason: which part of the rule was hit, one word.
        measured: plain numbers, times and ids; never a name or a number of a person.
        level: instead of the one in the rule file, where only part of it was hit.
    """

    rule: AnomalyRule
    about: str
    station_id: UUID
    street_code: str
    service_on: date
    reason: str
    measured: Json = field(default_factory=dict)
    order_id: UUID | None = None
    other_order_id: UUID | None = None
    elder_id: UUID | None = None
    helper_id: UUID | None = None
    level: Level | None = None

    @property
    def key(self) -> str:
        return f"{self.rule.value}:{self.about}"


@dataclass(frozen=True)
class Threshold:
    """How one rule is set: whether it is on, what it does, and its numbers."""

    level: Level
    numbers: Mapping[str, float]
    enabled: bool = True

    def __getitem__(self, name: str) -> float:
        return self.numbers[name]


BY_PEOPLE: Final = {
    AnomalyRule.CALL_BACK: Threshold(Level.HOLD, {}),
    AnomalyRule.COMPLAINT: Threshold(Level.REVIEW, {}),
}


def thresholds(told: Thresholds) -> dict[AnomalyRule, Threshold]:
    """The rules as a rule file sets them, and the two that no file sets."""
    by_rules = {
        rule: _set(told[rule.value]) for rule in AnomalyRule if rule not in BY_PEOPLE
    }
    return by_rules | BY_PEOPLE


def _set(told: FileThreshold) -> Threshold:
    numbers = told.model_dump(exclude={"enabled", "level"})
    return Threshold(
        level=Level(told.level),
        numbers={name: float(number) for name, number in numbers.items()},
        enabled=told.enabled,
    )
