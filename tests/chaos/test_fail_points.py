"""Whatever fails at whatever point, once: done again, everything is as it should be."""

import errno
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from sqlmodel import Session

from dispatch.promises.checking import Look, Premises
from dispatch.promises.losses import check_losses
from dispatch.promises.orders import check_orders
from dispatch.settings import Settings
from dispatch.store.fail_points import (
    NAMES,
    Failed,
    NoSuchPoint,
    counting,
    fail_point,
    failing,
    read_points,
)
from tests.chaos.stories import (
    STORIES,
    Story,
    evening,
    live,
    live_and_die,
    what_stands,
)
from tests.engines import SQLITE, Engines
from tests.little_town import LittleTown

ACTIONS = ("kill", "raise", "enospc", "sleep:0.01")
TELLING = (
    ("lunch", "uow.after_commit", "kill", 2),
    ("lunch", "ledger.drafted", "kill", 1),
    ("plan", "plan.thought", "kill", 1),
    ("door", "photo.kept", "enospc", 1),
    ("door", "case.opened", "raise", 1),
    ("sheet", "sheet.kept", "kill", 1),
    ("month", "month.sealed", "kill", 1),
    ("web", "web.answering", "kill", 1),
)


@contextmanager
def a_town(engines: Engines) -> Iterator[LittleTown]:
    with engines.fresh(SQLITE) as url, engines.engine(url) as engine:
        yield LittleTown(engine)


def undisturbed(engines: Engines, story: Story) -> tuple[dict[str, int], object]:
    """Which points the story passes, how often, and what stands in the end."""
    with a_town(engines) as town:
        deeds = [*story.begin(town), *evening(town)]
        with counting() as passed:
            live(deeds)
        return dict(passed), what_stands(town)


def fail_once(
    engines: Engines, story: Story, name: str, action: str, at_pass: int
) -> object:
    """Live the story, fail there, live it again; what stands in the end."""
    with a_town(engines) as town:
        deeds = [*story.begin(town), *evening(town)]
        with failing(name, action, at_pass=at_pass):
            if action == "kill":
                assert live_and_die(town, deeds) == signal.SIGKILL
            else:
                with suppress(Failed, OSError):
                    live(deeds)
        live(deeds)
        look = Look()
        with Session(town.engine) as session:
            check_losses(Premises(session), look)
            check_orders(Premises(session), look)
        assert look.broken == [], (story.name, name, action, at_pass)
        return what_stands(town)


def test_every_point_is_passed_by_a_story(engines: Engines) -> None:
    passed = [undisturbed(engines, story)[0] for story in STORIES]

    assert set().union(*passed) == NAMES


@pytest.mark.proves("F23", "F69", "F77")
@pytest.mark.parametrize(("told", "name", "action", "at_pass"), TELLING)
def test_what_failed_at_the_worst_moment_is_made_good(
    engines: Engines, told: str, name: str, action: str, at_pass: int
) -> None:
    story = next(one for one in STORIES if one.name == told)
    stands = undisturbed(engines, story)[1]

    assert fail_once(engines, story, name, action, at_pass) == stands


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_whatever_fails_once_is_made_good(
    engines: Engines, story: Story, action: str
) -> None:
    passed, stands = undisturbed(engines, story)
    for name, times in passed.items():
        for at_pass in range(1, times + 1):
            assert fail_once(engines, story, name, action, at_pass) == stands


def test_points_are_armed_by_a_setting_and_never_in_a_live_house() -> None:
    armed = read_points("order.told=kill, plan.thought=sleep:5@3")

    assert (armed["order.told"].action, armed["order.told"].at_pass) == ("kill", 1)
    assert (armed["plan.thought"].action, armed["plan.thought"].at_pass) == (
        "sleep:5",
        3,
    )
    for words in ("no.such=kill", "order.told=explode", "order.told=kill@x"):
        with pytest.raises(NoSuchPoint):
            read_points(words)
    with (
        failing("order.told", "enospc"),
        pytest.raises(OSError, match="space") as full,
    ):
        fail_point("order.told")
    assert full.value.errno == errno.ENOSPC
    with pytest.raises(ValueError, match="bench only"):
        Settings(stage="live", secret="s" * 32, fail_points="order.told=kill")
