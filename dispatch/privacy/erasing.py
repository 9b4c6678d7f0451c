"""Forgetting a person: what says who it was goes, every total stays.

What identifies lies in the vault and goes from there: of the elder, the contacts, and
the door where nobody else lives. Pictures go; the words of complaints and calls too.
Orders, grants and ledger lines stay under an id that says nothing any more.
"""

from uuid import UUID

from sqlmodel import col, delete, select, update

from dispatch.errors import Conflict
from dispatch.field.photos import FieldPhoto, PhotoPiece
from dispatch.log.audit import write_down
from dispatch.orders.orders import ENDED_STATES, Order, OrderState
from dispatch.people.elders import Elder, Household
from dispatch.people.life_events import LifeEvent
from dispatch.people.vault import Sealed
from dispatch.privacy.about import owners_in, rows_about
from dispatch.safety.cases import Case
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.months.periods import Period, PeriodState
from dispatch.subsidy.windows import month_of

_AT_ONCE = 500


class StillNeeded(Conflict):
    """这位老人的资料现在还不能删除。"""

    code = "still_needed"


def erase_person(uow: UnitOfWork, elder: Elder, *, purpose: str) -> int:
    """Forget who this was; how many sealed fields went.

    Raises:
        StillNeeded: alive and in the district, something is under way, or a month
            with services of theirs is not closed.
    """
    if why := _needed_for(uow, elder):
        raise StillNeeded(why)
    found = rows_about(uow.session, elder)
    shared = _shares_a_door(uow, elder)
    owners = [one for one in owners_in(found) if not (shared and _is_door(elder, one))]
    gone = 0
    for start in range(0, len(owners), _AT_ONCE):
        some = owners[start : start + _AT_ONCE]
        erased = delete(Sealed).where(col(Sealed.owner_id).in_(some))
        gone += int(uow.session.exec(erased).rowcount)
    _forget_pictures(uow, elder.id)
    _forget_facts(uow, elder, shared=shared)
    write_down(uow, "erased", "elder", elder.id, purpose=purpose)
    return gone


def _needed_for(uow: UnitOfWork, elder: Elder) -> str | None:
    """Why not yet, in words for whoever asks; None when nothing is in the way."""
    if elder.died_on is None and elder.left_on is None:
        return "老人还在本区受助：先登记离世或迁出。"
    orders = uow.session.exec(
        select(col(Order.state), col(Order.serve_on)).where(Order.elder_id == elder.id)
    ).all()
    if any(state not in ENDED_STATES for state, _ in orders):
        return "还有没结束的订单。"
    case = select(Case.id).where(Case.elder_id == elder.id)
    if uow.session.exec(case.where(col(Case.closed_at).is_(None))).first():
        return "还有没结束的安全个案。"
    closed = set(
        uow.session.exec(
            select(Period.month).where(Period.state == PeriodState.CLOSED)
        ).all()
    )
    served = {month_of(on) for state, on in orders if state is OrderState.DONE}
    if waiting := sorted(served - closed):
        return f"这些月份还没有月结：{'、'.join(waiting)}。"
    return None


def _shares_a_door(uow: UnitOfWork, elder: Elder) -> bool:
    """Somebody else is behind it who is not forgotten: the last of a couple takes the
    door along."""
    others = (
        select(Elder.id)
        .join(Sealed, col(Sealed.owner_id) == Elder.id)
        .where(Elder.household_id == elder.household_id, Elder.id != elder.id)
    )
    return uow.session.exec(others.limit(1)).first() is not None


def _is_door(elder: Elder, owner: UUID) -> bool:
    return owner == elder.household_id


def _forget_pictures(uow: UnitOfWork, elder_id: UUID) -> None:
    orders = select(Order.id).where(Order.elder_id == elder_id)
    theirs = col(FieldPhoto.order_id).in_(orders)
    unfinished = select(FieldPhoto.id).where(theirs, col(FieldPhoto.whole_at).is_(None))
    pieces = col(PhotoPiece.photo_id).in_(unfinished)
    uow.session.exec(delete(PhotoPiece).where(pieces))
    uow.session.exec(
        update(FieldPhoto)
        .where(theirs, col(FieldPhoto.sealed).is_not(None))
        .values(sealed=None, key_id=None, look=None, forgotten_at=uow.now)
    )


def _forget_facts(uow: UnitOfWork, elder: Elder, *, shared: bool) -> None:
    """What is not sealed and still would tell who it was, or how they were."""
    elder.diet_tags, elder.allergies, elder.language = [], [], ""
    uow.session.add(elder)
    words = update(LifeEvent).where(col(LifeEvent.elder_id) == elder.id)
    uow.session.exec(words.values(words=""))
    if not shared:
        door = update(Household).where(col(Household.id) == elder.household_id)
        bare = {"building": "", "estate": "", "grid_code": None}
        uow.session.exec(door.values(lat=None, lon=None, located_by=None, **bare))
