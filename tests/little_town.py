"""A little town for tests: one street, one station with its kitchen, a few people.

Everything is fine in it; a test changes only what it is about.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlmodel import Session

from dispatch.access.accounts import Account, Role, actor_of
from dispatch.catalogue.services import Service
from dispatch.catalogue.sittings import MenuItem, Serving, Sitting
from dispatch.clock import set_clock, town_moment
from dispatch.orders.ordering import OrderDraft
from dispatch.orders.orders import Channel
from dispatch.people.elders import Contact, Elder, Household
from dispatch.people.helpers import Helper, HelperKind, Shift, TravelMode
from dispatch.people.places import Kitchen, Station, StationKind, Street
from dispatch.people.vault import seal
from dispatch.store.unit_of_work import Actor

STREET = "119900001"
OTHER_STREET = "119900002"
TODAY = date(2026, 11, 20)
EIGHT = town_moment(TODAY, 8 * 3600)
ELEVEN = town_moment(TODAY, 11 * 3600)
NOON = town_moment(TODAY, 12 * 3600)
LAT, LON = 36.66, 117.02


class LittleTown:
    """Ids of what stands in the town; each `add_*` puts one more thing into it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.station_id = uuid4()
        self.kitchen_id = uuid4()
        self.sitting_id = uuid4()
        self.dish_id = uuid4()
        with Session(engine) as session:
            self._build(session)
            session.commit()
        self.staff = self.add_account("front", Role.STATION, station_id=self.station_id)
        self.dispatcher = self.add_account("map", Role.DISPATCHER, street_code=STREET)
        self.at(EIGHT)

    def _build(self, session: Session) -> None:
        session.add_all(
            [
                Street(code=STREET, name="清河街道"),
                Street(code=OTHER_STREET, name="东山街道"),
            ]
        )
        session.add_all(
            [
                Service(
                    code="MEAL_DELIVERY",
                    assist="助餐",
                    name="送餐上门",
                    minutes=3,
                    price_fen=200,
                    skills=["meal"],
                    is_meal=True,
                ),
                *(
                    Service(code=c, assist="助餐", name=n, minutes=0, is_meal=True)
                    for c, n in (("MEAL_PICKUP", "自取"), ("MEAL_DINEIN", "堂食"))
                ),
                Service(
                    code="VISIT_HOME",
                    assist="巡视探访",
                    name="入户巡视探访",
                    minutes=20,
                    skills=["visit"],
                ),
            ]
        )
        session.flush()
        session.add(
            Kitchen(
                id=self.kitchen_id,
                name="清河中央厨房",
                street_code=STREET,
                lat=LAT,
                lon=LON,
                lunch_capacity=100,
            )
        )
        session.flush()
        session.add(self.station(self.station_id, "s1", STREET))
        session.flush()
        self._serve_lunch(session)

    def station(self, station_id: UUID, code: str, street: str) -> Station:
        """A station fed by the town's kitchen."""
        return Station(
            id=station_id,
            code=code,
            name=f"{code}驿站",
            kind=StationKind.STATION,
            street_code=street,
            kitchen_id=self.kitchen_id,
            lat=LAT,
            lon=LON,
            phone="01088880000",
            entered_on=date(2020, 1, 1),
        )

    def _serve_lunch(self, session: Session) -> None:
        session.add(
            Sitting(
                id=self.sitting_id,
                kitchen_id=self.kitchen_id,
                serve_on=TODAY,
                serving=Serving.LUNCH,
                capacity=100,
                cut_off_at=town_moment(TODAY, 9 * 3600 + 1800),
                ready_at=town_moment(TODAY, 10 * 3600 + 1800),
                door_from_at=ELEVEN,
                door_until_at=town_moment(TODAY, 12 * 3600 + 1800),
                eat_by_at=town_moment(TODAY, 13 * 3600 + 1800),
                spare_planned=3,
            )
        )
        session.flush()
        session.add(
            MenuItem(
                id=self.dish_id,
                sitting_id=self.sitting_id,
                code="A",
                name="红烧豆腐套餐",
                price_fen=1500,
                diet_tags=["低盐"],
                allergens=["花生"],
            )
        )

    def at(self, moment: datetime) -> None:
        """Put the town's clock at a moment; it stands there."""
        with Session(self.engine) as session:
            set_clock(session, moment, speed=0)
            session.commit()

    def add_account(self, login: str, role: Role, **reach: Any) -> Actor:
        """Somebody who may act."""
        account = Account(
            login=f"{login}-{uuid4().hex[:8]}",
            password_hash="-",
            role=role,
            title=login,
            **reach,
        )
        with Session(self.engine, expire_on_commit=False) as session:
            session.add(account)
            session.commit()
        return actor_of(account)

    def add_elder(self, name: str = "王小英", **about: Any) -> UUID:
        """An elder of 82 behind a door of their own, two hundred metres away."""
        door: dict[str, Any] = {"lat": LAT + 0.002, "lon": LON}
        for key in ("lat", "lon", "floor", "lift"):
            if key in about:
                door[key] = about.pop(key)
        household = Household(
            station_id=self.station_id,
            street_code=STREET,
            community="清河一社区",
            building="3号楼",
            **door,
        )
        facts: dict[str, Any] = {
            "born_on": date(1944, 3, 1),
            "sex": "F",
            "home_street": STREET,
            "station_id": self.station_id,
            "street_code": STREET,
            "made_at": EIGHT,
        }
        elder = Elder(
            number=uuid4().hex[:12], household_id=household.id, **(facts | about)
        )
        with Session(self.engine, expire_on_commit=False) as session:
            session.add(household)
            session.flush()
            session.add(elder)
            seal(session, elder.id, {"name": name, "phone": "13800000000"})
            seal(
                session,
                household.id,
                {"address": "清河路1号3号楼2单元502", "door": "502"},
            )
            session.commit()
        return elder.id

    def add_contact(self, elder_id: UUID, **about: Any) -> UUID:
        """Somebody to call for an elder."""
        facts: dict[str, Any] = {"rank": 1, "relation": "女儿"}
        contact = Contact(elder_id=elder_id, **(facts | about))
        with Session(self.engine, expire_on_commit=False) as session:
            session.add(contact)
            seal(session, contact.id, {"name": "李女儿", "phone": "13900000000"})
            session.commit()
        return contact.id

    def add_helper(self, **about: Any) -> UUID:
        """A courier by e-bike, on shift from 10:00 to 14:00."""
        facts: dict[str, Any] = {
            "station_id": self.station_id,
            "street_code": STREET,
            "kind": HelperKind.COURIER,
            "mode": TravelMode.EBIKE,
            "capacity": 18,
            "skills": ["meal", "visit"],
        }
        helper = Helper(**(facts | about))
        with Session(self.engine, expire_on_commit=False) as session:
            session.add(helper)
            session.flush()
            session.add(
                Shift(
                    helper_id=helper.id,
                    works_on=TODAY,
                    starts_at=EIGHT + timedelta(hours=2),
                    ends_at=EIGHT + timedelta(hours=6),
                )
            )
            seal(session, helper.id, {"name": "赵师傅"})
            session.commit()
        return helper.id

    def lunch(self, elder_id: UUID, **about: Any) -> OrderDraft:
        """A fine lunch, delivered; a test names only what it is about."""
        facts: dict[str, Any] = {
            "service": "MEAL_DELIVERY",
            "channel": Channel.DELIVERY,
            "serve_on": TODAY,
            "serving": Serving.LUNCH,
        }
        return OrderDraft(elder_id=elder_id, **(facts | about))
