"""A made-up lunch of many streets for `closed_doors`: rounds, doors, who is on duty."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlmodel import Session, SQLModel

from dispatch.access.accounts import Account, Role
from dispatch.catalogue.services import Service
from dispatch.catalogue.sittings import Serving, Sitting
from dispatch.clock import town_moment
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.elders import Contact, Elder, Household
from dispatch.people.helpers import Helper, HelperKind, TravelMode
from dispatch.people.places import Kitchen, Station, StationKind, Street
from dispatch.people.vault import seal_new
from dispatch.planning.plans import (
    Plan,
    PlanRound,
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
)
from dispatch.planning.waves import Wave
from dispatch.safety.duty import DutyTurn

ON: Final = date(2026, 11, 20)
OPENS: Final = town_moment(ON, 11 * 3600)
LAT, LON = 36.66, 117.02
STOPS: Final = 20  # of one round
BETWEEN: Final = timedelta(minutes=5)
PROMISED: Final = timedelta(minutes=20)  # after the planned time


@dataclass(frozen=True)
class Door:
    """One stop: whom it is for, when it is planned."""

    stop_id: UUID
    order_id: UUID
    at: datetime


@dataclass(frozen=True)
class Walk:
    """One helper's round."""

    helper_id: UUID
    round_id: UUID
    street: str
    doors: tuple[Door, ...]


@dataclass
class World:
    """Everything of the day; `desks` are the two on duty of each street."""

    walks: list[Walk] = field(default_factory=list)
    desks: dict[str, list[UUID]] = field(default_factory=dict)
    offices: list[UUID] = field(default_factory=list)


def build(
    session: Session,
    chance: random.Random,
    streets: int,
    stops: int,
    *,
    of_round: int = STOPS,
) -> World:
    """Streets of equal size whose rounds are published; nothing has happened yet."""
    world = World()
    session.add(
        Service(
            code="MEAL_DELIVERY",
            assist="助餐",
            name="送餐上门",
            minutes=3,
            skills=["meal"],
            is_meal=True,
        )
    )
    office = Account(
        login="office", password_hash="-", role=Role.DISTRICT, title="区民政"
    )
    session.add(office)
    session.flush()
    world.offices.append(office.id)
    for number in range(1, streets + 1):
        many = stops // streets + (number <= stops % streets)
        _Street(session, world, chance, f"1199{number:05d}", of_round).fill(many)
    return world


