"""Handing over at the end of a turn (交班): words, and the open cases with them."""

from uuid import UUID, uuid4

from sqlmodel import col, select

from dispatch.access.accounts import Account
from dispatch.errors import BadInput, Conflict, NotFound
from dispatch.safety.asking import give
from dispatch.safety.cases import get_case
from dispatch.safety.duty import Handover, find_duty, turn_of
from dispatch.safety.noting import add_step, spoken, tell_case
from dispatch.safety.reaching import list_may_own
from dispatch.safety.roster import cases_of, list_people
from dispatch.safety.rostering import place_of
from dispatch.store.unit_of_work import UnitOfWork


class NothingToAccept(Conflict):
    """没有等您接的班，没有保存。请刷新后查看。"""

    code = "nothing_to_accept"


def hand_over(uow: UnitOfWork, to_id: UUID, words: str) -> Handover:
    """Offer one's turn and open cases to the next; they stay one's own until taken.

    Raises:
        NotFound: nobody of that name here.
        NothingSaid; BadInput: to oneself.
    """
    me = uow.actor.account_id
    person = next((p for p in list_people(uow) if p.id == to_id), None)
    if person is None or me is None:
        raise NotFound("没有找到接班人。")
    if me == to_id:
        raise BadInput("请选另一位接班人，没有保存。")
    said = spoken(words)
    mine = uow.session.get_one(Account, me)
    street, station_id = place_of(uow, mine)
    open_one = select(Handover).where(
        Handover.from_id == me, col(Handover.accepted_at).is_(None)
    )
    offered = uow.session.exec(open_one.with_for_update()).first() or Handover(
        id=uuid4(), street_code=street, station_id=station_id, from_id=me, to_id=to_id,
        words=said, offered_at=uow.now,
    )  # fmt: skip
    offered.to_id, offered.words, offered.offered_at = to_id, said, uow.now
    ids = [duty.case_id for duty in cases_of(uow, me)]
    offered.cases = len(list_may_own(uow.session, person, ids))
    uow.session.add(offered)
    uow.session.flush()
    return offered


def accept(uow: UnitOfWork, handover_id: UUID) -> Handover:
    """Take the turn over: the cases of whoever offered it are one's own from now on.

    What the new one may not see stays with the old one until the sweep, at once, asks
    whoever may (`asking.ask_again`).

    Raises:
        NothingToAccept: it is another's, or was accepted before.
    """
    me = uow.actor.account_id
    query = select(Handover).where(Handover.id == handover_id).with_for_update()
    offered = uow.session.exec(query).first()
    if offered is None or me != offered.to_id or offered.accepted_at is not None:
        raise NothingToAccept
    offered.accepted_at = uow.now
    _take_over(uow, offered.from_id, uow.session.get_one(Account, me))
    ended = turn_of(uow.session, offered.from_id, offered.street_code, uow.now)
    if ended is not None and ended.starts_at < uow.now:
        ended.ends_at = uow.now
        uow.session.add(ended)
    uow.session.add(offered)
    uow.session.flush()
    return offered


def _take_over(uow: UnitOfWork, giver_id: UUID, taker: Account) -> None:
    ids = [duty.case_id for duty in cases_of(uow, giver_id)]
    theirs = list_may_own(uow.session, taker, ids)
    for case_id in sorted(ids):  # the one order in which several cases are held
        case = get_case(uow.session, case_id, lock=True)
        duty = find_duty(uow.session, case_id)
        if case.closed_at or duty is None or duty.account_id != giver_id:
            continue
        if case_id in theirs:
            give(uow, case, duty, taker)
            add_step(uow, case, "handover", case.owner)
            tell_case(uow, case, "case.handed_over")
        elif duty.again_at is not None:
            duty.again_at = uow.now
            uow.session.add(duty)
