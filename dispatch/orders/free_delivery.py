"""Free delivery as data: who qualifies, who attests, who bears the cost."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BindParameter, CheckConstraint, Column, ColumnElement
from sqlmodel import Field, Session, SQLModel, and_, col, or_, select

from dispatch.orders.orders import Channel, Order
from dispatch.people.elder_facts import history_of
from dispatch.people.elders import Elder
from dispatch.people.showing import categories_of
from dispatch.store.columns import Instant, facts, fen, word


class Bearer(StrEnum):
    """Who bears what the elder does not pay."""

    DISTRICT = "district"  # 区级财政
    STREET = "street"  # 街道
    OPERATOR = "operator"  # 驿站运营方
    DONATION = "donation"  # 慈善捐助


class Attestor(StrEnum):
    """Who can say that nobody can fetch the meal."""

    STATION = "station"  # 站长
    COMMUNITY = "community"  # 居（村）委会
    GRID_WORKER = "grid_worker"  # 网格员
    DOCTOR = "doctor"  # 家庭医生


class DeliveryRule(SQLModel, table=True):
    """One rule: any of these categories, perhaps attested, from a day on.

    Categories are those of the rules in force on the service date; an empty list
    means everybody. With several rules the first by `rank` counts.
    """

    __tablename__ = "delivery_rule"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="rule_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    rank: int = Field(ge=1, le=100)
    title: str = Field(max_length=60)
    basis: str = Field(default="", max_length=120)  # the notice that says so
    categories: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    needs_attestation: bool = True
    bearer: Bearer = Field(sa_type=word(Bearer))
    from_on: date
    until_on: date | None = None


class Attestation(SQLModel, table=True):
    """Somebody's word that an elder cannot fetch a meal, nor anybody for them.

    Who said so is in the vault, by name, under this id.
    """

    __tablename__ = "fetch_attestation"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="attested_forward"),
        CheckConstraint("reason <> ''", name="attested_why"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    attestor: Attestor = Field(sa_type=word(Attestor))
    reason: str = Field(max_length=60)
    from_on: date
    until_on: date
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    made_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)


class FreeDelivery(SQLModel, table=True):
    """One delivery that the elder does not pay for, and who bears it."""

    __tablename__ = "free_delivery"
    __table_args__ = (CheckConstraint(fen("fen", low=1), name="some_fee"),)

    order_id: UUID = Field(foreign_key="orders.id", primary_key=True)
    rule_id: UUID = Field(foreign_key="delivery_rule.id", index=True)
    attestation_id: UUID | None = Field(
        default=None, foreign_key="fetch_attestation.id"
    )
    fen: int
    bearer: Bearer = Field(sa_type=word(Bearer))


def free_the_fee(session: Session, order: Order, elder: Elder) -> FreeDelivery | None:
    """Take the fee off an order when a rule says so; kept with the order.

    Returns:
        what to add to the session after the order, or None.
    """
    if order.channel is not Channel.DELIVERY or order.fee_fen == 0:
        return None
    found = find_rule(session, elder, order.serve_on)
    if found is None:
        return None
    rule, attested = found
    freed = FreeDelivery(
        order_id=order.id,
        rule_id=rule.id,
        attestation_id=attested.id if attested else None,
        fen=order.fee_fen,
        bearer=rule.bearer,
    )
    order.fee_fen = 0
    return freed


def find_rule(
    session: Session, elder: Elder, on: date
) -> tuple[DeliveryRule, Attestation | None] | None:
    """The first rule that frees this elder's deliveries on a day."""
    rules = list_rules(session, on)
    if not rules:
        return None
    mine = categories_of(session, elder, history_of(session, elder.id), on)
    attested = standing(list_attestations(session, [elder.id]), on)
    rule = first_fitting(rules, mine, attested=attested is not None)
    if rule is None:
        return None
    return rule, attested if rule.needs_attestation else None


def list_rules(session: Session, on: date) -> list[DeliveryRule]:
    """The rules in force on a day, in the order in which they are asked."""
    return list(
        session.exec(
            select(DeliveryRule)
            .where(in_force(on))
            .order_by(col(DeliveryRule.rank), col(DeliveryRule.id))
        )
    )


def in_force(on: date | BindParameter[date]) -> ColumnElement[bool]:
    """For queries: the rule holds on a day."""
    until = col(DeliveryRule.until_on)
    return and_(col(DeliveryRule.from_on) <= on, or_(until.is_(None), until >= on))


def first_fitting(
    rules: Iterable[DeliveryRule], categories: Collection[str], *, attested: bool
) -> DeliveryRule | None:
    """The rule that counts for somebody of these categories."""
    for rule in rules:
        fits = not rule.categories or not set(categories).isdisjoint(rule.categories)
        if fits and (attested or not rule.needs_attestation):
            return rule
    return None


def standing(words: Iterable[Attestation], on: date) -> Attestation | None:
    """Of what is attested of one elder what holds on a day, the longest.

    Args:
        words: as `list_attestations` has them.
    """
    return next((one for one in words if one.from_on <= on <= one.until_on), None)


def list_attestations(
    session: Session, elder_ids: Collection[UUID]
) -> list[Attestation]:
    """Every word about these elders not withdrawn, what holds longest first."""
    return list(
        session.exec(
            select(Attestation)
            .where(col(Attestation.elder_id).in_(elder_ids))
            .where(col(Attestation.withdrawn_at).is_(None))
            .order_by(
                col(Attestation.until_on).desc(),
                col(Attestation.made_at).desc(),
                col(Attestation.id),
            )
        )
    )
