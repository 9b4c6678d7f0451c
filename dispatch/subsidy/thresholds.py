"""Thresholds of the anomalies AN01 to AN16, as the rule file has them.

What a file does not say holds as it stands here: a district that is silent is
looked after all the same, and switches one off by `enabled = false`.
"""

from typing import Annotated, Literal

from pydantic import Field

from dispatch.subsidy.elder_rules import Count
from dispatch.subsidy.station_rules import Share
from dispatch.subsidy.strict import Strict

# `block` grants nothing, `hold` keeps the money line back, `review` only asks.
Level = Literal["block", "hold", "review"]
Bits = Annotated[int, Field(ge=0, le=64)]
Deviation = (
    Annotated[int, Field(gt=0)] | Annotated[float, Field(gt=0, allow_inf_nan=False)]
)


class Threshold(Strict):
    """Whether an anomaly is looked for, and what finding it does."""

    enabled: bool = True
    level: Level = "review"


class Blocking(Threshold):
    level: Level = "block"


class Holding(Threshold):
    level: Level = "hold"


class Travel(Holding):
    """AN04: two services of one helper that nobody can reach in time."""

    max_speed_kmh: Count = 60


class Position(Holding):
    """AN05: signed in far from home, without a fix, or with a made-up one."""

    distance_m: Count = 300
    accuracy_m: Count = 200


class PhotoAgain(Holding):
    """AN06: a photo that is, or nearly is, an older one."""

    hash_bits: Bits = 6
    lookback_days: Count = 180


class Short(Threshold):
    """AN07: shorter than a share of the standard time."""

    min_duration_pct: Share = 50


class Batch(Threshold):
    """AN08: so many completions by one device within so many seconds."""

    orders: Count = 5
    seconds: Count = 60


class Card(Holding):
    """AN09: one person at two points that nobody can reach in time."""

    max_speed_kmh: Count = 60


class Signature(Threshold):
    """AN11: no proof at all, or one signature for more addresses than this."""

    addresses: Count = 3


class Jump(Threshold):
    """AN12: a count far from its own median of weeks, or the same every day."""

    robust_z: Deviation = 4.0
    weeks: Count = 8


class Silent(Threshold):
    """AN13: nobody met the elder for so many days."""

    days: Count = 180


class SharedPhone(Threshold):
    """AN14: so many elders behind one telephone number."""

    elders: Count = 4


class SameAnswers(Threshold):
    """AN15: so many visits in a row with the same answers throughout."""

    visits: Count = 10


class Thresholds(Strict):
    """The table `anomaly` of a rule file."""

    AN01: Blocking = Blocking()
    AN02: Blocking = Blocking()
    AN03: Blocking = Blocking()
    AN04: Travel = Travel()
    AN05: Position = Position()
    AN06: PhotoAgain = PhotoAgain()
    AN07: Short = Short()
    AN08: Batch = Batch()
    AN09: Card = Card()
    AN10: Holding = Holding()
    AN11: Signature = Signature()
    AN12: Jump = Jump()
    AN13: Silent = Silent()
    AN14: SharedPhone = SharedPhone()
    AN15: SameAnswers = SameAnswers()
    AN16: Blocking = Blocking()

    def __getitem__(self, rule: str) -> Threshold:
        """By name, such as `AN05`. Raises: KeyError."""
        if rule not in type(self).model_fields:
            raise KeyError(rule)
        found: Threshold = getattr(self, rule)
        return found
