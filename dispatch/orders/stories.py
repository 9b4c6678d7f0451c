"""The story of an order in the words of the people who read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session

from dispatch.access.accounts import titles_of
from dispatch.access.scope import get_scoped
from dispatch.counter.payments import list_payments
from dispatch.log.events import Event, list_story
from dispatch.orders.orders import Order
from dispatch.orders.showing import OrderRow, label_helpers, show_order
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.grants import list_live_grants
from dispatch.subsidy.rule_versions import rules_on
from dispatch.words import say, yuan

# facts that are worth telling, and which words their values have
_TOLD: Final = (
    "reason",
    "source",
    "channel",
    "overrides",
    "method",
    "by",
    "why",
    "outcome",
)


@dataclass(frozen=True, kw_only=True)
class StoryLine:
    """One thing that happened: when, in words, by whom."""

    at: datetime
    kind: str
    words: str
    actor: str
    grade: str | None


@dataclass(frozen=True, kw_only=True)
class GrantLine:
    """One granted line and what stands behind it."""

    subsidy: str
    name: str
    fen: int
    category: str
    rule_version: str
    window: str
    because: str


@dataclass(frozen=True, kw_only=True)
class PaymentLine:
    """Money in, or, negative, out."""

    payment_id: UUID
    method: str
    fen: int
    at: datetime
    refunded: bool


@dataclass(frozen=True, kw_only=True)
class OrderStory(OrderRow):
    """An order with everything that happened to it."""

    story: list[StoryLine]
    explanation: Json | None
    grants: list[GrantLine]
    payments: list[PaymentLine]


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why nobody carries an order, per helper, and what would help."""

    why: str
    candidates: list[Json]
    relaxation: Json | None


def show_story(uow: UnitOfWork, order_id: UUID) -> OrderStory:
    """One order within reach. Raises: NotFound."""
    order = get_scoped(uow, Order, order_id)
    return OrderStory(
        **vars(show_order(uow, order)),
        story=tell(uow.session, list_story(uow.session, order.id)),
        explanation=explain(uow, order),
        grants=_grants(uow.session, order),
        payments=_payments(uow.session, order.id),
    )


def show_why(uow: UnitOfWork, order_id: UUID) -> Why:
    """The explanation of an order, with helpers by name; empty words when none."""
    kept = explain(uow, get_scoped(uow, Order, order_id)) or {}
    return Why(
        why=kept.get("why", ""),
        candidates=kept.get("candidates", []),
        relaxation=kept.get("relaxation"),
    )


def explain(uow: UnitOfWork, order: Order) -> Json | None:
    """The kept explanation, naming the helpers that it speaks of."""
    if order.explanation is None:
        return None
    candidates = order.explanation.get("candidates", [])
    ids = {UUID(one["helper_id"]) for one in candidates}
    labels = label_helpers(uow.session, ids)
    named = [
        {
            "helper_label": labels[UUID(one["helper_id"])],
            "rule": one["rule"],
            "by": one["by"],
        }
        for one in candidates
    ]
    return {**order.explanation, "candidates": named}


def tell(session: Session, events: Iterable[Event]) -> list[StoryLine]:
    """Events as sentences, each with who did it."""
    listed = list(events)
    names = titles_of(session, (one.account_id for one in listed))
    spoken = {_helper_of(one) for one in listed} - {None}
    helpers = label_helpers(session, [one for one in spoken if one])
    return [
        StoryLine(
            at=one.at,
            kind=one.kind,
            words=_sentence(one, helpers),
            actor=names.get(one.account_id, say("role", one.role))
            if one.account_id
            else say("role", one.role),
            grade=one.facts.get("grade"),
        )
        for one in listed
    ]


def _sentence(event: Event, helpers: dict[UUID, str]) -> str:
    facts, parts = event.facts, []
    helper_id = _helper_of(event)
    if helper_id in helpers:
        parts.append(helpers[helper_id])
    parts += [say(word, str(facts[word])) for word in _TOLD if facts.get(word)]
    if isinstance(facts.get("fen"), int):
        parts.append(yuan(facts["fen"]))
    if facts.get("grade"):
        parts.append(say("grade", str(facts["grade"])))
    said = say("event", event.kind)
    if not parts:
        return said
    return said + say("list", "colon") + say("list", "stop").join(parts)


def _helper_of(event: Event) -> UUID | None:
    told = event.facts.get("helper_id")
    return UUID(told) if isinstance(told, str) else None


def _grants(session: Session, order: Order) -> list[GrantLine]:
    granted = list_live_grants(session, order.id)
    if not granted:
        return []
    policy = rules_on(session, order.serve_on).policy
    names = {rule.id: rule.title for rule in policy.subsidy}
    categories = {one.id: one.name for one in policy.category}
    return [
        GrantLine(
            subsidy=one.subsidy,
            name=names.get(one.subsidy, one.subsidy),
            fen=one.fen,
            category=one.category,
            rule_version=one.rule_version,
            window=one.window_key,
            because=say("list", "stop").join(
                (categories.get(one.category, one.category), say("grade", one.grade))
            ),
        )
        for one in granted
    ]


def _payments(session: Session, order_id: UUID) -> list[PaymentLine]:
    payments = list_payments(session, order_id)
    given_back = {one.refund_of for one in payments}
    return [
        PaymentLine(
            payment_id=one.id,
            method=one.method.value,
            fen=one.fen,
            at=one.at,
            refunded=one.id in given_back,
        )
        for one in payments
    ]
