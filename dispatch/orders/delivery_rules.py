"""The district's rules of free delivery: added and ended by date, never changed."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlmodel import col, select

from dispatch.clock import town_day
from dispatch.errors import BadInput, NotFound
from dispatch.log.events import record
from dispatch.orders.free_delivery import Bearer, DeliveryRule
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.rule_versions import rules_on


class BadDeliveryRule(BadInput):
    """规则的日期不能早于今天，类别要在政策文件里有。没有保存。"""

    code = "bad_delivery_rule"


@dataclass(frozen=True, kw_only=True)
class RuleDraft:
    """Whose deliveries are free: any of these categories; none named: everybody's."""

    rank: int
    title: str
    basis: str
    categories: tuple[str, ...]
    needs_attestation: bool
    bearer: Bearer
    from_on: date


def list_all_rules(uow: UnitOfWork) -> list[DeliveryRule]:
    """In force, to come and ended; the ones that are asked first stand first."""
    query = select(DeliveryRule).order_by(
        col(DeliveryRule.until_on).is_not(None),
        col(DeliveryRule.rank),
        col(DeliveryRule.from_on),
        col(DeliveryRule.id),
    )
    return list(uow.session.exec(query))


def add_rule(uow: UnitOfWork, draft: RuleDraft, *, key: str | None) -> UUID:
    """From a day on these deliveries are free. Orders placed before stay as they are.

    Raises:
        BadDeliveryRule: a day that is over, or a category that nobody has.
        KeyMissing, KeyReused
    """
    if made := claim(uow, key, "delivery_rule", asdict(draft)):
        return made
    rules = rules_on(uow.session, draft.from_on)
    known = {one.id for one in rules.policy.category}
    if draft.from_on < town_day(uow.now) or not set(draft.categories) <= known:
        raise BadDeliveryRule
    kept = DeliveryRule(
        id=uuid4(),
        rank=draft.rank,
        title=draft.title,
        basis=draft.basis,
        categories=sorted(draft.categories),
        needs_attestation=draft.needs_attestation,
        bearer=draft.bearer,
        from_on=draft.from_on,
    )
    uow.session.add(kept)
    uow.session.flush()
    keep_result(uow, key or "", kept.id)
    _tell(uow, "delivery_rule.added", kept)
    return kept.id


def end_rule(uow: UnitOfWork, rule_id: UUID, last_on: date) -> None:
    """It holds until this day, today or later, and no longer.

    Raises:
        NotFound, BadDeliveryRule
    """
    rule = uow.session.get(DeliveryRule, rule_id, with_for_update=True)
    if rule is None:
        raise NotFound("没有找到这条规则。")
    yesterday = town_day(uow.now) - timedelta(days=1)
    over = rule.until_on is not None and rule.until_on <= yesterday
    if over or last_on < max(rule.from_on, yesterday):
        raise BadDeliveryRule
    rule.until_on = last_on
    uow.session.add(rule)
    _tell(uow, "delivery_rule.ended", rule)


def _tell(uow: UnitOfWork, kind: str, rule: DeliveryRule) -> None:
    until = rule.until_on.isoformat() if rule.until_on else ""
    said = {"title": rule.title, "from_on": rule.from_on.isoformat(), "until_on": until}
    record(uow, kind, "delivery_rule", rule.id, facts=said)
