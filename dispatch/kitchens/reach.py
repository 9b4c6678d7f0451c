"""Whose kitchen it is: its own people cook in it, others look."""

from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.errors import NotAllowed, NotFound
from dispatch.people.places import Kitchen, Station, is_at_kitchen
from dispatch.store.unit_of_work import UnitOfWork


class NotYourKitchen(NotAllowed):
    """只有这个厨房的人员可以办理，没有保存。"""

    code = "not_your_kitchen"


def is_own(uow: UnitOfWork, kitchen: Kitchen) -> bool:
    """The actor is one of the people who work in this kitchen."""
    if uow.actor.role == "kitchen":
        return uow.actor.kitchen_id == kitchen.id
    if uow.actor.role != "station" or uow.actor.station_id is None:
        return False
    station = uow.session.get_one(Station, uow.actor.station_id)
    return is_at_kitchen(station, kitchen)


def own_kitchen(uow: UnitOfWork, kitchen_id: UUID) -> Kitchen:
    """Raises: NotFound: out of reach; NotYourKitchen: of others."""
    kitchen = seen_kitchen(uow, kitchen_id)
    if not is_own(uow, kitchen):
        raise NotYourKitchen
    return kitchen


def seen_kitchen(uow: UnitOfWork, kitchen_id: UUID | None) -> Kitchen:
    """A kitchen within reach; for a station the one that feeds it.

    Raises:
        NotFound: none is named, or it is out of reach.
    """
    if uow.actor.role == "station" and uow.actor.station_id is not None:
        station = uow.session.get_one(Station, uow.actor.station_id)
        if kitchen_id not in (None, station.kitchen_id):
            raise NotFound("没有找到这个厨房。")
        return uow.session.get_one(Kitchen, station.kitchen_id)
    if uow.actor.role == "kitchen" and kitchen_id is None:
        kitchen_id = uow.actor.kitchen_id
    if kitchen_id is None:
        raise NotFound("请先选择厨房。")
    return get_scoped(uow, Kitchen, kitchen_id)


def kitchens_in_reach(uow: UnitOfWork) -> list[UUID]:
    """The kitchens whose batches the actor may look up."""
    if uow.actor.role == "station":
        return [seen_kitchen(uow, None).id]
    return [one.id for one in uow.session.exec(scoped(uow.actor, Kitchen))]


def told_where(uow: UnitOfWork, kitchen_id: UUID) -> dict[str, object]:
    """Whose pages hear what is done in a kitchen: the actor's station; of a kitchen's
    own account the one in the same house, or else the first that it feeds."""
    if uow.actor.station_id is not None:
        return {
            "station_id": uow.actor.station_id,
            "street_code": uow.actor.street_code,
        }
    kitchen = uow.session.get_one(Kitchen, kitchen_id)
    fed = stations_fed_by(uow, kitchen_id)
    near = [one for one in fed if is_at_kitchen(one, kitchen)] or fed
    of_house = {"station_id": near[0].id} if near else {}
    return {**of_house, "street_code": kitchen.street_code}


def stations_fed_by(uow: UnitOfWork, kitchen_id: UUID) -> list[Station]:
    """The stations that eat from a kitchen, by code."""
    query = select(Station).where(Station.kitchen_id == kitchen_id)
    rows = uow.session.exec(query.order_by(col(Station.code))).all()
    return [station for station in rows if station.exited_on is None]
