"""What each kitchen serves: sittings of a week, set meals, spare portions."""

from datetime import date, timedelta
from typing import Final

from dispatch.catalogue.sittings import MenuItem, Serving, Sitting
from dispatch.clock import town_moment
from dispatch.demo.chance import Chance
from dispatch.demo.needs import ALL_DIETS, MINCED, REGULAR, SOFT
from dispatch.demo.places import Point
from dispatch.people.places import StationKind

LUNCH_SHARE, DINNER_SHARE, BREAKFAST_SHARE = 0.78, 0.17, 0.05
DAYS_AFTER = 6
_HOT_SECONDS: Final = 50 * 60
# seconds of the day: cut-off, ready, first door, last door, eat by
_TIMES: Final = {
    Serving.BREAKFAST: ("06:40", "07:00", "07:05", "08:20", "09:00"),
    Serving.LUNCH: ("09:30", "10:30", "10:40", "12:45", "13:30"),
    Serving.DINNER: ("15:30", "16:40", "16:50", "18:45", "19:30"),
}
_DISHES: Final = {
    Serving.BREAKFAST: ("小米粥花卷", "南瓜粥软馒头", "牛肉面", "蛋羹烂面"),
    Serving.LUNCH: ("红烧肉米饭", "清蒸鱼软饭", "清真牛肉饭", "肉末豆腐烂饭"),
    Serving.DINNER: ("番茄鸡蛋面", "冬瓜肉丸软饭", "清真羊肉面", "鸡茸蔬菜粥"),
}


def serves(point: Point) -> list[Serving]:
    """Which servings a point opens for; lunch always."""
    large = point.meals >= 30
    central = point.station.kind is StationKind.CENTRAL_KITCHEN
    opens = [Serving.LUNCH]
    if large or central or point.station.kind is StationKind.RESTAURANT:
        opens.append(Serving.DINNER)
    if central or (large and point.station.kind is StationKind.STATION):
        opens.insert(0, Serving.BREAKFAST)
    return opens


def draw_menus(
    chance: Chance, point: Point, today: date
) -> tuple[list[Sitting], list[MenuItem]]:
    """A kitchen's sittings for the coming week, and their menus."""
    price_fen = chance.choice((1300, 1400, 1500, 1500, 1500, 1600, 1800))
    sittings, menus = [], []
    for offset in range(DAYS_AFTER + 1):
        for serving in serves(point):
            sitting = _sitting(chance, point, today + timedelta(days=offset), serving)
            sittings.append(sitting)
            menus += _menu(chance, sitting, price_fen)
    return sittings, menus


def _sitting(chance: Chance, point: Point, on: date, serving: Serving) -> Sitting:
    cut_off, ready, door_from, door_until, eat_by = (
        town_moment(on, seconds_of(clock)) for clock in _TIMES[serving]
    )
    share = {
        Serving.LUNCH: 1.0,
        Serving.DINNER: 0.45,
        Serving.BREAKFAST: 0.25,
    }[serving]
    usual = point.meals * share
    return Sitting(
        id=chance.id(),
        kitchen_id=point.kitchen.id,
        serve_on=on,
        serving=serving,
        capacity=round(usual * 1.3) + 12,
        cut_off_at=cut_off,
        ready_at=ready,
        door_from_at=door_from,
        door_until_at=door_until,
        hot_seconds=_HOT_SECONDS,
        eat_by_at=eat_by,
        spare_planned=max(2, round(usual * 0.05)),
    )


def _menu(chance: Chance, sitting: Sitting, price_fen: int) -> list[MenuItem]:
    """Four set meals: usual, soft with little salt and sugar, halal, minced."""
    breakfast = sitting.serving is Serving.BREAKFAST
    base = 900 if breakfast else price_fen
    kinds: tuple[tuple[tuple[str, ...], int, int], ...] = (
        ((), REGULAR, 0),
        (("soft", "low_salt", "low_sugar"), SOFT, 0),
        (("halal",), REGULAR, 200),
        (ALL_DIETS, MINCED, -100),
    )
    allergens = [["花生"] if chance.happens(0.2) else [], [], [], []]
    return [
        MenuItem(
            id=chance.id(),
            sitting_id=sitting.id,
            code=code,
            name=name,
            price_fen=min(2000, max(900, base + more)),
            diet_tags=list(tags),
            allergens=allergens[at],
            texture_level=texture,
        )
        for at, (code, name, (tags, texture, more)) in enumerate(
            zip("ABCD", _DISHES[sitting.serving], kinds, strict=True)
        )
    ]


def seconds_of(clock: str) -> int:
    """Seconds after midnight of an "HH:MM"."""
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60
