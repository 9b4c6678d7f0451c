"""Months as officials and stations see them: figures, signatures, what is open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.accounts import JUDGES, titles_of
from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order
from dispatch.people.labels import label_elders
from dispatch.people.places import Station
from dispatch.store.unit_of_work import Actor, UnitOfWork
from dispatch.subsidy.ledger import Entry
from dispatch.subsidy.months.blocking import (
    Blocker,
    Signed,
    blockers,
    open_facts,
    signed_of,
)
from dispatch.subsidy.months.closing import Head, head_of
from dispatch.subsidy.months.corrections import Correction, CorrectionState
from dispatch.subsidy.months.periods import (
    PeriodState,
    find_period,
    first_day,
    list_periods,
    month_after,
)
from dispatch.subsidy.months.steps import PeriodStep, Step, list_steps
from dispatch.subsidy.rule_versions import title_of
from dispatch.subsidy.windows import month_of

_MONTHS = 24
_MOST = 100


@dataclass(frozen=True)
class MonthRow:
    """One month of the list."""

    month: str
    state: str
    head: str | None


@dataclass(frozen=True)
class StepRow:
    """One signature. `counts` is false for what a later beginning made void."""

    step: str
    who: str
    words: str
    entries: int
    persons: int
    subsidy_fen: int
    until_on: date | None
    signed_at: datetime
    counts: bool


@dataclass(frozen=True)
class StationRow:
    """A station's figures, and who has confirmed and reviewed these very figures.

    `signed_entries` and `signed_fen` are what it confirmed where something has changed
    since; `told_later`: how much was told of the elders in its lines after that.
    """

    station_id: UUID
    station: str
    street: str
    entries: int
    persons: int
    subsidy_fen: int
    confirmed: bool
    reviewed: bool
    signed_entries: int | None
    signed_fen: int | None
    told_later: int


@dataclass(frozen=True)
class MonthSheet:
    """A month within the actor's reach. `next` is the step that the actor may sign."""

    month: str
    state: str
    head: Head | None
    stations: tuple[StationRow, ...]
    steps: tuple[StepRow, ...]
    blockers: tuple[Blocker, ...]
    next: str | None


@dataclass(frozen=True)
class ProofSeen:
    """One of the two proofs side by side."""

    grade: str | None
    origin: str
    at: datetime | None
    paper: str


@dataclass(frozen=True)
class CorrectionRow:
    """A proposal with both proofs; `mine`: somebody else must decide it."""

    id: UUID
    state: str
    kind: str
    adjusts_period: str
    order_number: str
    on: date
    elder_label: str
    station: str
    subsidy: str
    fen: int
    why: str
    bereaved: bool
    before: ProofSeen
    after: ProofSeen
    proposed_by: str
    proposed_at: datetime
    mine: bool
    decision: str


def list_months(uow: UnitOfWork) -> list[MonthRow]:
    """The months with entries, the newest first; with the head of those closed."""
    known = {kept.month: kept for kept in list_periods(uow.session)}
    last = month_of(town_day(uow.now))
    first = uow.session.exec(select(func.min(Entry.period))).one() or last
    months = sorted({*known, *_between(first, last)}, reverse=True)[:_MONTHS]
    return [
        MonthRow(month, known[month].state.value, known[month].head_hash)
        if month in known
        else MonthRow(month, PeriodState.OPEN.value, None)
        for month in months
    ]


def show_month(uow: UnitOfWork, month: str) -> MonthSheet:
    """What there is to sign and to do in a month.

    Raises: BadInput
    """
    session = uow.session
    first_day(month)
    period, signed = find_period(session, month), signed_of(session, month)
    state = period.state if period else PeriodState.OPEN
    closed = period if period and state is PeriodState.CLOSED else None
    steps = [step for step in list_steps(session, month) if _concerns(uow.actor, step)]
    begun = period.begun if period else 1
    return MonthSheet(
        month=month,
        state=state.value,
        head=head_of(closed) if closed else None,
        stations=tuple(_stations(uow, signed)),
        steps=tuple(_step_row(step, begun) for step in steps),
        blockers=() if closed else tuple(_open(uow, month, signed)),
        next=_next(uow.actor, state, signed),
    )


