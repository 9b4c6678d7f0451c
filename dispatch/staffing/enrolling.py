"""Enrolling helpers, and what is known of each: papers, guardian, limits, area."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID, uuid4

from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.catalogue.skills import Skill
from dispatch.clock import town_day
from dispatch.errors import BadInput, NotFound
from dispatch.log.audit import write_down
from dispatch.people.areas import set_area
from dispatch.people.certificates import Certificate, PaperKind
from dispatch.people.elders import age_on
from dispatch.people.guardians import MAY_BE_EMPLOYED, Guardian
from dispatch.people.helpers import Helper, HelperKind, TravelMode
from dispatch.people.limits import HelperLimits
from dispatch.people.places import Station
from dispatch.people.vault import seal
from dispatch.staffing.rounds import plan_anew
from dispatch.staffing.telling import tell_helper
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork


class TooYoung(BadInput):
    """未满 16 周岁只能做志愿者，没有保存。"""

    code = "too_young"


class UnknownSkill(BadInput):
    """技能目录里没有这一项，没有保存。请先在服务目录里添加。"""

    code = "unknown_skill"


class PaperDates(BadInput):
    """证件的起止日期不对，没有保存。"""

    code = "paper_dates"


@dataclass(frozen=True, kw_only=True)
class HelperDraft:
    """Somebody new. Skills that need a paper count from the day of the paper."""

    station_id: UUID
    kind: HelperKind
    mode: TravelMode
    name: str
    phone: str
    capacity: int = 8
    max_work_seconds: int = 4 * 3600
    skills: tuple[str, ...] = ()
    sex: str | None = None
    born_on: date | None = None
    paper: bool = False


@dataclass(frozen=True, kw_only=True)
class PaperDraft:
    """One paper as it lies on the desk; its number goes into the vault."""

    kind: PaperKind
    from_on: date
    until_on: date
    skill: str | None = None
    issuer: str = ""
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class LimitsDraft:
    """What a helper offers at most; None is no own limit."""

    max_work_seconds: int
    most_floors: int | None = None
    most_stops: int | None = None
    four_weeks_seconds: int | None = None
    heat_seconds: int | None = None
    rest_seconds: int | None = None
    communities: tuple[str, ...] = field(default=())


def enrol_helper(uow: UnitOfWork, draft: HelperDraft, *, key: str | None) -> Helper:
    """A new helper of a station within reach. Volunteers need accident insurance.

    Raises:
        NotFound: no such station within reach.
        TooYoung, UnknownSkill: nothing was kept.
        KeyMissing, KeyReused
    """
    masked = replace(draft, name="", phone="")
    made = claim(uow, key, "helper", vars(masked))
    if made:
        return get_scoped(uow, Helper, made)
    station = get_scoped(uow, Station, draft.station_id)
    _must_be_old_enough(draft, town_day(uow.now))
    _must_be_known(uow, draft.skills)
    helper = Helper(
        id=uuid4(),
        station_id=station.id,
        street_code=station.street_code,
        kind=draft.kind,
        mode=draft.mode,
        capacity=draft.capacity,
        max_work_seconds=draft.max_work_seconds,
        skills=sorted(set(draft.skills)),
        paper=draft.paper,
        shows_position=draft.kind is not HelperKind.VOLUNTEER,
        sex=draft.sex,
        born_on=draft.born_on,
        must_be_insured=draft.kind is HelperKind.VOLUNTEER,
    )
    uow.session.add(helper)
    uow.session.flush()
    seal(uow.session, helper.id, {"name": draft.name, "phone": draft.phone})
    tell_helper(uow, helper, "helper.enrolled")
    keep_result(uow, key or "", helper.id)
    return helper


def add_paper(uow: UnitOfWork, helper_id: UUID, draft: PaperDraft) -> Certificate:
    """File a certificate or an insurance; it counts on its days and on no other.

    Raises:
        NotFound: no such helper within reach.
        UnknownSkill, PaperDates: nothing was kept.
    """
    helper = get_scoped(uow, Helper, helper_id, lock=True)
    if draft.until_on < draft.from_on:
        raise PaperDates
    if (draft.kind is PaperKind.CERTIFICATE) is (draft.skill is None):
        raise UnknownSkill
    _must_be_known(uow, [draft.skill] if draft.skill else [])
    paper = Certificate(
        id=uuid4(),
        helper_id=helper.id,
        kind=draft.kind,
        skill=draft.skill,
        issuer=draft.issuer,
        from_on=draft.from_on,
        until_on=draft.until_on,
    )
    uow.session.add(paper)
    uow.session.flush()
    if draft.number:
        seal(uow.session, paper.id, {"number": draft.number})
    tell_helper(uow, helper, "helper.paper_filed")
    return paper


def end_paper(uow: UnitOfWork, paper_id: UUID, last_on: date) -> int:
    """Let a paper count up to a day only; rounds that it carried are planned anew.

    Returns:
        how many waves are planned anew.

    Raises:
        NotFound: no such paper within reach.
        PaperDates: the day lies before the paper's first.
    """
    paper = uow.session.get(Certificate, paper_id, with_for_update=True)
    if paper is None:
        raise NotFound("没有找到这份证件。")
    helper = get_scoped(uow, Helper, paper.helper_id)
    if last_on < paper.from_on:
        raise PaperDates
    paper.ended_on = last_on
    uow.session.add(paper)
    tell_helper(uow, helper, "helper.paper_ended")
    return plan_anew(uow, helper.id)


def set_guardian(
    uow: UnitOfWork, helper_id: UUID, relation: str, name: str, phone: str
) -> Guardian:
    """Somebody consents today that a helper under age goes out.

    Raises:
        NotFound: no such helper within reach.
    """
    helper = get_scoped(uow, Helper, helper_id, lock=True)
    query = select(Guardian).where(Guardian.helper_id == helper.id)
    guardian = uow.session.exec(query).first() or Guardian(
        id=uuid4(), helper_id=helper.id, relation="", consented_on=town_day(uow.now)
    )
    guardian.relation, guardian.withdrawn_on = relation, None
    guardian.consented_on = town_day(uow.now)
    uow.session.add(guardian)
    uow.session.flush()
    seal(uow.session, guardian.id, {"name": name, "phone": phone})
    tell_helper(uow, helper, "helper.consented")
    return guardian


def withdraw_consent(uow: UnitOfWork, helper_id: UUID) -> int:
    """The guardian no longer consents, from today on; see `end_paper`.

    Raises:
        NotFound: no such helper within reach, or nobody has consented.
    """
    helper = get_scoped(uow, Helper, helper_id, lock=True)
    query = select(Guardian).where(Guardian.helper_id == helper.id)
    guardian = uow.session.exec(query).first()
    if guardian is not None:
        guardian.withdrawn_on = town_day(uow.now)
        uow.session.add(guardian)
        tell_helper(uow, helper, "helper.consent_withdrawn")
    return plan_anew(uow, helper.id)


def set_limits(uow: UnitOfWork, helper_id: UUID, draft: LimitsDraft) -> int:
    """What a helper offers at most and where they are at home; see `end_paper`.

    Raises:
        NotFound: no such helper within reach.
    """
    helper = get_scoped(uow, Helper, helper_id, lock=True)
    helper.max_work_seconds = draft.max_work_seconds
    limits = uow.session.get(HelperLimits, helper.id) or HelperLimits(
        helper_id=helper.id
    )
    limits.most_floors, limits.most_stops = draft.most_floors, draft.most_stops
    limits.four_weeks_seconds = draft.four_weeks_seconds
    limits.heat_seconds = draft.heat_seconds
    limits.rest_seconds = draft.rest_seconds
    uow.session.add_all([helper, limits])
    set_area(uow.session, helper.id, draft.communities)
    write_down(uow, "set_limits", "helper", helper.id)
    tell_helper(uow, helper, "helper.limited")
    return plan_anew(uow, helper.id)


def _must_be_old_enough(draft: HelperDraft, today: date) -> None:
    if draft.born_on is None or draft.kind is HelperKind.VOLUNTEER:
        return
    if age_on(draft.born_on, today) < MAY_BE_EMPLOYED:
        raise TooYoung


def _must_be_known(uow: UnitOfWork, skills: Collection[str]) -> None:
    query = select(Skill.code).where(col(Skill.code).in_(list(skills)))
    known: set[str] = {*uow.session.exec(query)}
    if set(skills) - known:
        raise UnknownSkill
