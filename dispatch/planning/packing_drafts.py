"""A draft's problem and plan as bytes: what was shown is what is published."""

import json
import zlib
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from dispatch.people.helpers import TravelMode
from dispatch.planning.problem import Carrier, WaveProblem
from dispatch.planning.spots import Spot
from routing import Plan, plan_from, plan_to, problem_from, problem_to

_QUICKLY: Final = 1  # of zlib: travel times are long, and much alike


def pack(task: WaveProblem, plan: Plan) -> bytes:
    """A problem and its plan, with all that is needed to publish it later."""
    said = {
        "problem": problem_to(task.problem),
        "plan": plan_to(plan, whole=True),
        "decided_by": plan.decided_by,
        "wave_id": str(task.wave_id),
        "base_version": task.base_version,
        "orders_version": task.orders_version,
        "carriers": {
            name: [str(each.helper_id), each.mode.value]
            for name, each in task.carriers.items()
        },
        "spots": [[each.id, each.lat, each.lon] for each in task.spots.values()],
        "unfit": {str(order_id): rule for order_id, rule in task.unfit.items()},
        "paths": task.paths,
        "eat_by": task.eat_by,
    }
    return zlib.compress(json.dumps(said).encode(), _QUICKLY)


def unpack(packed: bytes) -> tuple[WaveProblem, Plan]:
    """The same again."""
    said: dict[str, Any] = json.loads(zlib.decompress(packed))
    spots = [Spot(*each) for each in said["spots"]]
    task = WaveProblem(
        problem=problem_from(said["problem"]),
        wave_id=UUID(said["wave_id"]),
        base_version=said["base_version"],
        orders_version=said["orders_version"],
        carriers={
            name: Carrier(UUID(helper_id), TravelMode(mode))
            for name, (helper_id, mode) in said["carriers"].items()
        },
        spots={spot.id: spot for spot in spots},
        unfit={UUID(order_id): rule for order_id, rule in said["unfit"].items()},
        paths=said["paths"],
        eat_by=said.get("eat_by", {}),  # one that waited for this version to come
    )
    plan = plan_from(said["plan"])
    return task, replace(plan, decided_by=tuple(said["decided_by"]))
