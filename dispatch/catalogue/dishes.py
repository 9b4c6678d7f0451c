"""Dishes: what they are made of, who may eat them, how soft they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotFound
from dispatch.store.columns import Instant, facts

TEXTURE = "texture_level BETWEEN 0 AND 7"


class Dish(SQLModel, table=True):
    """One dish of one kitchen's book. A dish that is cooked no more is retired."""

    __tablename__ = "dish"
    __table_args__ = (
        UniqueConstraint("kitchen_id", "name", name="one_dish"),
        CheckConstraint(TEXTURE, name="dish_texture"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kitchen_id: UUID = Field(foreign_key="kitchen.id", index=True)
    name: str = Field(max_length=60)
    ingredients: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    allergens: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    diet_tags: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    texture_level: int = 7  # IDDSI: 7 regular … 3 liquidised
    retired_at: datetime | None = Field(default=None, sa_type=Instant)


class MenuDish(SQLModel, table=True):
    """This dish is part of this set meal."""

    __tablename__ = "menu_dish"

    menu_item_id: UUID = Field(foreign_key="menu_item.id", primary_key=True)
    dish_id: UUID = Field(foreign_key="dish.id", primary_key=True, index=True)
    seq: int = 1


@dataclass(frozen=True)
class Plate:
    """What a set meal is, told by the dishes on it."""

    name: str
    ingredients: list[str]
    allergens: list[str]
    diet_tags: list[str]
    texture_level: int


def plate_of(dishes: Sequence[Dish]) -> Plate:
    """A set meal is as safe as the least safe of its dishes.

    It holds what any of them holds, is fit for a diet only if all of them are, and is
    as hard to swallow as the hardest.
    """
    fit = [set(dish.diet_tags) for dish in dishes]
    return Plate(
        name=" ".join(dish.name for dish in dishes)[:60],
        ingredients=sorted({each for dish in dishes for each in dish.ingredients}),
        allergens=sorted({each for dish in dishes for each in dish.allergens}),
        diet_tags=sorted(set.intersection(*fit)) if fit else [],
        texture_level=max((dish.texture_level for dish in dishes), default=7),
    )


def get_dish(session: Session, dish_id: UUID) -> Dish:
    """Raises: NotFound."""
    if dish := session.get(Dish, dish_id):
        return dish
    raise NotFound("没有找到这道菜。")


def list_dishes(session: Session, kitchen_id: UUID) -> list[Dish]:
    """The dishes that a kitchen cooks now, by name."""
    query = select(Dish).where(
        Dish.kitchen_id == kitchen_id, col(Dish.retired_at).is_(None)
    )
    return list(session.exec(query.order_by(col(Dish.name), col(Dish.id))))


def dishes_of(
    session: Session, menu_item_ids: Collection[UUID]
) -> dict[UUID, list[Dish]]:
    """Per set meal its dishes, in their order on the plate."""
    rows = session.exec(
        select(MenuDish.menu_item_id, Dish)
        .join(Dish, col(Dish.id) == MenuDish.dish_id)
        .where(col(MenuDish.menu_item_id).in_(menu_item_ids))
        .order_by(col(MenuDish.seq), col(Dish.name))
    )
    found: dict[UUID, list[Dish]] = {one: [] for one in menu_item_ids}
    for menu_item_id, dish in rows:
        found[menu_item_id].append(dish)
    return found
