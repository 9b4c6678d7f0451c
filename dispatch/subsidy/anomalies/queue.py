"""The queue of anomalies as people read it, with both sides of the evidence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import scoped
from dispatch.field.evidence import Evidence
from dispatch.field.photos import FieldPhoto
from dispatch.orders.orders import Order
from dispatch.orders.showing import label_helpers
from dispatch.people.places import Station
from dispatch.people.showing import shown_name
from dispatch.people.vault import unseal
from dispatch.store.columns import Json
from dispatch.store.paging import AT_ONCE, page_of
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.anomaly import UNDECIDED, Anomaly, AnomalyState
from dispatch.subsidy.anomalies.concluding import (
    APPEAL,
    APPEAL_WITHIN,
    FINAL,
    MAY_CONCLUDE,
    REPLIED,
    VERDICT,
    Verdict,
    is_another,
    may_appeal,
    may_conclude,
    may_reply,
)
from dispatch.subsidy.grants import Promise


@dataclass(frozen=True, kw_only=True)
class Side:
    """One order of the two, with its proof; names as the reader's role has them."""

    order_id: UUID
    number: str
    elder_name: str
    station: str
    service: str
    channel: str
    serve_on: date
    at: datetime | None
    grade: str | None
    origin: str | None
    basis: Json
    helper: str
    pictures: int


@dataclass(frozen=True, kw_only=True)
class AnomalyRow:
    """One finding: what was measured, what was said, and what this reader may do.

    `held_fen` waits for the decision, or was denied by it.
    """

    id: UUID
    rule: str
    reason: str
    level: str
    state: str
    holds: bool
    held_fen: int
    service_on: date
    station: str
    station_id: UUID
    elder_name: str | None
    helper: str
    measured: Json
    a: Side | None
    b: Side | None
    found_by: str
    found_at: datetime
    reply_until_at: datetime
    replied: str | None
    verdict: str | None
    concluded_by: str | None
    appeal: str | None
    final: str | None
    decided_by: str | None
    may_reply: bool
    may_conclude: bool
    may_clear: bool
    may_confirm: bool
    may_appeal: bool
    may_decide: bool


@dataclass(frozen=True)
class AnomalyPage:
    """A part of the queue, and how long the whole is."""

    total: int
    anomalies: list[AnomalyRow]


def list_anomalies(
    uow: UnitOfWork,
    state: AnomalyState | None = None,
    rule: str | None = None,
    *,
    limit: int = AT_ONCE,
    offset: int = 0,
) -> AnomalyPage:
    """Within reach: what waits for somebody, the oldest first; or by its state.

    As many queries for many rows as for one.
    """
    query, found_at = scoped(uow.actor, Anomaly), col(Anomaly.found_at)
    if state is None:
        query = query.where(col(Anomaly.state).in_(UNDECIDED))
        order = [col(Anomaly.holds).desc(), found_at]
    else:
        query = query.where(Anomaly.state == state)
        order = [found_at.desc()]
    if rule is not None:
        query = query.where(Anomaly.rule == rule)
    return _page(uow, query, *order, limit=limit, offset=offset)


def list_own(uow: UnitOfWork, *, limit: int = AT_ONCE, offset: int = 0) -> AnomalyPage:
    """What concerns this station or helper: waiting, or of the last two months."""
    waits = col(Anomaly.state).in_(UNDECIDED)
    lately = col(Anomaly.found_at) >= uow.now - 2 * APPEAL_WITHIN
    query = scoped(uow.actor, Anomaly).where(or_(waits, lately))
    newest = col(Anomaly.found_at).desc()
    return _page(uow, query, newest, limit=limit, offset=offset)


def _page(
    uow: UnitOfWork, query: Any, *order: Any, limit: int, offset: int
) -> AnomalyPage:
    order = (*order, col(Anomaly.id))
    total, rows = page_of(uow.session, query, *order, limit=limit, offset=offset)
    return AnomalyPage(total, show_anomalies(uow, rows))