def list_corrections(uow: UnitOfWork) -> list[CorrectionRow]:
    """Proposals within reach: those to decide first, then the newest."""
    query = scoped(uow.actor, Correction).order_by(
        (col(Correction.state) != CorrectionState.OPEN),
        col(Correction.proposed_at).desc(),
        col(Correction.id),
    )
    found = uow.session.exec(query.limit(_MOST)).all()
    return list(_correction_rows(uow, found))


def _open(uow: UnitOfWork, month: str, signed: Signed) -> list[Blocker]:
    """What is open; a station is told of its own."""
    if uow.actor.role != "station":
        return blockers(uow.session, month, signed)
    today, own = town_day(uow.now), uow.actor.station_id
    found = open_facts(uow.session, month, today, own)
    return [blocker for blocker in found if blocker.count]


def _next(actor: Actor, state: PeriodState, signed: Signed) -> str | None:
    if state is PeriodState.CLOSED or actor.role in JUDGES:
        return None
    if state is PeriodState.OPEN:
        steps = {"station": Step.CONFIRM, "street": Step.REVIEW}
        return steps.get(actor.role, Step.PUBLISH).value
    if actor.role != "district":
        return None
    waiting = (step for step in (Step.APPROVE, Step.PAY) if step not in signed.whole)
    return next((step.value for step in waiting), "close")


def _concerns(actor: Actor, step: PeriodStep) -> bool:
    """Everybody sees what is signed for all; a station not what another confirmed."""
    if actor.role == "station":
        return step.station_id in (None, actor.station_id) and step.street_code is None
    return True


def _step_row(step: PeriodStep, begun: int) -> StepRow:
    return StepRow(
        step=step.step.value,
        who=step.title,
        words=step.words,
        entries=step.entries,
        persons=step.persons,
        subsidy_fen=step.subsidy_fen,
        until_on=step.until_on,
        signed_at=step.signed_at,
        counts=step.begun == begun and step.step is not Step.REOPEN,
    )


def _stations(uow: UnitOfWork, signed: Signed) -> Iterable[StationRow]:
    unconfirmed, unreviewed = set(signed.unconfirmed()), set(signed.unreviewed())
    ordered = scoped(uow.actor, Station).order_by(
        col(Station.street_code), col(Station.code)
    )
    for station in uow.session.exec(ordered):
        if (figures := signed.stations.get(station.id)) is not None:
            before = signed.confirmed.get(station.id)
            before = before if station.id in unconfirmed else None
            yield StationRow(
                station_id=station.id,
                station=station.name,
                street=station.street_code,
                entries=figures.entries,
                persons=figures.persons,
                subsidy_fen=figures.subsidy_fen,
                confirmed=station.id not in unconfirmed,
                reviewed=station.street_code not in unreviewed,
                signed_entries=before.entries if before else None,
                signed_fen=before.subsidy_fen if before else None,
                told_later=signed.told_later.get(station.id, 0),
            )


def _correction_rows(
    uow: UnitOfWork, found: Iterable[Correction]
) -> Iterable[CorrectionRow]:
    kept = list(found)
    session = uow.session
    labels = label_elders(uow, {one.elder_id for one in kept})
    titles = titles_of(session, (one.proposed_by for one in kept))
    for one in kept:
        entry = session.get_one(Entry, one.entry_id)
        order = session.get(Order, entry.order_id) if entry.order_id else None
        yield CorrectionRow(
            id=one.id,
            state=one.state.value,
            kind=one.kind.value,
            adjusts_period=one.adjusts_period,
            order_number=order.number if order else "",
            on=entry.service_on,
            elder_label=labels[one.elder_id],
            station=session.get_one(Station, one.station_id).name,
            subsidy=title_of(session, entry.rule_version or "", one.subsidy),
            fen=one.signed_fen,
            why=one.why,
            bereaved=one.bereaved,
            before=_proof(session, one.proof_id, ""),
            after=_proof(session, one.new_proof_id, one.paper),
            proposed_by=titles.get(one.proposed_by, ""),
            proposed_at=one.proposed_at,
            mine=one.proposed_by == uow.actor.account_id,
            decision=one.decision,
        )


def _proof(session: Session, proof_id: UUID | None, paper: str) -> ProofSeen:
    proof = session.get(Evidence, proof_id) if proof_id else None
    if proof is None:
        return ProofSeen(None, "paper", None, paper)
    return ProofSeen(proof.grade, proof.origin.value, proof.at, paper)


def _between(first: str, last: str) -> list[str]:
    months, at = [], first
    while at <= last:
        months.append(at)
        at = month_after(at)
    return months
