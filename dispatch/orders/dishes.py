"""Which sitting and which dish an order gets, and whether a portion is left."""

from datetime import date
from typing import Final, Protocol
from uuid import UUID

from sqlmodel import Session, select

from dispatch.catalogue.sittings import (
    MenuItem,
    Serving,
    Sitting,
    SoldOut,
    change_spare,
    find_sitting,
    list_menu,
    take_portion,
    take_while_open,
)
from dispatch.errors import BadInput
from dispatch.orders.diet import clashes, suits, swallows
from dispatch.orders.refusals import (
    DietClash,
    NotServed,
    NotYoursToSetAside,
    PastCutOff,
    TextureClash,
)
from dispatch.people.elders import Elder
from dispatch.people.places import get_station
from dispatch.store.unit_of_work import Actor, UnitOfWork

# Who knows the elder, or answers for the street; never a process, never a family.
_MAY_SET_ASIDE: Final = frozenset({"station", "dispatcher"})


class _Wish(Protocol):
    @property
    def menu_item_id(self) -> UUID | None: ...

    def overrides(self, rule: str) -> bool: ...


def sitting_for(
    session: Session, elder: Elder, serve_on: date, serving: Serving
) -> Sitting:
    """The sitting of the kitchen that feeds the elder's station.

    Raises:
        NotServed: it has none then, or it is closed.
    """
    station = get_station(session, elder.station_id)
    sitting = find_sitting(session, station.kitchen_id, serve_on, serving)
    if sitting is None or sitting.closed_at is not None:
        raise NotServed
    return sitting


def dish_for(session: Session, sitting: Sitting, elder: Elder, wish: _Wish) -> MenuItem:
    """The dish asked for, or the first that suits; never one that is unsafe.

    Raises:
        TextureClash: the elder could choke on it; nobody may override that.
        DietClash: against an allergy or a diet word, without an override.
    """
    menu = list_menu(session, sitting.id)
    if not menu:
        raise NotServed
    if wish.menu_item_id is None:
        safe = [dish for dish in menu if swallows(elder, dish)] or menu[:1]
        dish = next((dish for dish in safe if suits(elder, dish)), safe[0])
    else:
        dish = next((d for d in menu if d.id == wish.menu_item_id), None) or _unknown()
    if not swallows(elder, dish):
        raise TextureClash
    if clashes(elder, dish) and not wish.overrides("diet"):
        raise DietClash(clashes=clashes(elder, dish))
    return dish


def set_aside(
    actor: Actor, elder: Elder, dish: MenuItem, reason: str | None
) -> str | None:
    """Why this elder gets this dish all the same, for the label; None where it suits.

    Raises:
        NotYoursToSetAside: this role may not.
    """
    if reason is None or not clashes(elder, dish):
        return None
    if actor.role not in _MAY_SET_ASIDE:
        raise NotYoursToSetAside
    return reason


def sit_down(uow: UnitOfWork, sitting: Sitting, *, late_too: bool) -> bool:
    """Take a portion. From here on the sitting is held: until we are done nobody
    counts what to cook, and nobody closes it, without this one.

    Args:
        late_too: also after the kitchen's count.

    Returns:
        whether it was after that.

    Raises:
        NotServed: the sitting was closed meanwhile.
        PastCutOff, SoldOut
    """
    if take_while_open(uow.session, sitting, uow.now):
        return False
    _hold_open(uow.session, sitting)
    if uow.now <= sitting.cut_off_at and sitting.cooked is None:
        take_portion(uow.session, sitting.id)
        return False
    take_late_portion(uow.session, sitting, allowed=late_too)
    return True


def _hold_open(session: Session, sitting: Sitting) -> None:
    held = select(Sitting).where(Sitting.id == sitting.id).with_for_update()
    session.exec(held.execution_options(populate_existing=True)).one()
    if sitting.closed_at is not None:
        raise NotServed


def take_late_portion(session: Session, held: Sitting, *, allowed: bool) -> None:
    """After the cut-off a portion of a held sitting comes from the spare ones.

    Raises:
        PastCutOff: nobody asked for an exception.
        SoldOut: no spare portion is left.
    """
    if not allowed:
        raise PastCutOff
    if held.cooked is not None:
        if held.spare < 1:
            raise SoldOut
        change_spare(session, held.id, -1)
    take_portion(session, held.id)


def _unknown() -> MenuItem:
    raise BadInput("这份餐不在当天的菜单上，没有下单。")
