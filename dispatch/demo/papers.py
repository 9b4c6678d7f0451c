"""The crew's papers and weeks: what helpers show, and when they usually work."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from dispatch.catalogue.skills import Skill
from dispatch.clock import town_seconds
from dispatch.demo.chance import Chance
from dispatch.demo.crew import Hand
from dispatch.people.certificates import Certificate, PaperKind
from dispatch.people.helpers import HelperKind
from dispatch.people.week_patterns import WeekPattern

_SKILLS: Final = {  # code: name, and whether it needs a paper
    "health_certificate": ("健康证", True),
    "visitor": ("探访", False),
    "vitals": ("健康监测", True),
    "personal_care": ("生活照护", True),
    "foot_care": ("修甲护足", False),
    "bathing": ("助浴", True),
    "feeding": ("协助进餐", False),
    "first_aid": ("急救", True),
    "cleaning": ("保洁", False),
    "escort": ("陪诊", True),
    "barber": ("理发", False),
    "repair": ("维修", False),
    "wheelchair": ("轮椅", False),
    "stair_climber": ("爬楼机", True),
    "social_work": ("社工", False),
    "assessor": ("评估", True),
}
_YEARS: Final = 2
_SOON_SHARE: Final = 0.06  # of the papers run out within the month
_WEEKDAYS: Final = range(5)


def skills() -> list[Skill]:
    """Every skill that the catalogue asks for."""
    return [
        Skill(code=code, name=name, certified=certified)
        for code, (name, certified) in _SKILLS.items()
    ]


def draw_papers(
    seed: int, crew: list[Hand], today: date
) -> tuple[list[Certificate], dict[UUID, dict[str, str]]]:
    """A paper for each certified skill, insurance for volunteers; all hold today."""
    chance = Chance(seed, "papers")
    papers: list[Certificate] = []
    numbers: dict[UUID, dict[str, str]] = {}
    for hand in crew:
        shown = [skill for skill in hand.helper.skills if _SKILLS[skill][1]]
        kinds = [(PaperKind.CERTIFICATE, skill) for skill in shown]
        insured: list[tuple[PaperKind, str | None]] = [*kinds]
        if hand.helper.kind is HelperKind.VOLUNTEER:
            hand.helper.must_be_insured = True
            insured.append((PaperKind.INSURANCE, None))
        for kind, skill in insured:
            paper = _paper(chance, hand, kind, skill, today)
            papers.append(paper)
            numbers[paper.id] = {"number": f"119900{chance.randrange(10**8):08d}"}
    return papers, numbers


def _paper(
    chance: Chance, hand: Hand, kind: PaperKind, skill: str | None, today: date
) -> Certificate:
    soon = chance.happens(_SOON_SHARE)
    left = chance.randrange(1, 29) if soon else chance.randrange(40, 365 * _YEARS - 1)
    until = today + timedelta(days=left)
    return Certificate(
        id=chance.id(),
        helper_id=hand.helper.id,
        kind=kind,
        skill=skill,
        issuer="清和区演示机构",
        from_on=until - timedelta(days=365 * _YEARS),
        until_on=until,
    )


def draw_weeks(seed: int, crew: list[Hand], today: date) -> list[WeekPattern]:
    """The day's shifts as the pattern of a week; the day's own are laid out by it."""
    chance = Chance(seed, "weeks")
    found = []
    for hand in crew:
        for shift in hand.shifts:
            for weekday in sorted({*_WEEKDAYS, today.weekday()}):
                pattern = WeekPattern(
                    id=chance.id(),
                    helper_id=hand.helper.id,
                    weekday=weekday,
                    begins=town_seconds(shift.starts_at, today),
                    ends=town_seconds(shift.ends_at, today),
                    from_on=today,
                )
                found.append(pattern)
                if weekday == today.weekday():
                    shift.pattern_id = pattern.id
    return found
