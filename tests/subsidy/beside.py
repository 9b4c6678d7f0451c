"""Two deeds in two open transactions: the second begins and ends, or waits, while the
first one's is open."""

from collections.abc import Callable
from threading import Event, Thread

from dispatch.errors import Refusal
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from tests.little_town import LittleTown

Deed = Callable[[UnitOfWork], object]
OPEN_SECONDS = 0.3  # that a transaction stays open beside another one


def beside(
    town: LittleTown,
    both: tuple[tuple[Actor, Deed], tuple[Actor, Deed]],
    may_be_refused: str,
) -> None:
    """The second deed from its beginning to its end while the first one's transaction
    is open; where the second has to wait for it, the first goes on after a moment.

    Args:
        may_be_refused: the code of the refusal that is one of the right endings.
    """
    first, then = both
    written, over = Event(), Event()

    def open_long(uow: UnitOfWork) -> None:
        first[1](uow)
        written.set()
        over.wait(OPEN_SECONDS)

    opened = (town, (first[0], open_long), may_be_refused)
    opening = Thread(target=_do, args=opened)
    opening.start()
    assert written.wait(10)
    _do(town, then, may_be_refused)
    over.set()
    opening.join()


def _do(town: LittleTown, deed: tuple[Actor, Deed], may_be_refused: str) -> None:
    actor, what = deed
    try:
        in_one_transaction(town.engine, what, actor=actor)
    except Refusal as refusal:
        assert refusal.code == may_be_refused  # noqa: PT017 - what else is a fault
