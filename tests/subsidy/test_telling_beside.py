"""Told while somebody signs: whoever is through first, nothing is missed."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from dispatch.people.changing import FactChange, change_facts
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import SYSTEM, UnitOfWork
from dispatch.subsidy.checking import broken_fens
from dispatch.subsidy.months.blocking import blockers
from dispatch.subsidy.months.correcting import decide_correction
from dispatch.subsidy.months.corrections import Correction, CorrectionState
from dispatch.subsidy.months.periods import PeriodState, state_of
from dispatch.subsidy.months.signing import sign_step
from dispatch.subsidy.months.steps import Step
from dispatch.subsidy.months.told_after import list_told_after, propose_told
from tests.little_town import LittleTown
from tests.subsidy.beside import beside
from tests.subsidy.closed_month import AFTER, MONTH, Officials, close_drawers, eat_lunch
from tests.subsidy.ledger_town import do, live_grants, rows


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
    _look_over(town, AFTER.date())
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
        # A signature that comes too early is refused; that is right, too.
        beside(town, both, "step_too_early")
        assert not _is_missed(town, 0 if suspended else 500), (step, suspended)
    with Session(town.engine) as session:
        assert broken_fens(session) == []


@pytest.mark.proves("F81", "F86")
@pytest.mark.parametrize("decider_first", [True, False])
def test_what_the_night_asks_anew_while_somebody_decides_is_booked_at_most_once(
    town: LittleTown, *, decider_first: bool
) -> None:
    """What was proposed holds no longer: it is withdrawn, or booked and taken back."""
    eat_lunch(town)
    close_drawers(town)
    officials = Officials(town)
    officials.sign_all()
    officials.close()
    today = AFTER.date() + timedelta(days=8)
    do(town, _tell, suspended=True)
    _look_over(town, today)
    (proposed,) = rows(town, Correction)
    assert proposed.signed_fen == -500
    do(town, _tell, suspended=False)
    with Session(town.engine) as session:
        ((elder_id, first_on),) = list_told_after(session, today).items()

    accept = partial(decide_correction, accept=True, words="属实")
    deciding = (officials.district, partial(accept, correction_id=proposed.id))
    anew = partial(propose_told, elder_id=elder_id, first_on=first_on, told_on=today)
    asking = (SYSTEM, anew)
    both = (deciding, asking) if decider_first else (asking, deciding)
    beside(town, both, "nothing_to_correct")
    _look_over(town, today)

    found = rows(town, Correction)
    booked = [one for one in found if one.state is CorrectionState.ACCEPTED]
    waits = [one for one in found if one.state is CorrectionState.OPEN]
    stand = [one for one in waits if not one.why.startswith("已无差额")]
    assert (len(booked), len(stand)) == ((1, 1) if decider_first else (0, 0))
    assert sum(one.signed_fen for one in booked + stand) == 0
    with Session(town.engine) as session:
        assert broken_fens(session) == []


def _look_over(town: LittleTown, day: date) -> None:
    """What the night asks about everybody of whom something was told on this day."""
    with Session(town.engine) as session:
        told = list_told_after(session, day)
    for elder_id, first_on in told.items():
        do(town, propose_told, elder_id, first_on, day)
