"""What staff write down for the time bank: kin, guardians, teams."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict, NotFound
from dispatch.field.evidence import Evidence
from dispatch.log.audit import write_down
from dispatch.orders.orders import Order, OrderState, get_order
from dispatch.people.elders import Elder
from dispatch.people.helpers import Helper
from dispatch.people.places import Station
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.timebank.accounts import Team, TeamMember
from dispatch.timebank.kin import GuardianCame, Kin, Relation
from dispatch.timebank.minting import mint


class KinAlready(Conflict):
    """这两人的亲属关系已经登记，没有重复保存。"""

    code = "kin_already"


class NotUnderAge(BadInput):
    """这位助老员当天已成年，不需要监护人在场。"""

    code = "not_under_age"


class InATeamAlready(Conflict):
    """这位助老员已在一个团队里，没有保存。请先退出原团队。"""

    code = "in_a_team_already"


class TeamNamed(Conflict):
    """已有同名的团队，没有保存。"""

    code = "team_named"


def verify_kin(
    uow: UnitOfWork, helper_id: UUID, elder_id: UUID, relation: Relation, proof: str
) -> Kin:
    """Staff have seen the paper that says so.

    Raises:
        NotFound: no such helper or elder within reach.
        KinAlready: nothing was kept.
    """
    helper = get_scoped(uow, Helper, helper_id)
    elder = get_scoped(uow, Elder, elder_id)
    made = Kin(
        helper_id=helper.id,
        elder_id=elder.id,
        relation=relation,
        proof=proof,
        verified_at=uow.now,
        verified_by=uow.actor.account_id,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(made)
            uow.session.flush()
    except IntegrityError as twin:
        raise KinAlready from twin
    write_down(uow, "verify_kin", "elder", elder.id, purpose=f"helper {helper.id}")
    return made


def end_kin(uow: UnitOfWork, kin_id: UUID) -> None:
    """The kinship was written down in error. Raises: NotFound."""
    found = uow.session.get(Kin, kin_id)
    if found is None:
        raise NotFound
    get_scoped(uow, Helper, found.helper_id)
    found.ended_at = uow.now
    uow.session.add(found)
    write_down(uow, "end_kin", "elder", found.elder_id)


def guardian_came(uow: UnitOfWork, helper_id: UUID, on: date) -> int:
    """Staff saw the guardian of a helper under age with them on a day; what waited
    for that is minted now.

    Returns:
        how many orders of that day were looked at anew.

    Raises:
        NotFound, NotUnderAge: nothing was kept.
    """
    helper = get_scoped(uow, Helper, helper_id)
    if not helper.is_minor_on(on) or on > town_day(uow.now):
        raise NotUnderAge
    if uow.session.get(GuardianCame, (helper.id, on)) is None:
        uow.session.add(
            GuardianCame(
                helper_id=helper.id,
                came_on=on,
                said_at=uow.now,
                said_by=uow.actor.account_id,
            )
        )
        uow.session.flush()
    orders = uow.session.exec(
        select(Order.id)
        .join(Evidence, col(Evidence.order_id) == col(Order.id))
        .where(Evidence.helper_id == helper.id, Order.serve_on == on)
        .where(Order.state == OrderState.DONE)
        .order_by(col(Evidence.at), col(Order.id))
    ).all()
    for order_id in dict.fromkeys(orders):
        mint(uow, get_order(uow.session, order_id, lock=True))
    return len(set(orders))


def make_team(
    uow: UnitOfWork, station_id: UUID, name: str, *, key: str | None
) -> Team | None:
    """A team of volunteers; None where this request made it before.

    Raises:
        NotFound: no such station within reach.
        TeamNamed: nothing was kept.
    """
    station = get_scoped(uow, Station, station_id)
    if not takes_effect(uow, key, "time_team", [station_id, name]):
        return None
    team = Team(
        station_id=station_id,
        street_code=station.street_code,
        name=name,
        made_at=uow.now,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(team)
            uow.session.flush()
    except IntegrityError as twin:
        raise TeamNamed from twin
    return team


def join_team(uow: UnitOfWork, team_id: UUID, helper_id: UUID) -> None:
    """From today on the helper serves in the team's name.

    Raises: NotFound, InATeamAlready.
    """
    team = get_scoped(uow, Team, team_id)
    helper = get_scoped(uow, Helper, helper_id)
    member = TeamMember(team_id=team.id, helper_id=helper.id, from_on=town_day(uow.now))
    try:
        with uow.session.begin_nested():
            uow.session.add(member)
            uow.session.flush()
    except IntegrityError as twin:
        raise InATeamAlready from twin


def leave_team(uow: UnitOfWork, helper_id: UUID) -> None:
    """Yesterday was the last day; who joined today never was. Raises: NotFound."""
    helper = get_scoped(uow, Helper, helper_id)
    query = select(TeamMember).where(
        TeamMember.helper_id == helper.id, col(TeamMember.until_on).is_(None)
    )
    for member in uow.session.exec(query):
        last = town_day(uow.now) - timedelta(days=1)
        if member.from_on > last:
            uow.session.delete(member)
        else:
            member.until_on = last
            uow.session.add(member)
