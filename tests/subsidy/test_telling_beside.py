"""Told while somebody signs: whoever is through first, nothing is missed."""

from collections.abc import Callable
from datetime import date
from functools import partial
from threading import Event, Thread

import pytest
from sqlmodel import Session, select

from dispatch.errors import Refusal
from dispatch.people.changing import FactChange, change_facts
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from dispatch.subsidy.checking import broken_fens
from dispatch.subsidy.months.blocking import blockers
from dispatch.subsidy.months.corrections import Correction
from dispatch.subsidy.months.periods import PeriodState, state_of
from dispatch.subsidy.months.signing import sign_step
from dispatch.subsidy.months.steps import Step
from dispatch.subsidy.months.told_after import list_told_after, propose_told
from tests.little_town import LittleTown
from tests.subsidy.closed_month import AFTER, MONTH, Officials, close_drawers, eat_lunch
from tests.subsidy.ledger_town import do, live_grants, rows

Deed = Callable[[UnitOfWork], object]
OPEN_SECONDS = 0.3  # that a transaction stays open beside another one


def _beside(
    town: LittleTown, first: tuple[Actor, Deed], then: tuple[Actor, Deed]
) -> None:
    """The second deed from its beginning to its end while the first one's transaction
    is open; where the second has to wait for it, the first goes on after a moment.
    """
    written, over = Event(), Event()

    def open_long(uow: UnitOfWork) -> None:
        first[1](uow)
        written.set()
        over.wait(OPEN_SECONDS)

    opening = Thread(target=_do, args=(town, (first[0], open_long)))
    opening.start()
    assert written.wait(10)
    _do(town, then)
    over.set()
    opening.join()


def _do(town: LittleTown, deed: tuple[Actor, Deed]) -> None:
    """A signature that comes too early is refused; that is one of the right endings."""
    actor, what = deed
    try:
        in_one_transaction(town.engine, what, actor=actor)
    except Refusal as refusal:
        assert refusal.code == "step_too_early"  # noqa: PT017 - what else is a fault


def _tell(uow: UnitOfWork, *, suspended: bool) -> None:
    """Whether the elder's entitlement was suspended since before the meal."""
    elder = uow.session.exec(select(Elder).with_for_update()).one()
    value = {"entitlement_suspended": suspended}
    since = FactChange(FactKind.SUSPENDED, value, date(2026, 11, 1))
    change_facts(uow, elder, [since], reason="补登记")


def _is_missed(town: LittleTown, fen: int) -> bool:
    """The lines are not what the rules give now, and nobody would hear of it."""
    if sum(live_grants(town).values()) == fen:
        return False
    with Session(town.engine) as session:
        if state_of(session, MONTH) is PeriodState.OPEN:
            found = {one.kind for one in blockers(session, MONTH)}
            return not {"changed_since", "not_confirmed"} & found
        told = list_told_after(session, AFTER.date())
    for elder_id, first_on in told.items():
        do(town, propose_told, elder_id, first_on, AFTER.date())
    proposed = sum(one.signed_fen for one in rows(town, Correction))
    return sum(live_grants(town).values()) + proposed != fen


@pytest.mark.proves("F81", "F84")
@pytest.mark.parametrize("teller_first", [True, False])
def test_what_is_told_while_somebody_signs_is_never_missed(
    town: LittleTown, *, teller_first: bool
) -> None:
    eat_lunch(town)
    close_drawers(town)
    town.at(AFTER)
    officials = Officials(town)
    signers = {
        Step.CONFIRM: town.staff,
        Step.REVIEW: officials.street,
        Step.PUBLISH: officials.district,
    }
    for signed, step, suspended in (
        ((), Step.CONFIRM, True),  # nobody has signed before
        ((), Step.CONFIRM, False),  # lines are reckoned anew as it is signed
        ((Step.CONFIRM,), Step.REVIEW, True),
        ((Step.CONFIRM, Step.REVIEW), Step.PUBLISH, False),
    ):
        for before in signed:
            officials.sign(before, signers[before])
        telling = (town.staff, partial(_tell, suspended=suspended))
        signing = (signers[step], partial(sign_step, period=MONTH, step=step))
        both = (telling, signing) if teller_first else (signing, telling)
        _beside(town, *both)
        assert not _is_missed(town, 0 if suspended else 500), (step, suspended)
    with Session(town.engine) as session:
        assert broken_fens(session) == []