@dataclass
class _Street:
    session: Session
    world: World
    chance: random.Random
    code: str
    of_round: int = STOPS
    station_id: UUID = field(default_factory=uuid4)
    kitchen_id: UUID = field(default_factory=uuid4)
    sitting_id: UUID = field(default_factory=uuid4)

    def fill(self, stops: int) -> None:
        self._places()
        self._people()
        wave = self._wave()
        plan = Plan(
            wave_id=wave.id, version=1, problem_sha256="0" * 64, published_at=OPENS
        )
        self._keep(plan)
        for start in range(0, stops, self.of_round):
            self._round(wave, plan, min(self.of_round, stops - start))

    def _keep(self, *rows: SQLModel) -> None:
        self.session.add_all(rows)
        self.session.flush()

    def _places(self) -> None:
        kitchen = Kitchen(
            id=self.kitchen_id, name="厨房", street_code=self.code,
            lat=LAT, lon=LON, lunch_capacity=5000,
        )  # fmt: skip
        self._keep(Street(code=self.code, name=f"{self.code[-2:]}街道"))
        self._keep(kitchen)
        station = Station(
            id=self.station_id, code=self.code, name=f"{self.code[-2:]}驿站",
            kind=StationKind.STATION, street_code=self.code,
            kitchen_id=self.kitchen_id, lat=LAT, lon=LON, phone="01000000000",
            entered_on=date(2020, 1, 1),
        )  # fmt: skip
        sitting = Sitting(
            id=self.sitting_id, kitchen_id=self.kitchen_id, serve_on=ON,
            serving=Serving.LUNCH, capacity=5000, spare_planned=0, cooked=0,
            cut_off_at=OPENS - timedelta(hours=2),
            ready_at=OPENS - timedelta(minutes=30), door_from_at=OPENS,
            door_until_at=OPENS + timedelta(hours=3),
            eat_by_at=OPENS + timedelta(hours=9),
        )  # fmt: skip
        self._keep(station)
        self._keep(sitting)

    def _people(self) -> None:
        """Two at the street's desk, from ten until six; one at the station's."""
        made = [
            Account(
                login=f"{self.code}-{n}", password_hash="-", role=Role.DISPATCHER,
                title=f"{self.code[-2:]} 值班{n}", street_code=self.code,
            )
            for n in (1, 2)
        ]  # fmt: skip
        front = Account(
            login=f"{self.code}-front", password_hash="-", role=Role.STATION,
            title=f"{self.code[-2:]} 前台", station_id=self.station_id,
        )  # fmt: skip
        self._keep(*made, front)
        self.world.desks[self.code] = [one.id for one in made]
        for rank, one in enumerate(made, start=1):
            self._keep(
                DutyTurn(
                    street_code=self.code, account_id=one.id, rank=rank,
                    starts_at=OPENS - timedelta(hours=1),
                    ends_at=OPENS + timedelta(hours=7), made_at=OPENS,
                )
            )  # fmt: skip

    def _wave(self) -> Wave:
        wave = Wave(
            street_code=self.code, serve_on=ON, serving=Serving.LUNCH,
            plan_at=OPENS - timedelta(hours=2), departs_at=OPENS,
            ends_at=OPENS + timedelta(hours=3), plan_version=1, shown_version=1,
        )  # fmt: skip
        self._keep(wave)
        return wave

    def _round(self, wave: Wave, plan: Plan, many: int) -> None:
        helper = Helper(
            station_id=self.station_id, street_code=self.code,
            kind=HelperKind.COURIER, mode=TravelMode.EBIKE, capacity=30,
            skills=["meal"],
        )  # fmt: skip
        self._keep(helper)
        round_ = Round(
            wave_id=wave.id, helper_id=helper.id, state=RoundState.READY,
            made_in_version=1, leaves_at=OPENS, ends_at=OPENS + BETWEEN * (many + 1),
        )  # fmt: skip
        self._keep(round_)
        self._keep(PlanRound(plan_id=plan.id, round_id=round_.id))
        later = timedelta(minutes=self.chance.randint(0, 15))
        times = [OPENS + later + BETWEEN * n for n in range(1, many + 1)]
        doors = self._doors(wave, round_.id, times)
        self.world.walks.append(Walk(helper.id, round_.id, self.code, tuple(doors)))

    def _doors(self, wave: Wave, round_id: UUID, times: list[datetime]) -> list[Door]:
        homes = [self._home() for _ in times]
        self._keep(*homes)
        elders = [self._elder(home) for home in homes]
        self._keep(*elders)
        contacts = [one for elder in elders for one in self._contacts(elder)]
        self._keep(*contacts)
        orders = [self._order(wave, *one) for one in zip(elders, times, strict=True)]
        stops = [
            self._stop(round_id, seq, home, at)
            for seq, (home, at) in enumerate(zip(homes, times, strict=True), start=1)
        ]
        self._keep(*orders, *stops)
        served = list(zip(stops, orders, strict=True))
        self._keep(*(StopOrder(stop_id=s.id, order_id=o.id) for s, o in served))
        people = {one.id: {"name": "家人", "phone": "00000000000"} for one in contacts}
        names = {one.id: {"name": "王某某"} for one in elders}
        seal_new(self.session, names | people)
        return [Door(stop.id, order.id, stop.at) for stop, order in served]

    def _home(self) -> Household:
        return Household(
            station_id=self.station_id, street_code=self.code, community="一社区",
            building="1号楼", lat=LAT, lon=LON,
        )  # fmt: skip

    def _elder(self, home: Household) -> Elder:
        return Elder(
            number=uuid4().hex[:12], household_id=home.id, sex="F",
            born_on=date(1940, 1, 1), home_street=self.code, made_at=OPENS,
            station_id=self.station_id, street_code=self.code,
        )  # fmt: skip

    def _contacts(self, elder: Elder) -> list[Contact]:
        many = self.chance.choices((0, 1, 2, 3), (5, 35, 40, 20))[0]
        return [
            Contact(elder_id=elder.id, rank=n + 1, relation="家人", holds_key=n == 2)
            for n in range(many)
        ]

    def _order(self, wave: Wave, elder: Elder, at: datetime) -> Order:
        return Order(
            number=uuid4().hex[:20], elder_id=elder.id,
            household_id=elder.household_id, station_id=self.station_id,
            street_code=self.code, kitchen_id=self.kitchen_id,
            sitting_id=self.sitting_id, wave_id=wave.id, service="MEAL_DELIVERY",
            is_meal=True, channel=Channel.DELIVERY, serve_on=ON,
            serving=Serving.LUNCH, window_from_at=OPENS,
            window_until_at=at + PROMISED, source="phone",
            state=OrderState.PLANNED, plan_version=1, placed_at=OPENS,
        )  # fmt: skip

    def _stop(self, round_id: UUID, seq: int, home: Household, at: datetime) -> Stop:
        return Stop(
            round_id=round_id, seq=seq, kind=StopKind.DOOR, household_id=home.id,
            lat=LAT, lon=LON, at=at, from_at=OPENS, until_at=at + PROMISED,
            leaves_at=at + timedelta(minutes=3),
        )  # fmt: skip
