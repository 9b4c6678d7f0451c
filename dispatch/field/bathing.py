"""The hold rule of a bath: what must be measured before, and when nobody begins.

The phone judges by the same numbers (`courier/bathing.ts`) before it lets anybody
begin; here an event that began all the same is flagged for a person. Nothing is undone.
"""

from collections.abc import Mapping
from typing import Final

from dispatch.field.events import FieldKind
from dispatch.store.columns import Json

# From the lowest to the highest that may bathe: degrees, mmHg, beats a minute.
MAY_BATHE: Final[Mapping[str, tuple[float, float]]] = {
    "temperature": (35.5, 37.2),
    "systolic": (90, 159),
    "diastolic": (60, 99),
    "pulse": (50, 100),
}
UNCHECKED: Final = "bath_unchecked"
AGAINST_RULE: Final = "bath_against_rule"


def bath_flag(service: str, kind: FieldKind, detail: Json) -> str | None:
    """What is wrong with how a bath was begun; None for everything else."""
    if not service.startswith("BATH") or kind is not FieldKind.VISIT_BEGUN:
        return None
    values = detail.get("values")
    measured = values if isinstance(values, dict) else {}
    numbers = [_number(measured.get(name)) for name in MAY_BATHE]
    if None in numbers:
        return UNCHECKED
    limits = zip(numbers, MAY_BATHE.values(), strict=True)
    fit = all(n is not None and low <= n <= high for n, (low, high) in limits)
    return None if fit and not detail.get("signs") else AGAINST_RULE


def _number(told: object) -> float | None:
    is_one = isinstance(told, int | float) and not isinstance(told, bool)
    return float(told) if is_one else None  # type: ignore[arg-type]
