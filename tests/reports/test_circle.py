"""Who lives within the walk of a point: counted at once as measured one by one."""

import random

from geopy.distance import great_circle

from dispatch.reports.circle import are_near, on_a_ball


def test_homes_within_a_walk_are_those_that_measuring_each_finds() -> None:
    chance = random.Random(7)

    def somewhere() -> tuple[float, float]:
        return 39.9 + chance.gauss(0, 0.03), 116.4 + chance.gauss(0, 0.03)

    homes, points = [somewhere() for _ in range(700)], [somewhere() for _ in range(9)]
    near = [
        min(great_circle(home, point).m for point in points) * 1.3 <= 1000
        for home in homes
    ]
    assert 0 < sum(near) < len(homes)
    assert are_near(on_a_ball(homes), points).tolist() == near
    assert not are_near(on_a_ball(homes), []).any()
