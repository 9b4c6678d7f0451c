"""Evidence grades A to E, computed from facts and from nothing else.

A: the person seen, place or code fitting, on time by an honest clock.
B: a named other person, or the person seen without the rest.
C: contactless by recorded agreement, heard or seen, or left there by agreement.
D: a statement without proof: paper typed in later, a phone that was elsewhere, or a
   box that was read and is somebody else's.
E: a coordinator's entry; a meal past its time; a visit shorter than its rule.

A photo never raises a grade: it needs consent, and the way without one is as good.
What a service is to be proved by stands in its row of the catalogue: a visit that lacks
some of it is a B, and only the codes and places that the row names make a meal an A.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from dispatch.catalogue.services import Proof
from dispatch.field.events import FieldKind, Trust
from dispatch.field.merging import HONEST
from dispatch.store.columns import Json

WORST_ACCURACY_METRES: Final = 200
WRONG_BOX: Final = "wrong_box"
FORM: Final = ("health", "mind", "safety", "hygiene", "home")
# What a helper can show at a door; calls and payments are kept elsewhere.
AT_DOORS: Final = frozenset(Proof) - {Proof.CALL, Proof.PAYMENT}
WITH_CONSENT: Final = frozenset({Proof.PHOTO, Proof.RECEIPT})
FORM_WORDS: Final = frozenset({"good", "fair", "poor"})


class Place(StrEnum):
    """What the phone's position says about being at the door."""

    FITS = "fits"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class HandFacts:
    """What is known about one handing-over at a door."""

    kind: FieldKind
    to: str | None = None  # self, family, neighbour, staff
    named: bool = False
    sign: str | None = None  # heard, seen
    agreed: bool = False  # contactless delivery is agreed and recorded
    place: Place = Place.UNKNOWN
    code_fits: bool = False
    in_window: bool = True
    carried_seconds: int | None = None
    longest_carry_seconds: int = 3600
    trust: Trust = Trust.ONLINE
    past_eat_by: bool = False
    wrong_box: bool = False  # the box named with it is not this order's
    accepted: frozenset[Proof] = frozenset()  # of its service; nothing: any


@dataclass(frozen=True)
class VisitFacts:
    """What is known about one visit at home."""

    least_seconds: int
    needs_form: bool
    lasted_seconds: int | None = None  # None: nobody said when it began
    form: Json = field(default_factory=dict)
    place: Place = Place.UNKNOWN
    in_window: bool = True
    trust: Trust = Trust.ONLINE
    required: frozenset[Proof] = (
        frozenset()
    )  # of its service, as far as it can be asked
    given: frozenset[Proof] = frozenset()

    @property
    def missing(self) -> list[str]:
        """The required proofs that were not given."""
        return sorted(proof.value for proof in self.required - self.given)


@dataclass(frozen=True)
class Graded:
    """A grade with the facts that decided it."""

    grade: str
    basis: Json
    flags: tuple[str, ...] = ()


def place_of(
    distance_metres: float | None, accuracy_metres: float | None, radius_metres: int
) -> Place:
    """Whether a phone was at a door, as far as its position can tell."""
    if distance_metres is None:
        return Place.UNKNOWN
    doubt = accuracy_metres or 0.0
    if distance_metres - doubt > radius_metres:
        return Place.ELSEWHERE
    fits = doubt <= WORST_ACCURACY_METRES and distance_metres <= radius_metres
    return Place.FITS if fits else Place.UNKNOWN


def grade_meal(facts: HandFacts) -> Graded:
    """The grade of a meal handed over or left at a door."""
    at_door = _at_door(facts)
    on_time = _on_time(facts)
    grade, flags = _by_whom(facts, at_door=at_door, on_time=on_time), []
    if facts.place is Place.ELSEWHERE:
        flags.append("position_elsewhere")
        grade = grade if facts.code_fits else max(grade, "D")
    if _is_left(facts) and not facts.agreed:
        flags.append("no_agreement")
    if facts.wrong_box:
        flags.append(WRONG_BOX)
        grade = max(grade, "D")
    if facts.past_eat_by:
        flags.append("past_eat_by")
        grade = "E"
    basis = {
        "how": facts.kind.value,
        "to": facts.to,
        "named": facts.named,
        "sign": facts.sign,
        "agreed": facts.agreed,
        "place": facts.place.value,
        "code_fits": facts.code_fits,
        "on_time": on_time,
        "trust": facts.trust.value,
    }
    return Graded(grade, {k: v for k, v in basis.items() if v is not None}, (*flags,))


def grade_visit(facts: VisitFacts) -> Graded:
    """The grade of a visit or another service at home."""
    long_enough = (facts.lasted_seconds or 0) >= facts.least_seconds
    formed = not facts.needs_form or form_is_whole(facts.form)
    on_time = facts.in_window and facts.trust in HONEST
    flags: tuple[str, ...] = ()
    if not long_enough:
        grade, flags = "E", ("too_short",)
    elif facts.place is Place.ELSEWHERE:
        grade, flags = "D", ("position_elsewhere",)
    else:
        whole = facts.place is Place.FITS and formed and not facts.missing
        grade = "A" if whole and on_time else "B"
    if facts.missing:
        flags = (*flags, "proof_missing")
    basis: Json = {
        "how": FieldKind.VISIT_ENDED.value,
        "lasted_seconds": facts.lasted_seconds,
        "least_seconds": facts.least_seconds,
        "form": form_is_whole(facts.form),
        "place": facts.place.value,
        "on_time": on_time,
        "trust": facts.trust.value,
    }
    if facts.missing:
        basis["missing"] = facts.missing
    return Graded(grade, basis, flags)


def required_of(named: Iterable[str], *, photo_consent: bool) -> frozenset[Proof]:
    """What of a service's proofs is asked for at a door; without consent no picture."""
    asked = AT_DOORS & {Proof(name) for name in named}
    return asked if photo_consent else asked - WITH_CONSENT


def form_is_whole(form: Json) -> bool:
    """Each of the five questions has one of the three answers."""
    return all(form.get(question) in FORM_WORDS for question in FORM)


def _by_whom(facts: HandFacts, *, at_door: bool, on_time: bool) -> str:
    if _is_left(facts):
        if not facts.agreed:
            return "E"
        return "C" if at_door or facts.sign else "D"
    if facts.to == "self":
        return "A" if at_door and on_time else "B"
    if facts.to is None:
        return "D"
    return "B" if facts.named else "C"


def _at_door(facts: HandFacts) -> bool:
    """A code or a place says so, of those that the service takes."""
    takes = facts.accepted & {Proof.CODE, Proof.PLACE} or {Proof.CODE, Proof.PLACE}
    by_code = facts.code_fits and Proof.CODE in takes
    return by_code or (facts.place is Place.FITS and Proof.PLACE in takes)


def _is_left(facts: HandFacts) -> bool:
    return facts.kind is not FieldKind.HANDED_OVER


def _on_time(facts: HandFacts) -> bool:
    carried = facts.carried_seconds or 0
    hot = carried <= facts.longest_carry_seconds
    return facts.in_window and hot and facts.trust in HONEST