def show_anomalies(uow: UnitOfWork, rows: Sequence[Anomaly]) -> list[AnomalyRow]:
    """Rows that the caller found within the reader's reach."""
    session = uow.session
    ids = {each for one in rows for each in (one.order_id, one.other_order_id)}
    sides = _sides(uow, {each for each in ids if each is not None})
    words = unseal(session, [one.id for one in rows], [REPLIED, VERDICT, APPEAL, FINAL])
    people = [who for one in rows for who in (one.concluded_by, one.decided_by)]
    titles = titles_of(session, people)
    helpers = label_helpers(session, {one.helper_id for one in rows if one.helper_id})
    names = _names(uow, {one.elder_id for one in rows if one.elder_id})
    stations = _stations(session, {one.station_id for one in rows})
    held = _held_fen(session, {one.order_id for one in rows if one.order_id})
    return [
        AnomalyRow(
            id=one.id,
            rule=one.rule.value,
            reason=one.reason,
            level=one.level.value,
            state=one.state.value,
            holds=one.holds,
            held_fen=held.get(one.order_id, 0) if one.holds and one.order_id else 0,
            service_on=one.service_on,
            station=stations.get(one.station_id, ""),
            station_id=one.station_id,
            elder_name=names.get(one.elder_id) if one.elder_id else None,
            helper=helpers.get(one.helper_id, "") if one.helper_id else "",
            measured=one.measured,
            a=sides.get(one.order_id) if one.order_id else None,
            b=sides.get(one.other_order_id) if one.other_order_id else None,
            found_by=one.found_by.value,
            found_at=one.found_at,
            reply_until_at=one.reply_until_at,
            replied=words[one.id].get(REPLIED),
            verdict=words[one.id].get(VERDICT),
            concluded_by=titles.get(one.concluded_by),
            appeal=words[one.id].get(APPEAL),
            final=words[one.id].get(FINAL),
            decided_by=titles.get(one.decided_by),
            **_may(uow, one),
        )
        for one in rows
    ]


def _may(uow: UnitOfWork, one: Anomaly) -> dict[str, bool]:
    role, open_ = uow.actor.role, one.state is AnomalyState.OPEN
    decides = role in MAY_CONCLUDE
    concludes = decides and open_
    return {
        "may_reply": role == "station" and may_reply(one),
        "may_conclude": concludes,
        "may_clear": concludes and may_conclude(uow, one, Verdict.CLEARED),
        "may_confirm": concludes and may_conclude(uow, one, Verdict.CONFIRMED),
        "may_appeal": role in {"station", "helper"} and may_appeal(uow, one),
        "may_decide": decides
        and one.state is AnomalyState.APPEALED
        and is_another(uow, one),
    }


def _sides(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Side]:
    """By order; what is out of the reader's reach is left out."""
    session = uow.session
    query: Any = (
        select(Order, Evidence, Station.name)
        .join(Station, col(Station.id) == Order.station_id)
        .outerjoin(
            Evidence, (col(Evidence.order_id) == Order.id) & col(Evidence.counts)
        )
        .where(col(Order.id).in_(_reach(uow, ids)))
    )
    rows = session.exec(query).all()
    helpers = label_helpers(
        session, {proof.helper_id for _, proof, _ in rows if proof and proof.helper_id}
    )
    names = _names(uow, {order.elder_id for order, _, _ in rows})
    pictures = _pictures(session, [order.id for order, _, _ in rows])
    return {
        order.id: Side(
            order_id=order.id,
            number=order.number,
            elder_name=names.get(order.elder_id, ""),
            station=station,
            service=order.service,
            channel=order.channel.value,
            serve_on=order.serve_on,
            at=proof.at if proof else None,
            grade=proof.grade if proof else None,
            origin=proof.origin.value if proof else None,
            basis=proof.basis if proof else {},
            helper=helpers.get(proof.helper_id, "") if proof else "",
            pictures=pictures.get(order.id, 0),
        )
        for order, proof, station in rows
    }


def _reach(uow: UnitOfWork, ids: Collection[UUID]) -> Any:
    if uow.actor.role == "helper":  # of others' orders they see what was measured
        own = select(Evidence.order_id).where(Evidence.helper_id == uow.actor.helper_id)
        return own.where(col(Evidence.order_id).in_(ids))
    query = scoped(uow.actor, Order).where(col(Order.id).in_(ids))
    return query.with_only_columns(col(Order.id))


def _names(uow: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, str]:
    kept = unseal(uow.session, sorted(ids), ["name"])
    return {
        elder_id: shown_name(uow.actor, one.get("name", "？"))
        for elder_id, one in kept.items()
    }


def _stations(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    query = select(Station.id, Station.name).where(col(Station.id).in_(sorted(ids)))
    return dict(session.exec(query).all())


def _pictures(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    query: Any = (
        select(FieldPhoto.order_id, func.count())
        .where(col(FieldPhoto.order_id).in_(ids))
        .where(col(FieldPhoto.whole_at).is_not(None))
        .group_by(col(FieldPhoto.order_id))
    )
    return dict(session.exec(query).all())


def _held_fen(session: Session, ids: Collection[UUID]) -> dict[UUID, int]:
    query: Any = (
        select(Promise.order_id, func.sum(Promise.fen))
        .where(col(Promise.order_id).in_(sorted(ids)))
        .group_by(col(Promise.order_id))
    )
    return {order_id: int(fen) for order_id, fen in session.exec(query)}
