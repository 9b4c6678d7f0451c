"""Merging a phone's batch: every event is answered, none is dropped, none fails
another. One batch is one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from dispatch.access.day_passes import pass_of
from dispatch.clock import clock_speed
from dispatch.duties.referring import raise_on_visit
from dispatch.field.acting import act_on_order
from dispatch.field.authority import Tenure, read_ground
from dispatch.field.batches import Batch, PhoneEvent, Scrap, read_events
from dispatch.field.events import FieldEvent, FieldKind, Verdict
from dispatch.field.evidence import Evidence
from dispatch.field.holding import hold_rows
from dispatch.field.keeping import Answer, Merge, keep_events, keep_scrap
from dispatch.field.merging import Sync
from dispatch.field.partners import tell_partner
from dispatch.field.tracking import track_round, track_stop
from dispatch.log.events import record
from dispatch.orders.orders import ENDED_STATES, tell_order
from dispatch.planning.plans import StopKind
from dispatch.safety.cases import CaseKind
from dispatch.safety.opening import open_case
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork

__all__ = ["Answer", "Batch", "SyncAnswer", "merge"]


@dataclass(frozen=True)
class SyncAnswer:
    """The answers in the order of the batch, and what the phone's clock is off by."""

    server_now: datetime
    offset_ms: int
    results: list[Answer]


def merge(uow: UnitOfWork, helper_id: UUID, batch: Batch) -> SyncAnswer:
    """Merge what a helper's phone sent.

    Raises:
        NotFound: no such helper. Nothing else fails a batch: what is wrong with an
            event is its answer.
    """
    read = read_events(batch)
    events = [event for event in read if isinstance(event, PhoneEvent)]
    helper, orders = hold_rows(uow.session, helper_id, events)
    sync = Sync(
        received_at=uow.now,
        client_now_ms=batch.client_now_ms,
        boot_id=batch.boot_id,
        client_mono_ms=batch.client_mono_ms,
        speed=clock_speed(uow.session),
    )
    ground = read_ground(uow.session, events)
    came_with = pass_of(uow.session, uow.actor)
    now = Merge(uow, helper, batch, sync, ground, orders, came_with)
    answers, fresh = keep_events(now, events)
    fail_point("field.kept")
    for scrap in read:
        if isinstance(scrap, Scrap):
            answers.setdefault(scrap.id, keep_scrap(now, scrap, "malformed"))
    _act(now, fresh)
    fail_point("field.acted")
    results = [_graded(uow.session, answers[str(each.id)]) for each in read]
    offset_ms = round(sync.offset / timedelta(milliseconds=1))
    return SyncAnswer(uow.now, offset_ms, results)


def _act(now: Merge, fresh: Sequence[tuple[PhoneEvent, FieldEvent]]) -> None:
    """Let the accepted events take effect, and show the others to a person."""
    news: dict[UUID, set[UUID]] = {}
    accepted = []
    for event, row in fresh:
        if row.verdict is Verdict.QUARANTINED:
            _show(now, event, row)
            continue
        accepted.append((event, row))
        for order_id in now.ground.orders_of(event):
            news.setdefault(order_id, set()).add(row.id)
        _tell_arrival(now, event, row)
    for order_id in sorted(news):
        act_on_order(now.uow, now.orders[order_id], news[order_id])
    now.uow.session.flush()
    for event, row in accepted:
        if row.kind is FieldKind.VISIT_ENDED:
            for order_id in now.ground.orders_of(event):
                raise_on_visit(now.uow, now.orders[order_id], row.detail)
    _track(now, accepted)


def _track(now: Merge, fresh: Sequence[tuple[PhoneEvent, FieldEvent]]) -> None:
    kinds: dict[UUID, list[FieldKind]] = {}
    tenures: dict[UUID, Tenure] = {}
    stops: set[UUID] = set()
    for event, row in fresh:
        if tenure := now.ground.tenure_of(event):
            tenures[tenure.round.id] = tenure
            kinds.setdefault(tenure.round.id, []).append(row.kind)
        if row.stop_id in now.ground.stops:
            stops.add(row.stop_id)
    street_code, helper_id = now.helper.street_code, now.helper.id
    for stop_id in sorted(stops):
        track_stop(now.uow, now.ground.stops[stop_id], street_code, helper_id)
    for round_id in sorted(tenures):
        track_round(now.uow, tenures[round_id].round, kinds[round_id], street_code)


def _tell_arrival(now: Merge, event: PhoneEvent, row: FieldEvent) -> None:
    stop = now.ground.stops.get(event.stop_id) if event.stop_id else None
    if row.kind is not FieldKind.ARRIVED or stop is None:
        return
    if stop.kind is StopKind.PICKUP:
        return
    for order_id in now.ground.orders_of(event):
        tell_order(
            now.uow,
            now.orders[order_id],
            "order.arrived",
            helper_id=row.helper_id,
            happened_at=row.corrected_at.isoformat(),
        )
        if stop.kind is StopKind.VISIT:
            order, who = now.orders[order_id], row.helper_id
            tell_partner(now.uow, order, who, "order.partner_arrived")


def _show(now: Merge, event: PhoneEvent, row: FieldEvent) -> None:
    """A quarantined event is visible; a closed door is an alarm even then."""
    record(
        now.uow,
        "field.quarantined",
        "helper",
        now.helper.id,
        facts={"field_event_id": str(row.id), "why": row.why, "kind": row.kind.value},
        street_code=now.helper.street_code,
        station_id=now.helper.station_id,
    )
    if row.kind is not FieldKind.NO_ANSWER:
        return
    for order_id in now.ground.orders_of(event):
        order = now.orders[order_id]
        near = order.street_code == now.helper.street_code
        if near and order.state not in ENDED_STATES:
            open_case(
                now.uow, order, CaseKind.NO_ANSWER, row.corrected_at, row.helper_id
            )


def _graded(session: Session, answer: Answer) -> Answer:
    """Add the grade of the proof that the event became."""
    if answer.result == "quarantined" or answer.trust is None:
        return answer
    query = select(Evidence.grade).where(Evidence.field_event_id == UUID(answer.id))
    return replace(answer, grade=session.exec(query).first())
