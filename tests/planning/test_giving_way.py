"""Whom an order left out would displace is told to people, and on the way to them."""

from uuid import uuid4

from dispatch.people.helpers import TravelMode
from dispatch.planning.explaining import explain
from dispatch.planning.problem import Carrier
from dispatch.planning.solving import solve_apart
from routing import Candidate, Halt, LeftOut, Matrix, Place, Problem, Task, Vehicle


def test_a_no_names_the_orders_that_would_have_to_give_way() -> None:
    carriers = {"v": Carrier(uuid4(), TravelMode.WALK)}
    left = LeftOut("t", "", (Candidate("v", "window", 60),), displaces=("a", "b"))
    told = explain(carriers, left, 3, {"a": "A-12", "b": "A-15", "c": "A-1"})
    assert told["why"] == (
        "1 人赶不上规定的时段。要排进去，得让出已排的 2 单（A-12、A-15）。"
    )
    assert told["displaces"] == ["A-12", "A-15"]
    alone = explain(carriers, LeftOut("t", "", left.candidates), 3)
    assert (alone["why"], alone["displaces"]) == ("1 人赶不上规定的时段。", [])


def test_the_solvers_process_tells_whom_it_would_displace() -> None:
    both = [Task(t, visit=Halt("p", ((0, 0),), 60), penalty=9) for t in ("a", "b")]
    day = Problem(
        name="one or the other",
        places=(Place("p"),),
        travel={"walk": Matrix.of([[0]])},
        vehicles=(Vehicle("v", "walk", "p", shift=(0, 900)),),
        tasks=tuple(both),
    )
    plan = solve_apart(day)
    [left] = plan.left_out
    assert {left.task, *left.displaces} == {"a", "b"}
