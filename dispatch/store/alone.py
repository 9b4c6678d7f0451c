"""One deed of a long list, by itself: when it breaks, the next one's turn comes."""

from collections.abc import Callable

import structlog
from sqlalchemy import Engine

from dispatch.errors import places_of
from dispatch.store.database import is_away, is_full
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction

log = structlog.get_logger()


def do_alone(
    engine: Engine, deed: Callable[[UnitOfWork], object], broken: str, **about: str
) -> bool:
    """Do it in a transaction of its own; a failure of ours with it is logged.

    Args:
        broken: the log's word for a failure.
        about: what else the log says; of a person their id and no more.

    Returns:
        whether it was done.

    Raises: what the database raises that is away or full; the list goes on later.
    """
    try:
        in_one_transaction(engine, deed)
    except Exception as error:
        if is_away(error) or is_full(error):
            raise
        log.error(  # noqa: TRY400 - its own words may be of a person
            broken,
            error=type(error).__name__,
            where=places_of(error, most=1),
            **about,
        )
        return False
    return True
