"""Free delivery as the station reads it: by which rule, on whose word, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import get_scoped, scoped
from dispatch.clock import town_day
from dispatch.orders.delivery_rules import list_all_rules
from dispatch.orders.free_delivery import (
    Attestation,
    Bearer,
    DeliveryRule,
    FreeDelivery,
    first_fitting,
    list_attestations,
    list_rules,
    standing,
)
from dispatch.orders.orders import Order, OrderState
from dispatch.orders.station_day import station_for
from dispatch.people.elder_facts import histories_of
from dispatch.people.elders import Elder, still_here
from dispatch.people.showing import ElderRow, categories_of, show_elders, shown_name
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.policy import ANY
from dispatch.subsidy.rule_versions import rules_on

SOON: Final = timedelta(days=30)  # before the end somebody should look again
_LAPSED_SHOWN: Final = timedelta(days=60)


class Standing(StrEnum):
    """In the order of a list to work through."""

    LAPSED = "lapsed"  # 证明已过期
    SOON_OVER = "soon_over"  # 快到期
    NO_WORD = "no_word"  # 类别符合，还没有证明
    FREE = "free"  # 免送餐费


@dataclass(frozen=True, kw_only=True)
class AttestationRow:
    """One word: who says so, by name, and which account wrote it down."""

    id: UUID
    attestor: str
    by: str
    reason: str
    from_on: date
    until_on: date
    written_by: str


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """One rule in force; `fits`: the elder is in one of its categories."""

    id: UUID
    rank: int
    title: str
    basis: str
    categories: list[str]
    needs_attestation: bool
    bearer: str
    from_on: date
    until_on: date | None
    fits: bool = False


@dataclass(frozen=True, kw_only=True)
class DeliveryRules:
    """All rules, and the categories that a new one may name."""

    rules: list[RuleRow]
    categories: list[str]


@dataclass(frozen=True, kw_only=True)
class FreeFile:
    """What an elder's file says: the rule that counts today, and all words."""

    rule: RuleRow | None
    until_on: date | None
    rules: list[RuleRow]
    attestations: list[AttestationRow]
    orders: int  # of this month, free
    fen: int


@dataclass(frozen=True, kw_only=True)
class FreeRow:
    """One elder of the station's list."""

    elder: ElderRow
    standing: Standing
    rule: str | None
    bearer: str | None
    attestation: AttestationRow | None


@dataclass(frozen=True, kw_only=True)
class Borne:
    """What one bearer has taken over this month."""

    bearer: str
    orders: int
    fen: int


@dataclass(frozen=True, kw_only=True)
class FreeList:
    """A station's free deliveries; without rules nobody's way is free."""

    on: date
    rules: list[RuleRow]
    elders: list[FreeRow]
    borne: list[Borne]


def show_free_file(uow: UnitOfWork, elder_id: UUID) -> FreeFile:
    """An elder's free delivery today. Raises: NotFound."""
    elder = get_scoped(uow, Elder, elder_id)
    today, session = town_day(uow.now), uow.session
    rules = list_rules(session, today)
    mine = categories_of(
        session, elder, histories_of(session, [elder.id])[elder.id], today
    )
    words = list_attestations(session, [elder.id])
    stands = standing(words, today)
    rule = first_fitting(rules, mine, attested=stands is not None)
    until = stands.until_on if rule and rule.needs_attestation and stands else None
    borne = _borne(session, today, Order.elder_id == elder.id)
    return FreeFile(
        rule=_rule(rule, mine) if rule else None,
        until_on=until,
        rules=[_rule(one, mine) for one in rules],
        attestations=_words(uow, words),
        orders=sum(one.orders for one in borne),
        fen=sum(one.fen for one in borne),
    )


def show_free_list(uow: UnitOfWork, station_id: UUID | None = None) -> FreeList:
    """Whose way is free, whose word runs out, and who could have one; eight queries.

    Raises:
        NotFound: no station is named, or it is out of reach.
    """
    station = station_for(uow, station_id)
    today, session = town_day(uow.now), uow.session
    rules = list_rules(session, today)
    elders = session.exec(
        scoped(uow.actor, Elder)
        .where(Elder.station_id == station.id, still_here(today))
        .order_by(col(Elder.number))
    ).all()
    words: dict[UUID, list[Attestation]] = {}
    for one in list_attestations(session, [elder.id for elder in elders]):
        words.setdefault(one.elder_id, []).append(one)
    brought = [e for e in elders if e.id in words or e.usual_channel == "delivery"]
    return FreeList(
        on=today,
        rules=[_rule(one, ()) for one in rules],
        elders=_rows(uow, brought, words, rules),
        borne=_borne(session, today, Order.station_id == station.id),
    )


