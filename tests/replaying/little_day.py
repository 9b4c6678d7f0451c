"""A made-up day in the four files that `replay mdrp` reads."""

import random
from pathlib import Path


def write_little_day(folder: Path, *, orders: int = 24, seed: int = 5) -> Path:
    """Three restaurants, four couriers, two hours."""
    dice = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)

    def spot() -> str:
        return f"{dice.randrange(3000)}\t{dice.randrange(3000)}"

    restaurants = [f"r{n}\t{spot()}" for n in range(1, 4)]
    couriers = [
        f"c{n}\t{spot()}\t{10 * (n % 2) + 10}\t{150 + 20 * n}" for n in range(1, 5)
    ]
    wishes = []
    for n in range(1, orders + 1):
        placed = dice.randrange(20, 140)
        ready = placed + dice.randrange(1, 20)
        wishes.append(f"o{n}\t{spot()}\t{placed}\tr{dice.randrange(1, 4)}\t{ready}")
    tables = {
        "restaurants": ["restaurant\tx\ty", *restaurants],
        "couriers": ["courier\tx\ty\ton_time\toff_time", *couriers],
        "orders": ["order\tx\ty\tplacement_time\trestaurant\tready_time", *wishes],
        "instance_parameters": [
            "meters_per_minute\tpickup service minutes\tdropoff service minutes\t"
            "target click-to-door\tmaximum click-to-door\tpay per order\t"
            "guaranteed pay per hour",
            "300\t4\t4\t40\t90\t10\t15",
        ],
    }
    for name, lines in tables.items():
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")
    return folder
