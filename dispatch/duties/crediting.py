"""Crediting: which encounter fulfils which duty, and none of them twice.

A slot is one time that a duty wants in one period. Slots are filled in their order;
a slot that is filled stays filled, because a later one may only send an encounter on
to another slot that takes it as well. So the more urgent duties come first, and as
many are filled as can be.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.duties.encounters import Encounter
from dispatch.duties.periods import Span
from dispatch.duties.rules import DutyRule


@dataclass(frozen=True)
class Slot:
    """One time of one duty in one period."""

    rule: DutyRule
    span: Span

    def takes(self, encounter: Encounter) -> bool:
        return self.span.holds(encounter.on) and self.rule.takes(encounter)


def credited(
    slots: Sequence[Slot], encounters: Sequence[Encounter]
) -> dict[int, Encounter]:
    """Give slots their encounters, each at most one, each encounter at most once.

    Returns:
        the encounter of each filled slot, by the slot's number.
    """
    fits = [
        [n for n, encounter in enumerate(encounters) if slot.takes(encounter)]
        for slot in slots
    ]
    owner: dict[int, int] = {}
    for number in range(len(slots)):
        _find_place(number, fits, owner, set())
    return {slot: encounters[encounter] for encounter, slot in owner.items()}


def _find_place(
    slot: int, fits: Sequence[Sequence[int]], owner: dict[int, int], seen: set[int]
) -> bool:
    """Fill a slot; whoever has its encounter may have to take another one."""
    for encounter in fits[slot]:
        if encounter in seen:
            continue
        seen.add(encounter)
        holder = owner.get(encounter)
        if holder is None or _find_place(holder, fits, owner, seen):
            owner[encounter] = slot
            return True
    return False
