"""Keeping the catalogue: services, skills, labels and holidays are rows."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlmodel import col, select

from dispatch.catalogue.calendar import (
    CalendarDay,
    CalendarYear,
    Day,
    DayKind,
    Year,
    show_year,
)
from dispatch.catalogue.services import Assist, Proof, SameSex, Service, UnknownService
from dispatch.catalogue.skills import Skill
from dispatch.errors import BadInput, Conflict
from dispatch.log.audit import write_down
from dispatch.store.unit_of_work import UnitOfWork

_KINDS = {
    "放假": DayKind.HOLIDAY,
    "上班": DayKind.MAKE_UP,
    "holiday": DayKind.HOLIDAY,
    "make_up": DayKind.MAKE_UP,
    "平日": DayKind.WORKDAY,
    "周末": DayKind.WEEKEND,
}


class ServiceExists(Conflict):
    """这个服务代码已经有了，没有保存。"""

    code = "service_exists"


class SkillUnknown(BadInput):
    """技能目录里没有这一项，没有保存。请先添加技能。"""

    code = "skill_unknown"


class AssistUnknown(BadInput):
    """没有这个服务类别，没有保存。"""

    code = "assist_unknown"


class CalendarUnclear(BadInput):
    """节假日表格有误，没有保存。"""

    code = "calendar_unclear"


@dataclass(frozen=True, kw_only=True)
class ServiceDraft:
    """A service as it should stand in the catalogue."""

    code: str
    assist: str
    name: str
    minutes: int
    people: int = 1
    skills: tuple[str, ...] = ()
    price_fen: int = 0
    unit: str = "次"
    same_sex: SameSex = SameSex.ANY
    proofs: tuple[Proof, ...] = ()
    active: bool = True


def add_service(uow: UnitOfWork, draft: ServiceDraft) -> Service:
    """A new service; it can be ordered and is planned from now on.

    Raises:
        ServiceExists, SkillUnknown, AssistUnknown: nothing was kept.
    """
    if uow.session.get(Service, draft.code) is not None:
        raise ServiceExists
    service = Service(code=draft.code, assist="", name="", minutes=0)
    return _set(uow, service, draft, "add_service")


def change_service(uow: UnitOfWork, draft: ServiceDraft) -> Service:
    """Change a service; orders that stand keep the price they were made with.

    Raises:
        UnknownService, SkillUnknown, AssistUnknown: nothing was kept.
    """
    service = uow.session.get(Service, draft.code, with_for_update=True)
    if service is None:
        raise UnknownService
    return _set(uow, service, draft, "change_service")


def add_skill(uow: UnitOfWork, code: str, name: str, *, certified: bool) -> Skill:
    """A skill that services may ask for, or another name for one.

    Args:
        certified: it counts only with a valid certificate.
    """
    skill = uow.session.merge(Skill(code=code, name=name, certified=certified))
    uow.session.flush()
    write_down(uow, "set_skill", "skill", id_of("skill", code))
    return skill


def set_assist(
    uow: UnitOfWork, code: str, label: str, *, one_of_six: bool, rank: int
) -> Assist:
    """Name a class of services as this district calls it."""
    kept = Assist(code=code, label=label, one_of_six=one_of_six, rank=rank)
    assist = uow.session.merge(kept)
    uow.session.flush()
    write_down(uow, "set_assist", "assist", id_of("assist", code))
    return assist


def put_in_year(uow: UnitOfWork, year: int, notice: str, days: Sequence[Day]) -> Year:
    """Let these be the district's own days of a year, and no others.

    Raises:
        CalendarUnclear: a day is of another year, or stands there twice.
    """
    if any(each.falls_on.year != year for each in days):
        raise CalendarUnclear(f"表格里有不属于 {year} 年的日期，没有保存。")
    if len({each.falls_on for each in days}) != len(days):
        raise CalendarUnclear("表格里有重复的日期，没有保存。")
    own = select(CalendarDay).where(
        CalendarDay.falls_on >= date(year, 1, 1),
        CalendarDay.falls_on <= date(year, 12, 31),
    )
    for old in uow.session.exec(own).all():
        uow.session.delete(old)
    uow.session.flush()
    uow.session.add_all(
        CalendarDay(falls_on=each.falls_on, kind=each.kind, name=each.name)
        for each in days
    )
    uow.session.merge(CalendarYear(year=year, notice=notice))
    uow.session.flush()
    write_down(uow, "put_in_year", "calendar", id_of("calendar", str(year)))
    return show_year(uow.session, year)


def read_days(text: str) -> list[Day]:
    """Lines `2027-01-01,放假,元旦` as days; a header and empty lines are skipped.

    Raises:
        CalendarUnclear: names the first line that is none.
    """
    days = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        cells = [cell.strip() for cell in line.replace("，", ",").split(",")]
        if not any(cells) or (number == 1 and cells[0] in ("日期", "date")):
            continue
        days.append(_day(cells, number))
    return days


def id_of(kind: str, code: str) -> UUID:
    """The id under which the audit and the story know what has only a code."""
    return uuid5(NAMESPACE_OID, f"liuzhu {kind} {code}")


def _day(cells: Sequence[str], number: int) -> Day:
    try:
        on = date.fromisoformat(cells[0])
        kind = _KINDS[cells[1]]
    except (ValueError, KeyError, IndexError) as wrong:
        raise CalendarUnclear(
            f"第 {number} 行看不懂，没有保存。每行应为：2027-01-01,放假,元旦"
        ) from wrong
    return Day(on, kind, (cells[2] if len(cells) > 2 else "")[:20])


def _set(
    uow: UnitOfWork, service: Service, draft: ServiceDraft, action: str
) -> Service:
    _must_be_known(uow, draft.skills)
    if uow.session.get(Assist, draft.assist) is None:
        raise AssistUnknown
    for name, value in asdict(draft).items():
        setattr(service, name, list(value) if isinstance(value, tuple) else value)
    uow.session.add(service)
    uow.session.flush()
    write_down(uow, action, "service", id_of("service", service.code))
    return service


def _must_be_known(uow: UnitOfWork, skills: Collection[str]) -> None:
    query = select(Skill.code).where(col(Skill.code).in_(list(skills)))
    known: set[str] = {*uow.session.exec(query)}
    if set(skills) - known:
        raise SkillUnknown
