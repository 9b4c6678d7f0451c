"""The judge of the time between two stops: the way, parking, and breaks around it.

Breaks come as pairs (beginning, break), in the plan's order. They lie before the
way, between way and parking, or behind both, whichever suits the times best.
"""

from routing.problem import Break

Resting = list[tuple[int, Break]]


def lateness(free: int, resting: Resting, leg: int, arrive: int, at: int) -> int:
    """By how much a stop begins too early for leg, parking and breaks before it."""
    return min(
        _lateness(free, resting, split, leg, (before, arrive - before), at)
        for split in range(len(resting) + 1)
        for before in (0, arrive)
    )


def setting_off(resting: Resting, leg: int, arrive: int, at: int) -> tuple[int, int]:
    """(lateness, the latest departure from the start that the first stop allows).

    Work begins with leaving: a break before that lies outside it.
    """
    found = []
    for split in range(len(resting) + 1):
        home, behind = resting[:split], resting[split:]
        for before in (0, arrive):
            leaves = (behind[0][0] if behind else at) - leg - before
            leaves -= 0 if behind else arrive - before
            late = _overlap(home, leaves)
            parking = before, arrive - before
            late = max(late, _lateness(leaves, behind, 0, leg, parking, at))
            found.append((late, -leaves))
    late, leaves = min(found)
    return late, -leaves


def end_of_work(free: int, resting: Resting, leg: int) -> tuple[int, int]:
    """(lateness, when work ends): breaks lie before the way home or behind it."""
    found = []
    for split in range(len(resting) + 1):
        before, behind = resting[:split], resting[split:]
        now, late = free, 0
        for begins, rest in before:
            late = max(late, now - begins)
            now = begins + rest.seconds
        ends = now = now + leg
        for begins, rest in behind:
            late = max(late, now - begins)
            now = begins + rest.seconds
        found.append((late, ends))
    return min(found)


def _overlap(resting: Resting, until: int) -> int:
    late = 0
    for number, (begins, rest) in enumerate(resting):
        behind = resting[number + 1][0] if number + 1 < len(resting) else until
        late = max(late, begins + rest.seconds - behind)
    return late


def _lateness(
    free: int,
    resting: Resting,
    split: int,
    leg: int,
    parking: tuple[int, int],
    at: int,
) -> int:
    now, late = free, 0
    for number, (begins, rest) in enumerate(resting):
        if number == split:
            now += leg + parking[0]
        late = max(late, now - begins)
        now = begins + rest.seconds
    if split == len(resting):
        now += leg + parking[0]
    return max(late, now + parking[1] - at)
