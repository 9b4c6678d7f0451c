"""What staff see of the time bank: one helper's kin and team, one elder's minutes."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.catalogue.services import Service
from dispatch.clock import town_day
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.elders import Elder
from dispatch.people.helpers import Helper
from dispatch.people.showing import shown_name
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.timebank.accounts import Team, TimeAccount, team_of
from dispatch.timebank.kin import guardian_came, list_kin
from dispatch.timebank.moves import balance, redeemed_orders
from dispatch.timebank.rules import time_rules_on

_LOOKS_BACK: Final = timedelta(days=30)
_SHOWN: Final = 10


@dataclass(frozen=True, kw_only=True)
class KinOnFile:
    """Verified kin. `may_receive`: the rules let minutes go to them."""

    id: UUID
    name: str
    relation: str
    proof: str
    may_receive: bool


@dataclass(frozen=True, kw_only=True)
class TeamChoice:
    id: UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class HelperTime:
    """`collects`: the rules count this kind of helper's work. `teams`: those of the
    helper's station. `guardian_today`: None where nobody has to come along.
    """

    station_id: UUID
    collects: bool
    minutes: int
    team: TeamChoice | None
    teams: list[TeamChoice]
    kin: list[KinOnFile]
    guardian_today: bool | None


@dataclass(frozen=True, kw_only=True)
class VisitToPay:
    """A visit that was done, and the minutes that it takes if paid with time."""

    order_id: UUID
    service: str
    serve_on: date
    minutes: int


@dataclass(frozen=True, kw_only=True)
class ElderTime:
    minutes: int
    visits: list[VisitToPay]


def show_helper_time(uow: UnitOfWork, helper_id: UUID) -> HelperTime:
    """What the station keeps of a helper for the time bank. Raises: NotFound."""
    helper = get_scoped(uow, Helper, helper_id)
    today = town_day(uow.now)
    rules = time_rules_on(today)
    session = uow.session
    own = session.exec(select(TimeAccount.id).where(TimeAccount.helper_id == helper.id))
    account_id = own.first()
    team_id = team_of(session, helper.id, today)
    team = session.get(Team, team_id) if team_id else None
    near = scoped(uow.actor, Team).where(Team.station_id == helper.station_id)
    kin = list_kin(session, [helper.id])
    names = unseal(session, sorted({one.elder_id for one in kin}), ["name"])
    minor = helper.is_minor_on(today)
    return HelperTime(
        station_id=helper.station_id,
        collects=helper.kind in rules.mint.helpers,
        minutes=balance(session, account_id) if account_id else 0,
        team=TeamChoice(id=team.id, name=team.name) if team else None,
        teams=[
            TeamChoice(id=one.id, name=one.name)
            for one in session.exec(near.order_by(col(Team.name)))
        ],
        kin=[
            KinOnFile(
                id=one.id,
                name=shown_name(uow.actor, names[one.elder_id].get("name", "？")),
                relation=one.relation.value,
                proof=one.proof,
                may_receive=one.relation in rules.use.gift_to,
            )
            for one in kin
        ],
        guardian_today=guardian_came(session, helper.id, today) if minor else None,
    )


def show_elder_time(uow: UnitOfWork, elder_id: UUID) -> ElderTime:
    """An elder's minutes, and the visits of late that they may be used for.

    Raises: NotFound.
    """
    elder = get_scoped(uow, Elder, elder_id)
    own = select(TimeAccount.id).where(TimeAccount.elder_id == elder.id)
    account_id = uow.session.exec(own).first()
    minutes = balance(uow.session, account_id) if account_id else 0
    return ElderTime(
        minutes=minutes,
        visits=_visits(uow, elder.id, minutes) if minutes else [],
    )


def _visits(uow: UnitOfWork, elder_id: UUID, held: int) -> list[VisitToPay]:
    since = town_day(uow.now) - _LOOKS_BACK
    query = (
        select(Order, Evidence, Service.name)
        .join(Evidence, col(Evidence.order_id) == col(Order.id))
        .join(Service, col(Service.code) == col(Order.service))
        .where(Order.elder_id == elder_id, Order.channel == Channel.VISIT)
        .where(Order.state == OrderState.DONE, Evidence.counts)
        .where(Order.serve_on >= since)
        .where(col(Order.id).not_in(redeemed_orders()))
        .order_by(col(Order.serve_on).desc(), col(Order.number))
        .limit(_SHOWN)
    )
    rows = []
    for order, proof, service in uow.session.exec(query):
        lasted = proof.basis.get("lasted_seconds")
        if isinstance(lasted, int):
            lasting = max(1, time_rules_on(order.serve_on).rounded(lasted))
            rows.append(
                VisitToPay(
                    order_id=order.id,
                    service=service,
                    serve_on=order.serve_on,
                    minutes=min(held, lasting),
                )
            )
    return rows
