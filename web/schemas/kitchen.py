"""Forms of the kitchen: batches, temperatures, samples, menus, illness."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from dispatch.kitchens.cooking import BatchDraft, Cooked
from dispatch.kitchens.dish_book import DishDraft
from dispatch.kitchens.menu_changing import MealDraft
from dispatch.kitchens.probing import Probe
from dispatch.kitchens.readings import Action, Place
from dispatch.safety.illness import Symptom
from web.schemas.shapes import Day, Fen, Form, Moment, Reason

Celsius = Annotated[float, Field(ge=-40, le=150)]
Portions = Annotated[int, Field(ge=1, le=5000)]
Grams = Annotated[int, Field(ge=1, le=5000)]
Fridge = Annotated[str, Field(min_length=1, max_length=20)]
Seal = Annotated[str, Field(min_length=1, max_length=24, pattern=r"^[A-Z0-9-]+$")]
Word = Annotated[str, Field(min_length=1, max_length=20)]
Words = Annotated[tuple[Word, ...], Field(max_length=40)]


class StartForm(Form):
    """A batch is put on the stove; without a number all that is open."""

    menu_item_id: UUID
    portions: Portions | None = None
    returnable: bool = False

    def to_draft(self) -> BatchDraft:
        return BatchDraft(self.menu_item_id, self.portions, self.returnable)


class CookedForm(Form):
    """It is done: how hot, how much was kept, the first seal."""

    celsius: Celsius
    grams: Grams | None = None
    fridge: Fridge = "1"
    portions: Portions | None = None
    first_seal: Seal | None = None

    def to_cooked(self) -> Cooked:
        return Cooked(
            tenths=round(self.celsius * 10),
            grams=self.grams,
            fridge=self.fridge,
            portions=self.portions,
            first_seal=self.first_seal,
        )


class ReadingForm(Form):
    """One temperature: of a batch, or of a place of a kitchen."""

    place: Place = Place.BATCH
    batch_id: UUID | None = None
    kitchen_id: UUID | None = None
    celsius: Celsius
    action: Action | None = None
    note: Annotated[str, Field(max_length=120)] = ""

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if (self.batch_id is None) is (self.kitchen_id is None):
            raise ValueError("请选择是哪一批，或是厨房的哪一处")
        if (self.batch_id is not None) is not (self.place is Place.BATCH):
            raise ValueError("测的是批次还是设备，请选一样")
        return self

    def to_probe(self) -> Probe:
        return Probe(self.place, round(self.celsius * 10), self.action, self.note)


class SampleForm(Form):
    """How much was kept of each dish, and where."""

    grams: Grams
    fridge: Fridge = "1"


class WhyForm(Form):
    """Why a batch is served no more, or everybody of it is called."""

    reason: Reason


class TastingForm(Form):
    """How hot the test meal was at its last stop."""

    celsius: Celsius
    words: Annotated[str, Field(max_length=120)] = ""


class BoxesForm(Form):
    """Empty boxes from an elder, or from a helper to the kitchen."""

    elder_id: UUID | None = None
    helper_id: UUID | None = None
    boxes: Annotated[int, Field(ge=1, le=50)]

    @model_validator(mode="after")
    def _from_one(self) -> Self:
        if (self.elder_id is None) is (self.helper_id is None):
            raise ValueError("请选择是老人交回，还是助老员交回")
        return self


class IllnessForm(Form):
    """Who fell ill, when, and how."""

    fell_ill_at: Moment
    symptoms: Annotated[list[Symptom], Field(min_length=1, max_length=5)]

    @property
    def told(self) -> tuple[datetime, list[Symptom]]:
        return self.fell_ill_at, self.symptoms


class DishForm(Form):
    """One dish of the book."""

    kitchen_id: UUID
    dish_id: UUID | None = None
    name: Annotated[str, Field(min_length=1, max_length=60)]
    ingredients: Words = ()
    allergens: Words = ()
    diet_tags: Annotated[
        tuple[Literal["soft", "low_salt", "low_sugar", "halal"], ...],
        Field(max_length=4),
    ] = ()
    texture_level: Annotated[int, Field(ge=3, le=7)] = 7
    reason: Reason | None = None

    def to_draft(self) -> DishDraft:
        return DishDraft(
            self.name,
            self.ingredients,
            self.allergens,
            self.diet_tags,
            self.texture_level,
        )


class MealForm(Form):
    """One set meal of one serving, by its dishes."""

    sitting_id: UUID
    code: Annotated[str, Field(pattern=r"^[A-Z][0-9]?$")]
    dish_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=12)]
    price_fen: Fen
    name: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    reason: Reason | None = None

    def to_draft(self) -> MealDraft:
        return MealDraft(
            self.sitting_id, self.code, self.dish_ids, self.price_fen, self.name
        )


class DropForm(Form):
    """A meal is taken off a menu."""

    reason: Reason | None = None


class CapacityForm(Form):
    """How many portions can be cooked."""

    capacity: Annotated[int, Field(ge=0, le=5000)]
    reason: Reason | None = None


class WeekForm(Form):
    """A kitchen's week, named by any of its days."""

    kitchen_id: UUID
    on: Day


class CopyForm(WeekForm):
    """The week to copy from."""

    from_on: Day
