"""What is on the plates of the made-up kitchens, and what it is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.catalogue.dishes import Dish, MenuDish, plate_of
from dispatch.catalogue.sittings import MenuItem, Sitting
from dispatch.catalogue.week_menus import WeekMenu, monday_of
from dispatch.demo.chance import Chance
from dispatch.demo.places import Point

# set meal → its dishes, each with what it is made of; allergens are marked by a star
_PLATES: Final = {
    "小米粥花卷": ("小米粥 小米", "花卷 面粉* 酵母"),
    "南瓜粥软馒头": ("南瓜粥 南瓜 大米", "软馒头 面粉* 酵母"),
    "牛肉面": ("牛肉面 牛肉 面粉* 青菜",),
    "蛋羹烂面": ("蛋羹 鸡蛋*", "烂面 面粉*"),
    "红烧肉米饭": ("红烧肉 猪肉 酱油", "米饭 大米", "炒油菜 油菜 蒜"),
    "清蒸鱼软饭": ("清蒸鱼 鱼* 姜", "软饭 大米", "烩冬瓜 冬瓜"),
    "清真牛肉饭": ("土豆烧牛肉 牛肉 土豆", "清真米饭 大米", "白灼生菜 生菜"),
    "肉末豆腐烂饭": ("牛肉末豆腐 牛肉 豆腐*", "烂饭 大米", "南瓜泥 南瓜"),
    "番茄鸡蛋面": ("番茄鸡蛋面 番茄 鸡蛋* 面粉*",),
    "冬瓜肉丸软饭": ("冬瓜肉丸 冬瓜 猪肉", "晚餐软饭 大米"),
    "清真羊肉面": ("羊肉面 羊肉 面粉*",),
    "鸡茸蔬菜粥": ("鸡茸蔬菜粥 鸡肉 青菜 大米",),
}
_NUTS: Final = "椒盐花生米 花生*"


@dataclass
class Plates:
    """Books of dishes, and which of them is on which plate."""

    dishes: list[Dish] = field(default_factory=list)
    links: list[MenuDish] = field(default_factory=list)


def draw_plates(
    chance: Chance, point: Point, menus: Iterable[MenuItem], plates: Plates
) -> None:
    """One kitchen's book; its menus then say what their dishes say."""
    book: dict[str, Dish] = {}
    for item in menus:
        told = [*_PLATES[item.name], *([_NUTS] if "花生" in item.allergens else [])]
        dishes = [_dish(chance, point, item, words, book) for words in told]
        plate = plate_of(dishes)
        item.ingredients, item.allergens = plate.ingredients, plate.allergens
        plates.links += [
            MenuDish(menu_item_id=item.id, dish_id=dish.id, seq=seq)
            for seq, dish in enumerate(dishes, start=1)
        ]
    plates.dishes += book.values()


def publish_weeks(
    chance: Chance, sittings: Iterable[Sitting], by: UUID, at: datetime
) -> list[WeekMenu]:
    """The weeks in which anything is served, published by the office."""
    weeks = {(one.kitchen_id, monday_of(one.serve_on)) for one in sittings}
    return [
        WeekMenu(
            id=chance.id(),
            kitchen_id=kitchen_id,
            starts_on=starts_on,
            published_at=at,
            published_by=by,
        )
        for kitchen_id, starts_on in sorted(weeks)
    ]


def _dish(
    chance: Chance, point: Point, item: MenuItem, words: str, book: dict[str, Dish]
) -> Dish:
    name, *parts = words.split()
    if name not in book:
        book[name] = Dish(
            id=chance.id(),
            kitchen_id=point.kitchen.id,
            name=name,
            ingredients=[part.rstrip("*") for part in parts],
            allergens=[part.rstrip("*") for part in parts if part.endswith("*")],
            diet_tags=list(item.diet_tags),
            texture_level=item.texture_level,
        )
    return book[name]