def show_rules(uow: UnitOfWork) -> DeliveryRules:
    """The district's rules, ended ones last."""
    policy = rules_on(uow.session, town_day(uow.now)).policy
    return DeliveryRules(
        rules=[_rule(one, ()) for one in list_all_rules(uow)],
        categories=[one.id for one in policy.category if one.id != ANY],
    )


def _rows(
    uow: UnitOfWork,
    elders: Sequence[Elder],
    words: dict[UUID, list[Attestation]],
    rules: Sequence[DeliveryRule],
) -> list[FreeRow]:
    today = town_day(uow.now)
    histories = histories_of(uow.session, [elder.id for elder in elders])
    found: list[tuple[Elder, Standing, DeliveryRule | None, Attestation | None]] = []
    for elder in elders:
        mine = categories_of(uow.session, elder, histories[elder.id], today)
        theirs = words.get(elder.id, [])
        stands = standing(theirs, today)
        rule = first_fitting(rules, mine, attested=stands is not None)
        could = first_fitting(rules, mine, attested=True)
        how = _how(rule, could, stands, theirs, today)
        if how is not None:
            word = stands or (theirs[0] if theirs else None)
            needs = rule is None or rule.needs_attestation
            found.append((elder, how, rule or could, word if needs else None))
    order = list(Standing)
    found.sort(key=lambda one: (order.index(one[1]), _end(one[3]), one[0].number))
    people = show_elders(uow, [one[0] for one in found])
    kept = [one[3] for one in found if one[3]]
    told = {row.id: row for row in _words(uow, kept)}
    return [
        FreeRow(
            elder=row,
            standing=how,
            rule=rule.title if rule else None,
            bearer=rule.bearer.value if rule else None,
            attestation=told[word.id] if word else None,
        )
        for row, (_, how, rule, word) in zip(people, found, strict=True)
    ]


def _how(
    rule: DeliveryRule | None,
    could: DeliveryRule | None,
    stands: Attestation | None,
    theirs: Sequence[Attestation],
    today: date,
) -> Standing | None:
    """How it stands with one elder; None: they have nothing to do with it."""
    if rule is not None and not rule.needs_attestation:
        return Standing.FREE
    if rule is not None and stands is not None:
        return Standing.SOON_OVER if stands.until_on - today <= SOON else Standing.FREE
    if could is None:
        return None
    ended = [one for one in theirs if today - _LAPSED_SHOWN <= one.until_on < today]
    return Standing.LAPSED if ended else Standing.NO_WORD


def _end(word: Attestation | None) -> date:
    return word.until_on if word else date.max


def _rule(rule: DeliveryRule, mine: Sequence[str]) -> RuleRow:
    return RuleRow(
        **rule.model_dump(exclude={"bearer"}),
        bearer=rule.bearer.value,
        fits=not rule.categories or not set(mine).isdisjoint(rule.categories),
    )


def _words(uow: UnitOfWork, kept: Sequence[Attestation]) -> list[AttestationRow]:
    names = unseal(uow.session, [one.id for one in kept], ["name"])
    titles = titles_of(uow.session, (one.account_id for one in kept))
    return [
        AttestationRow(
            id=one.id,
            attestor=one.attestor.value,
            by=shown_name(uow.actor, names[one.id].get("name", "")),
            reason=one.reason,
            from_on=one.from_on,
            until_on=one.until_on,
            written_by=titles.get(one.account_id, ""),
        )
        for one in kept
    ]


def _borne(session: Session, today: date, whose: bool) -> list[Borne]:
    """By bearer, of this month's deliveries that were not called off."""
    first = today.replace(day=1)
    until = (first + timedelta(days=32)).replace(day=1)
    sums = session.exec(
        select(FreeDelivery.bearer, func.count(), func.sum(FreeDelivery.fen))
        .join(Order, col(Order.id) == FreeDelivery.order_id)
        .where(whose, Order.serve_on >= first, Order.serve_on < until)
        .where(Order.state != OrderState.CANCELLED)
        .group_by(col(FreeDelivery.bearer))
        .order_by(col(FreeDelivery.bearer))
    )
    return [
        Borne(bearer=Bearer(bearer).value, orders=many, fen=int(fen))
        for bearer, many, fen in sums
    ]
