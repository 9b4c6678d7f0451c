"""Station staff: they take orders, take money, hand meals over, and close."""

from collections import Counter as Tally
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_moment
from dispatch.demo.agenda import Agenda
from dispatch.demo.chance import Chance
from dispatch.demo.district import District
from dispatch.demo.doors import Door, Json
from dispatch.demo.places import Point
from dispatch.demo.wishes import MealWish, VisitWish, WalkInWish, Wishes
from dispatch.orders.orders import Channel

_CLOSES_AFTER: Final = timedelta(minutes=4)
_UNDO_AFTER: Final = timedelta(minutes=4)
_REFUND_AFTER: Final = timedelta(minutes=25)


class Counter:
    """One station's staff at one counter, with one account."""

    def __init__(
        self, agenda: Agenda, door: Door, district: District, point: Point
    ) -> None:
        self.door = door
        self.point = point
        self.orders: dict[int, Json] = {}  # by the wish's identity
        self.servings: dict[str, Json] = {}
        self._called_off: set[str] = set()
        self.told: Tally[str] = Tally()
        self._agenda = agenda
        self._district = district
        self._day = district.day
        self._chance = Chance(district.seed, f"counter {point.station.code}")

    async def open(self, wishes: Wishes) -> None:
        """Come in, read the day's sheet, and put everything into the agenda."""
        sheet = await self.door.get("/api/station", on=self._day)
        self.servings = {row["serving"]: row for row in sheet["servings"]}
        for meal in wishes.meals:
            self._agenda.put(self._at(meal.at), partial(self.take_order, meal))
        for visit in wishes.visits:
            self._agenda.put(self._at(visit.at), partial(self.arrange_visit, visit))
        for guest in wishes.walk_ins:
            self._agenda.put(self._at(guest.comes_at), partial(self.walk_in, guest))
        for row in self.servings.values():
            cut_off = datetime.fromisoformat(row["cut_off_at"])
            eat_by = datetime.fromisoformat(row["eat_by_at"])
            self._agenda.put(
                cut_off + timedelta(minutes=3), partial(self.print_sheet, row)
            )
            self._agenda.put(eat_by + _CLOSES_AFTER, partial(self.close, row))
        await self.door.get("/api/elders", usual=1, limit=50)

    async def take_order(self, wish: MealWish, at: datetime) -> None:
        """By phone, at the counter, or from the standing list."""
        dish = self._dish(wish.serving, wish.dish)
        body = {
            "elder_id": str(wish.person.elder.id),
            "service": wish.service,
            "channel": wish.channel.value,
            "serve_on": self._day.isoformat(),
            "serving": wish.serving.value,
            "menu_item_id": dish,
            "source": wish.source,
            "collected_by": "女儿" if wish.channel is Channel.PROXY else None,
            "window": None,
            "note": None,
            "override": None,
        }
        if wish.source == "standing":
            order = await self._keep_plan(wish)
        else:
            order = await self._place(body, twice=wish.sent_twice)
        if order is None:
            return
        self.orders[id(wish)] = order
        if wish.pays and wish.pays_at_once:
            await self.take_money(order["id"], wish.pays)
        if wish.cancels_at is not None:
            cancel = partial(self.cancel, order, wish.changes_mind)
            self._agenda.put(max(at, self._at(wish.cancels_at)), cancel)
        if wish.comes_at is not None:
            self._agenda.put(self._at(wish.comes_at), partial(self.hand_over, wish))

    async def _place(self, body: Json, *, twice: bool = False) -> Json | None:
        key = self.door.key()
        status, order = await self.door.post("/api/orders", body, key=key)
        self.told[f"order {order.get('error', status)}"] += 1
        if status not in (200, 201):
            return None
        self._note("order", order["id"], key)
        if twice:
            _, again = await self.door.post("/api/orders", body, key=key)
            self._note("order", again["id"], key)
        return order

    async def _keep_plan(self, wish: MealWish) -> Json | None:
        """What they eat on this weekday from now on; gives today's order of it."""
        elder = f"/api/elders/{wish.person.elder.id}"
        body: Json = {
            "weekdays": [self._day.weekday()],
            "serving": wish.serving.value,
            "channel": wish.channel.value,
            "dish": wish.dish,
            "from_on": self._day.isoformat(),
            "until_on": None,
        }
        _, shown = await self.door.post(f"{elder}/plans/preview", body)
        kept = body | {"seen": shown["seen"]}
        key = self.door.key()
        status, said = await self.door.post(f"{elder}/plans", kept, key=key)
        self.told[f"plan {said.get('error', status)}"] += 1
        if status != 200:
            return None
        today = (d for d in said["days"] if d["on"] == self._day.isoformat())
        made = next((one["order_id"] for one in today), None)
        elder_id = str(wish.person.elder.id)
        return {"id": made, "elder_id": elder_id} if made else None

    async def arrange_visit(self, wish: VisitWish, _at: datetime) -> None:
        """A visit at home, within hours that suit."""
        body = {
            "elder_id": str(wish.person.elder.id),
            "service": wish.service,
            "channel": "visit",
            "serve_on": self._day.isoformat(),
            "serving": "lunch",
            "menu_item_id": None,
            "source": "phone",
            "collected_by": None,
            "window": {
                "from_at": _wire(self._at(wish.from_)),
                "until_at": _wire(self._at(wish.until)),
            },
            "note": None,
            "override": None,
        }
        await self._place(body)

    async def take_money(self, order_id: str, method: str) -> str | None:
        """The elder's own part, as the bill says."""
        bill = await self.door.get(f"/api/orders/{order_id}/bill")
        key = self.door.key()
        body = {"method": method, "fen": bill["due_fen"]}
        status, paid = await self.door.post(
            f"/api/orders/{order_id}/pay", body, key=key
        )
        self.told[f"pay {paid.get('error', status)}"] += 1
        if status not in (200, 201):
            return None
        payment: str = paid["payment_id"]
        self._note("payment", payment, key)
        return payment

    async def cancel(self, order: Json, changes_mind: bool, at: datetime) -> None:
        """Somebody calls off; now and then they call again."""
        path = f"/api/orders/{order['id']}/cancel"
        status, said = await self.door.post(path, {"reason": "老人改主意了"})
        self.told[f"cancel {said.get('error', status)}"] += 1
        if status == 200:
            self._called_off.add(order["id"])
        if status == 200 and changes_mind:
            self._agenda.put(at + _UNDO_AFTER, partial(self.undo, order))

    async def undo(self, order: Json, _at: datetime) -> None:
        status, said = await self.door.post(
            f"/api/orders/{order['id']}/undo-cancel", {}
        )
        self.told[f"undo {said.get('error', status)}"] += 1
        if status == 200:
            self._called_off.discard(order["id"])

    async def hand_over(self, wish: MealWish, at: datetime) -> None:
        """Somebody stands at the counter with a card."""
        order = self.orders[id(wish)]
        if order["id"] in self._called_off:
            return
        sought = {"card": wish.person.sealed["card"]}
        if wish.identity == "staff_visual":
            sought = {"text": wish.person.sealed["card"][-4:]}
        _, found = await self.door.post("/api/counter/find", sought)
        self.told[f"found {len(found)}"] += 1
        if wish.pays and not wish.pays_at_once:
            await self.take_money(order["id"], wish.pays)
        proxy = wish.channel is Channel.PROXY
        body = {
            "order_id": order["id"],
            "identity": "staff_visual" if proxy else wish.identity,
            "collected_by": {
                "kind": "registered_proxy" if proxy else "self",
                "name": None,
            },
        }
        status, served = await self.door.post("/api/counter/serve", body)
        self.told[f"serve {served.get('error', status)}"] += 1
        if status == 200 and wish.refunded and wish.pays:
            self._agenda.put(at + _REFUND_AFTER, partial(self.refund, order["id"]))

    async def refund(self, order_id: str, _at: datetime) -> None:
        """The food was not right: the money goes back."""
        story = await self.door.get(f"/api/orders/{order_id}")
        for payment in story["payments"][:1]:
            key = self.door.key()
            path = f"/api/payments/{payment['payment_id']}/refund"
            status, back = await self.door.post(path, {"reason": "菜品问题"}, key=key)
            self.told[f"refund {back.get('error', status)}"] += 1
            if status in (200, 201):
                self._note("payment", back["payment_id"], key)

    async def walk_in(self, guest: WalkInWish, _at: datetime) -> None:
        """Somebody without an order, as long as there are spare portions."""
        row = self.servings[guest.serving.value]
        key = self.door.key()
        body = {
            "elder_id": str(guest.person.elder.id),
            "sitting_id": row["sitting_id"],
            "menu_item_id": None,
            "identity": "card",
            "pay": None,
        }
        status, order = await self.door.post("/api/counter/walk-in", body, key=key)
        self.told[f"walk-in {order.get('error', status)}"] += 1
        if status in (200, 201):
            self._note("order", order["id"], key)
            await self.take_money(order["id"], "cash")

    async def print_sheet(self, row: Json, _at: datetime) -> None:
        await self.door.get("/api/kitchen-sheet", sitting_id=row["sitting_id"])

    async def close(self, row: Json, _at: datetime) -> None:
        """The counter closes; who did not come is noted."""
        path = f"/api/sittings/{row['sitting_id']}/close"
        status, said = await self.door.post(path, {})
        self.told[f"close {said.get('error', status)}"] += 1

    def _dish(self, serving: Serving, code: str) -> str | None:
        menu = self.servings[serving.value]["menu"]
        return next((item["id"] for item in menu if item["code"] == code), None)

    def _note(self, made: str, made_id: str, key: str) -> None:
        self.door.notes.note(who=self.door.login, made=made, id=made_id, key=key)

    def _at(self, seconds: int) -> datetime:
        return town_moment(self._day, seconds)


def _wire(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
