"""Promise 6: nobody drops out of sight, and no visit is sold as what it was not."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.clock import town_day
from dispatch.duties.due_orders import DutyOrder, DutyRun
from dispatch.duties.outreach import Outreach
from dispatch.duties.referrals import Referral, ReferralState
from dispatch.field.evidence import Evidence, EvidenceFrom
from dispatch.log.events import Event
from dispatch.orders.orders import Order
from dispatch.people.elders import Elder
from dispatch.promises.checking import Look, Premises
from dispatch.safety.cases import Case, CaseOutcome

_HEARD: Final = frozenset({"phone", "video", "counter"})
_SIGNS: Final = frozenset({"heard", "seen"})
_VISIT: Final = "VISIT_HOME"


@dataclass
class _Met:
    """Every moment at which proofs say that an elder was met, or visited."""

    seen: set[datetime] = field(default_factory=set)
    visited: set[datetime] = field(default_factory=set)


def check_sight(premises: Premises, look: Look) -> None:
    """Each clock stands where its proofs put it; whoever was due was looked after."""
    session = premises.session
    met: dict[UUID, _Met] = defaultdict(_Met)
    for elder_id, at, visited in _meetings(session):
        met[elder_id].seen.add(at)
        if visited:
            met[elder_id].visited.add(at)
    began = _our_time(session)
    elders = list(session.exec(select(Elder)))
    for elder in elders:
        proofs = met[elder.id]
        for clock, stood_at, moments in (
            ("last seen", elder.last_seen_at, proofs.seen),
            ("paid visit", elder.last_visit_at, proofs.visited),
        ):
            name = f"elder {elder.number}: {clock}"
            _check_clock(name, stood_at, moments, began, look)
    _check_everybody_due(session, elders, look)
    _check_orders(session, look)
    _check_referrals(session, look)


def _our_time(session: Session) -> datetime | None:
    """The first order placed with us; what a house brought along came before."""
    placed = select(func.min(col(Event.at))).where(Event.kind == "order.placed")
    return session.exec(placed.where(Event.role != "import")).one()


def _check_clock(
    name: str,
    at: datetime | None,
    moments: set[datetime],
    began: datetime | None,
    look: Look,
) -> None:
    """Not before the last proof; and where it moved in our time, on one of them."""
    if moments:
        fine = at is not None and at >= max(moments)
        look.expect(fine, f"{name} stands at {at}, its proofs say {max(moments)}")
    if at is not None and began is not None and at >= began:
        look.expect(at in moments, f"{name} stands at {at}, and nothing was then")


def _meetings(session: Session) -> Iterator[tuple[UUID, datetime, bool]]:
    """Who was met when, and whether it was a paid visit; as the proofs have it."""
    query = select(Order, Evidence).join(Evidence, col(Evidence.order_id) == Order.id)
    for order, proof in session.exec(query):
        if _shows_the_person(proof):
            yield order.elder_id, proof.at, order.service == _VISIT and _is_long(proof)
    for call in session.exec(select(Outreach)):
        if call.spoke_with.value == "self" and call.way.value in _HEARD:
            yield call.elder_id, call.at, False
    well = select(Case).where(Case.outcome == CaseOutcome.SEEN_WELL)
    for case in session.exec(well):
        if case.closed_at is not None and case.elder_id is not None:
            yield case.elder_id, case.closed_at, False


def _shows_the_person(proof: Evidence) -> bool:
    """A bag on the handle does not, nor a phone elsewhere, nor a word of an office."""
    basis = proof.basis
    if basis.get("place") == "elsewhere" and proof.grade in "DE":
        return False
    if proof.origin is EvidenceFrom.COUNTER:
        return basis.get("collector") == "self"
    how = basis.get("how")
    if how == "contactless":
        return basis.get("sign") in _SIGNS
    return how == "visit_ended" or (
        how in ("handed_over", "paper") and basis.get("to") == "self"
    )


def _is_long(proof: Evidence) -> bool:
    lasted, least = proof.basis.get("lasted_seconds"), proof.basis.get("least_seconds")
    return lasted is not None and least is not None and int(lasted) >= int(least)


def _check_everybody_due(session: Session, elders: list[Elder], look: Look) -> None:
    """Whose own rhythm was broken at the last run had an order, or a word why not."""
    rows = {(row.elder_id, row.until_on) for row in session.exec(select(DutyOrder))}
    runs: dict[UUID, DutyRun] = {}
    for run in session.exec(select(DutyRun).order_by(col(DutyRun.on))):
        runs[run.station_id] = run
    for elder in elders:
        last_run = runs.get(elder.station_id)
        if last_run is not None and (until := _broken_since(elder, last_run)):
            look.expect(
                (elder.id, until) in rows,
                f"elder {elder.number} is due since {until}: no order and no reason",
            )


def _broken_since(elder: Elder, run: DutyRun) -> date | None:
    """The day on which the rhythm broke, as it stood when the run was made."""
    every, last = elder.visit_every_days, elder.last_visit_at
    if every is None or last is None or last >= run.at or elder.died_on is not None:
        return None
    until = town_day(last) + timedelta(days=every)
    return until if until < run.on else None


def _check_orders(session: Session, look: Look) -> None:
    """The order of a duty is that elder's; nobody else's visit stands for it."""
    query = select(DutyOrder, Order).join(Order, col(Order.id) == DutyOrder.order_id)
    for row, order in session.exec(query):
        look.expect(
            row.elder_id == order.elder_id,
            f"order {order.number} stands for another elder's duty",
        )


def _check_referrals(session: Session, look: Look) -> None:
    """A referral ends only by a person's word of what became of it."""
    for one in session.exec(select(Referral)):
        ended = one.state in (ReferralState.DONE, ReferralState.REFUSED)
        look.expect(
            ended == bool(one.outcome and one.ended_by and one.ended_at),
            f"referral {one.id} is {one.state.value} without a word of its end",
        )
