"""Lies about the person: dead, away, in an institution, unseen, one phone for many."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from dispatch.clock import town_moment
from dispatch.demo.past.cast import Eater
from dispatch.demo.past.lying import Liar, Lie
from dispatch.people.elders import Elder
from dispatch.people.pauses import Pause, PauseReason
from dispatch.people.vault import seal
from dispatch.store.unit_of_work import UnitOfWork


def unseen_for_long(liar: Liar) -> None:
    """AN13: booked every day, and nobody has seen them for eight months."""
    for eater in liar.elders(max(2, liar.many // 10), lambda e: True):
        liar.of_elder(eater)
        ago = town_moment(liar.month[0], 0) - timedelta(days=240)
        liar.after.append(_setting(eater.id, last_seen_at=ago, last_visit_at=None))
        liar.truth.tell("AN13", eater.id)


def one_phone(liar: Liar) -> None:
    """AN14: five elders with one telephone, in five homes."""
    for n in range(max(1, liar.many // 40)):
        five: dict[UUID, Eater] = {}
        for eater in liar.elders(30, lambda e: True):
            five.setdefault(eater.household_id, eater)
        some = list(five.values())[:5]
        number = f"1990000{liar.chance.randrange(1000):03d}{n}"
        for eater in some:
            liar.after.append(_telephoning(eater.id, number))
        liar.truth.tell("AN14", *(eater.id for eater in some))


def served_after_death(liar: Liar) -> None:
    """AN01: the death was told late, and the meals went on."""
    died_on = liar.month[len(liar.month) * 2 // 3]
    for eater in liar.elders(max(2, liar.many // 5), lambda e: True):
        for past in liar.of_elder(eater):
            if past.on > died_on:
                liar.truth.tell("AN01", past.id)
        liar.after.append(_setting(eater.id, died_on=died_on))


def home_meals_of_a_resident(liar: Liar) -> None:
    """AN03: somebody who moved into an institution is still granted meals at home."""
    for eater in liar.elders(max(2, liar.many // 8), lambda e: True):
        for past in liar.of_elder(eater):
            if any(line.subsidy.startswith("meal-") for line in past.lines):
                liar.truth.tell("AN03", past.id)
        liar.after.append(_setting(eater.id, resides_in_institution=True))


def ate_in_hospital(liar: Liar) -> None:
    """AN10: a stay in hospital, told afterwards, and meals all the while."""
    from_on = liar.month[len(liar.month) // 3]
    until_on = from_on + timedelta(days=8)
    for eater in liar.elders(max(2, liar.many // 5), lambda e: True):
        for past in liar.of_elder(eater):
            if from_on < past.on < until_on:
                liar.truth.tell("AN10", past.id)
        liar.after.append(_pausing(eater.id, from_on, until_on))


def _setting(elder_id: UUID, **values: Any) -> Callable[[UnitOfWork], None]:
    def do(uow: UnitOfWork) -> None:
        elder = uow.session.get_one(Elder, elder_id)
        for name, value in values.items():
            setattr(elder, name, value)
        uow.session.add(elder)

    return do


def _pausing(
    elder_id: UUID, from_on: date, until_on: date
) -> Callable[[UnitOfWork], None]:
    def do(uow: UnitOfWork) -> None:
        uow.session.add(
            Pause(
                elder_id=elder_id,
                reason=PauseReason.HOSPITAL,
                from_on=from_on,
                until_on=until_on,
                made_at=uow.now,
            )
        )

    return do


def _telephoning(elder_id: UUID, number: str) -> Callable[[UnitOfWork], None]:
    return lambda uow: seal(uow.session, elder_id, {"phone": number})


ABOUT_PEOPLE: Final[tuple[Lie, ...]] = (
    unseen_for_long,
    one_phone,
    served_after_death,
    home_meals_of_a_resident,
    ate_in_hospital,
)
