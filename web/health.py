"""Is it alive, is it ready: for supervisors, compose files and load balancers."""

from fastapi import APIRouter

from dispatch.log.feed import feed_position
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Db
from web.wire import Answer

router = APIRouter(tags=["health"])


@router.get("/health")
def get_health() -> Answer:
    """This process answers."""
    return Answer({"live": True})


@router.get("/ready")
def get_ready(database: Db) -> Answer:
    """The database answers and is migrated; 503 otherwise."""

    def look(uow: UnitOfWork) -> dict[str, object]:
        epoch, head = feed_position(uow.session)
        return {"ready": True, "feed": {"epoch": epoch, "head": head}}

    return Answer(database.read(look))
