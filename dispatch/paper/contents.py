"""What stands on the sheets of one serving, in plain words and ready to set.

Everything is text or a number: the sheets are set from this alone, and two equal
contents are the same sheet.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from sqlmodel import Session

from dispatch.catalogue.sittings import Sitting
from dispatch.kitchens.batches import boxes_of, list_batches
from dispatch.orders.kitchen_sheet import KitchenSheet, Label, sheet_of
from dispatch.paper.packs import changed
from dispatch.paper.route_sheets import RouteSheet, diet, hour, route_sheets
from dispatch.people.places import Kitchen, list_stations
from dispatch.words import say


@dataclass(frozen=True)
class DishLine:
    """One dish: how many, and how many more or fewer than in the last edition."""

    code: str
    name: str
    count: int
    change: int
    diets: str


@dataclass(frozen=True)
class BoxLabel:
    """What is stuck on one box."""

    qr: str
    number: str
    label: str
    dish: str
    diet: str
    where: str
    cooked: str
    eat_by: str
    changed: str


@dataclass(frozen=True)
class Contents:
    """A serving on paper."""

    kitchen: str
    phone: str
    on: str
    serving: str
    dishes: list[DishLine]
    channels: list[tuple[str, int]]
    count: dict[str, int]
    ties: bool
    labels: list[BoxLabel]
    rounds: list[RouteSheet]
    gone: int  # boxes of the last edition that are no longer wanted
    portions: dict[str, str] = field(repr=False)

    def sha256(self) -> str:
        """Of what has to be printed; what only tells of changes and counts is left."""
        kept = asdict(self)
        for name in ("count", "ties", "gone", "portions"):
            del kept[name]
        for dish in kept["dishes"]:
            del dish["change"]
        for label in kept["labels"]:
            del label["changed"]
        whole = json.dumps(kept, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def contents_of(
    session: Session, sitting: Sitting, before: Mapping[str, str]
) -> Contents:
    """The sheets of a serving as it stands.

    Args:
        before: the portions of the last edition, to tell what changed; empty for
            the first.
    """
    sheet = sheet_of(session, sitting.id)
    kitchen = session.get_one(Kitchen, sitting.kitchen_id)
    rounds = route_sheets(session, sitting)
    portions = {str(one.order_id): one.code for one in sheet.labels}
    told = changed(before, portions) if before else {}
    return Contents(
        kitchen=kitchen.name,
        phone=_phone(session, kitchen),
        on=sitting.serve_on.isoformat(),
        serving=say("serving", sitting.serving.value),
        dishes=_dishes(sheet, before, told),
        channels=[(say("channel", c), n) for c, n in sorted(sheet.by_channel.items())],
        count=asdict(sheet.count),
        ties=sheet.count.ties,
        labels=_labels(session, sitting, sheet.labels, told),
        rounds=rounds,
        gone=sum(kind == "gone" for kind in told.values()),
        portions=portions,
    )


def _phone(session: Session, kitchen: Kitchen) -> str:
    """Whom to call from a door: the station that the kitchen belongs to."""
    stations = list_stations(session, kitchen.street_code)
    return next((s.phone for s in stations if s.kitchen_id == kitchen.id), "")


def _dishes(
    sheet: KitchenSheet, before: Mapping[str, str], told: Mapping[str, str]
) -> list[DishLine]:
    lines = []
    for row in sheet.by_dish:
        code, count = str(row["code"]), cast(int, row["count"])
        diets = cast(dict[str, int], row["diets"])
        was = sum(1 for each in before.values() if each == code)
        lines.append(
            DishLine(
                code=code,
                name=str(row["name"]),
                count=count,
                change=count - was if told else 0,
                diets=" · ".join(f"{diet(tag)} {n}" for tag, n in diets.items()),
            )
        )
    return lines


def _labels(
    session: Session, sitting: Sitting, labels: list[Label], told: Mapping[str, str]
) -> list[BoxLabel]:
    boxes = boxes_of(session, [one.order_id for one in labels])
    cooked = {
        batch.id: batch.cooked_at for batch in list_batches(session, [sitting.id])
    }
    found = []
    for one in labels:
        box = boxes.get(one.order_id)
        found.append(
            BoxLabel(
                qr=one.order_number,
                number=one.order_number,
                label=one.elder_label,
                dish=f"{one.code} {one.dish}",
                diet=" · ".join(diet(tag) for tag in one.diet_tags),
                where=_where(one),
                cooked=hour(cooked.get(box.batch_id)) if box else "",
                eat_by=hour(box.eat_by_at if box else sitting.eat_by_at),
                changed=told.get(str(one.order_id), ""),
            )
        )
    return found


def _where(one: Label) -> str:
    if not one.round:
        return say("channel", one.channel)
    stop = "" if one.stop is None else f" 第{one.stop}站"
    return f"{one.round}{stop} {one.box}号盒"
