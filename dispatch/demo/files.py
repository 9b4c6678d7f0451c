"""What else stands in the made-up elders' files: agreements, answers, who answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import SQLModel

from dispatch.access.accounts import Account, Role
from dispatch.clock import town_day
from dispatch.demo.chance import Chance
from dispatch.demo.crew import Hand
from dispatch.demo.elders import Person, is_basic
from dispatch.duties.care_plans import CarePlan
from dispatch.people.agreements import Agreement
from dispatch.people.consents import Consent, Purpose, Said, Voice
from dispatch.people.elder_facts import NOTHING, ElderFact, FactKind, keep_value
from dispatch.people.elders import Elder, Living
from dispatch.people.pauses import Pause, PauseReason
from dispatch.people.responsible import BACKUP, FIRST, Responsible

_SIGNED: Final = 0.95
_SCALE: Final = "GB/T 42195-2022"
_SEVERE: Final = 3  # GB/T 42195: severe, or complete
_HOLDS: Final = timedelta(days=730)  # an assessment
_DIALECTS: Final = ("本地话", "河南话", "四川话", "手语")
_VERSION: Final = "2026-1"


@dataclass
class Files:
    """Rows of the elders' files, table by table; each goes in by itself."""

    agreements: list[Agreement] = field(default_factory=list)
    facts: list[ElderFact] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    responsible: list[Responsible] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    care_plans: list[CarePlan] = field(default_factory=list)

    def tables(self) -> Iterator[Sequence[SQLModel]]:
        yield from (self.agreements, self.facts, self.consents)
        yield from (self.responsible, self.pauses, self.care_plans)


def draw_files(
    seed: int,
    people: list[Person],
    crew: list[Hand],
    accounts: list[Account],
    begins_at: datetime,
) -> Files:
    """The files of these people; what they order and who is due stays as it was."""
    chance, today = Chance(seed, "files"), town_day(begins_at)
    helpers = _helpers(crew)
    desks = {a.station_id: a.id for a in accounts if a.role is Role.STATION}
    files = Files()
    for at, person in enumerate(people):
        elder = person.elder
        _draw_care(chance, person)
        files.facts += _ability(chance, elder)
        files.consents += _answers(chance, elder)
        if is_basic(elder, today):
            if chance.happens(_SIGNED):
                files.agreements.append(_agreement(chance, elder))
            near = helpers.get(elder.station_id, [])
            desk = desks[elder.station_id]
            helper = near[at % len(near)] if near else None
            files.responsible += _answering(chance, elder, helper, desk)
        elif not elder.usual_channel and not elder.ability_level:
            files.pauses += _away(chance, elder, today)
    files.care_plans += _care_plans(Chance(seed, "care plans"), people, today)
    return files


def _care_plans(
    chance: Chance, people: list[Person], today: date
) -> Iterator[CarePlan]:
    """One in four of those who need most has a home-care bed, since last month."""
    begun = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    for person in people:
        elder = person.elder
        if elder.ability_level >= _SEVERE and chance.happens(0.25):
            yield CarePlan(
                id=chance.id(),
                elder_id=elder.id,
                minutes_a_month=chance.choice((600, 900, 1200)),
                from_on=begun,
                words="翻身、擦浴、协助进餐",
                made_at=elder.made_at + timedelta(days=370),
            )


def _helpers(crew: list[Hand]) -> dict[UUID, list[UUID]]:
    """Who of a station may look after somebody."""
    known: dict[UUID, list[UUID]] = {}
    for hand in crew:
        if "visitor" in hand.helper.skills:
            known.setdefault(hand.helper.station_id, []).append(hand.helper.id)
    return known


def _draw_care(chance: Chance, person: Person) -> None:
    elder = person.elder
    elder.fall_risk = elder.ability_level >= 2 and chance.happens(0.5)
    elder.veteran = chance.happens(0.01)
    elder.no_kin = elder.living is Living.ALONE and chance.happens(0.04)
    elder.language = chance.choice(_DIALECTS) if chance.happens(0.05) else ""
    for contact, _ in person.contacts:
        near = contact.relation in ("邻居", "网格员")
        contact.from_hour, contact.until_hour = (7, 22) if near else (0, 24)
        contact.guardian = elder.dementia and contact.rank == 1 and not near


def _ability(chance: Chance, elder: Elder) -> Iterator[ElderFact]:
    if elder.assessed_on is None:
        return
    value = {name: getattr(elder, name) for name in NOTHING[FactKind.ABILITY]}
    yield ElderFact(
        id=chance.id(),
        elder_id=elder.id,
        seq=1,
        kind=FactKind.ABILITY,
        value=keep_value(value),
        from_on=elder.assessed_on,
        until_on=elder.assessed_on + _HOLDS,
        source="assessment",
        about={"scale": _SCALE},
        recorded_at=elder.made_at,
    )


def _answers(chance: Chance, elder: Elder) -> Iterator[Consent]:
    said = [(Purpose.CONTACTLESS, Said.GIVEN)] if elder.contactless_agreed else []
    if elder.photo_consent:
        said.append((Purpose.PHOTO, Said.GIVEN))
    elif chance.happens(0.3):
        said.append((Purpose.PHOTO, Said.REFUSED))
    for seq, (purpose, word) in enumerate(said, start=1):
        yield Consent(
            id=chance.id(),
            elder_id=elder.id,
            seq=seq,
            purpose=purpose,
            version=_VERSION,
            said=word,
            voice=Voice.ELDER,
            means="signature",
            at=elder.made_at,
        )


def _agreement(chance: Chance, elder: Elder) -> Agreement:
    begun = town_day(elder.made_at) + timedelta(days=chance.randint(0, 60))
    return Agreement(
        id=chance.id(),
        elder_id=elder.id,
        station_id=elder.station_id,
        from_on=begun,
        proof=f"签约柜 {chance.randint(1, 9)} 格",
        made_at=elder.made_at,
    )


def _answering(
    chance: Chance, elder: Elder, helper: UUID | None, desk: UUID
) -> Iterator[Responsible]:
    """A helper of the station with its desk as backup, or the desk alone."""
    named = [(FIRST, helper, None), (BACKUP, None, desk)]
    for rank, helper_id, account_id in named if helper else [(FIRST, None, desk)]:
        yield Responsible(
            id=chance.id(),
            elder_id=elder.id,
            rank=rank,
            helper_id=helper_id,
            account_id=account_id,
            from_on=town_day(elder.made_at),
            made_at=elder.made_at,
        )


def _away(chance: Chance, elder: Elder, today: date) -> Iterator[Pause]:
    """A few who order nothing today anyway are in hospital or with their children."""
    if not chance.happens(0.08):
        return
    begun = today - timedelta(days=chance.randint(1, 9))
    reason = chance.choice((PauseReason.HOSPITAL, PauseReason.AWAY))
    until = None
    if reason is PauseReason.AWAY:
        until = today + timedelta(days=chance.randint(2, 20))
    yield Pause(
        id=chance.id(),
        elder_id=elder.id,
        reason=reason,
        from_on=begun,
        until_on=until,
        made_at=elder.made_at + timedelta(days=380),
    )
