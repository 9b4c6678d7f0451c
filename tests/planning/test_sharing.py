"""Parts of a large plan are taken by whoever is there, and none is ever lost."""

import platform
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from dispatch.clock import wall_now
from dispatch.planning.chasing import MOST_ATTEMPTS
from dispatch.planning.jobs import carry_out
from dispatch.planning.leases import Lease, renew, seize, take
from dispatch.planning.parts import (
    PlanPart,
    asker_waits,
    forget,
    forget_orphans,
    lay_out,
    list_plans,
    look,
    pack,
)
from dispatch.planning.publishing import Superseded
from dispatch.planning.sharing import Sharing, solve_part
from dispatch.planning.solving import SolverFailed, asked_for, think
from dispatch.planning.waves import AskState
from dispatch.settings import settings
from dispatch.store.unit_of_work import in_one_transaction, picture, unit_of_work
from routing import Effort, Problem, broken_rules
from routing.city import Part
from tests.engines import ON_ONE_ENGINE, ON_POSTGRESQL
from tests.little_town import LittleTown
from tests.planning.city_wave import fill
from tests.planning.lunch_wave import (
    LONG_AGO,
    ask,
    order_lunch,
    read_wave,
    request_of,
    shown_plan,
)

CRASH = (sys.executable, "-c", "import os; os.abort()")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """More than thirteen doors are a city."""
    monkeypatch.setenv("DISPATCH_PART_TASKS", "10")
    monkeypatch.setenv("DISPATCH_SOLVER_THREADS", "2")
    settings.cache_clear()
    yield
    settings.cache_clear()


def _asking(town: LittleTown) -> tuple[Lease, Problem]:
    """Somebody plans a lunch for one door."""
    town.add_helper()
    order_lunch(town)
    lease = take(town.engine, ask(town))
    assert lease is not None
    return lease, read_wave(town).problem


def _laid_out(town: LittleTown) -> tuple[Lease, UUID]:
    """And waits for its only part."""
    lease, problem = _asking(town)
    row = {
        "request_id": lease.request_id,
        "asker_fence": lease.fence,
        "number": 0,
        "seconds": 1.0,
        "seed": 0,
        "ready_by": wall_now() + timedelta(seconds=60),
        "asked": pack(asked_for(problem)),
    }
    in_one_transaction(town.engine, lambda uow: lay_out(uow, [row]))
    with Session(town.engine) as session:
        return lease, session.exec(select(PlanPart.id)).one()


def _fall_silent(town: LittleTown, part_id: UUID) -> None:
    with Session(town.engine) as session:
        session.get_one(PlanPart, part_id).lease_until = LONG_AGO
        session.commit()


def _count_parts(town: LittleTown) -> int:
    with Session(town.engine) as session:
        return len(session.exec(select(PlanPart.id)).all())


def test_a_part_is_solved_once_however_many_want_to(town: LittleTown) -> None:
    asker, part_id = _laid_out(town)

    with ThreadPoolExecutor(4) as four:
        wanted = list(four.map(lambda _: solve_part(town.engine, part_id), range(4)))

    assert sum(wanted) == 1
    with picture(town.engine) as seen:
        (solved,) = list_plans(seen.session, asker)
        assert look(seen.session, asker) == ([], 0)
    assert solved.host == platform.node()
    assert '"routes"' in solved.text


def test_a_part_whose_helper_fell_silent_is_free_for_the_next(
    town: LittleTown,
) -> None:
    asker, part_id = _laid_out(town)
    silent = in_one_transaction(
        town.engine, lambda uow: seize(uow, PlanPart, part_id, asker_waits())
    )
    assert silent is not None
    assert solve_part(town.engine, part_id) is False
    _fall_silent(town, part_id)
    with picture(town.engine) as seen:
        assert look(seen.session, asker) == ([part_id], 1)

    assert solve_part(town.engine, part_id) is True

    assert renew(town.engine, silent) is False


def test_helpers_that_crash_leave_a_part_to_who_asked(town: LittleTown) -> None:
    _, part_id = _laid_out(town)

    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(SolverFailed, match="-6"):
            solve_part(town.engine, part_id, child=CRASH)

    assert solve_part(town.engine, part_id) is False
    assert solve_part(town.engine, part_id, helping=False) is True


def test_nobody_solves_what_nobody_waits_for(town: LittleTown) -> None:
    asker, part_id = _laid_out(town)
    in_one_transaction(town.engine, forget_orphans)
    assert _count_parts(town) == 1
    assert take(town.engine, asker.request_id, by_force=True) is not None

    assert solve_part(town.engine, part_id) is False
    with picture(town.engine) as seen:
        assert look(seen.session, asker) == ([], 0)
    in_one_transaction(town.engine, forget_orphans)
    assert _count_parts(town) == 0


@ON_POSTGRESQL
def test_who_sweeps_up_waits_for_no_asker_that_forgets_its_own(
    town: LittleTown,
) -> None:
    """Two who delete the same rows, each in its order, would wait for ever."""
    asker, _ = _laid_out(town)
    assert take(town.engine, asker.request_id, by_force=True) is not None
    with ThreadPoolExecutor(1) as one, unit_of_work(town.engine) as forgetting:
        forget(forgetting, asker)
        sweeping = one.submit(in_one_transaction, town.engine, forget_orphans)
        assert sweeping.result(timeout=60) is None
    assert _count_parts(town) == 0


def test_who_lost_the_request_waits_for_no_part(town: LittleTown) -> None:
    asker, problem = _asking(town)
    assert take(town.engine, asker.request_id, by_force=True) is not None

    with pytest.raises(Superseded):
        Sharing(town.engine, asker, None)([Part(problem)], Effort(seconds=1))

    assert _count_parts(town) == 0


def test_a_city_is_shared_with_nobody_when_nobody_is_there(town: LittleTown) -> None:
    fill(town, doors=16, helpers=4)
    problem = read_wave(town).problem
    asker = take(town.engine, ask(town))
    assert asker is not None
    sharing = Sharing(town.engine, asker, None)

    thought = think(problem, sharing=sharing)

    assert thought.trouble is None
    assert thought.plan.decided_by[0] == "2 parts"
    assert broken_rules(problem, thought.plan) == []
    assert len(thought.plan.served) == 16
    assert sharing.solved_on == {platform.node(): 3}
    assert _count_parts(town) == 0


@ON_ONE_ENGINE
def test_a_border_whose_solver_is_killed_stays_as_it_was(
    town: LittleTown, capfd: pytest.CaptureFixture[str]
) -> None:
    fill(town, doors=16, helpers=4)
    problem = read_wave(town).problem
    asker = take(town.engine, ask(town))
    assert asker is not None
    dying = (sys.executable, "-m", "tests.dying_borders", "--part")
    sharing = Sharing(town.engine, asker, None, child=dying)

    thought = think(problem, sharing=sharing)

    assert thought.trouble is None
    assert thought.plan.decided_by[:2] == ("2 parts", "unsewn borders 1")
    assert broken_rules(problem, thought.plan) == []
    assert len(thought.plan.served) + len(thought.plan.left_out) == 16
    assert sharing.solved_on == {platform.node(): 2}
    assert "a border was not sewn" in "".join(capfd.readouterr())
    assert _count_parts(town) == 0


def test_a_plan_tells_who_solved_its_parts(town: LittleTown) -> None:
    fill(town, doors=16, helpers=4)
    request_id = ask(town)

    assert carry_out(town.engine, request_id)

    request = request_of(town, request_id)
    assert request.state is AskState.DONE
    assert (request.figures or {})["parts"] == {platform.node(): 3}
    assert shown_plan(town).fallback is False
