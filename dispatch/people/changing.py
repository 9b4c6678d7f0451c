"""Changing what rules read of an elder: from a day on, and never backwards unsaid."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from dispatch.clock import town_day
from dispatch.errors import BadInput
from dispatch.log.events import record
from dispatch.people.elder_facts import (
    NOTHING,
    SINCE_EVER,
    ElderFact,
    FactKind,
    History,
    facts_on,
    history_of,
    keep_value,
    read_value,
)
from dispatch.people.elders import Elder, Living
from dispatch.store.unit_of_work import UnitOfWork

RELIEFS: Final = (None, "TK", "DB", "DBBY")
_AHEAD: Final = timedelta(days=366)
_FIRST: Final = "file"  # the source of what stood before the first change


class BadFact(BadInput):
    """填写的内容有误，没有保存。请核对后再填。"""

    code = "bad_fact"


class PastNeedsReason(BadInput):
    """生效日期早于今天，会改变以前日期的人员类别，请写明补录原因。没有保存。"""

    code = "past_needs_reason"


@dataclass(frozen=True)
class FactChange:
    """What is so from a day on, until when at most, and who says it.

    `about` are words beside it that no rule reads: scale, score, who assessed.
    """

    kind: FactKind
    value: Mapping[str, Any]
    from_on: date
    until_on: date | None = None
    source: str = "station"
    about: Mapping[str, Any] = field(default_factory=dict)


def change_facts(
    uow: UnitOfWork, elder: Elder, changes: Sequence[FactChange], *, reason: str = ""
) -> None:
    """Write these changes down. The caller holds the elder's row.

    What is so on days before a change stays as it was; a change from a past day on
    says why. The elder's columns follow with what is so today.

    Raises:
        BadFact: a value that the fact cannot have, or days that make no sense.
        PastNeedsReason: from before today, without a reason.
    """
    today = town_day(uow.now)
    for change in changes:
        _check(elder, change, today, reason)
    history = history_of(uow.session, elder.id)
    rows = list(history.facts)
    for change in changes:
        if not any(row.kind is change.kind for row in rows):
            rows.append(_row(uow, elder, len(rows) + 1, _as_it_was(elder, change.kind)))
        rows.append(_row(uow, elder, len(rows) + 1, change, reason))
    uow.session.add_all(rows)
    follow(elder, History(rows, history.agreements), today)
    uow.session.add(elder)
    uow.session.flush()
    for change in changes:
        tell_change(
            uow,
            elder,
            change.kind.value,
            from_on=change.from_on.isoformat(),
            source=change.source,
            why=reason,
        )


def follow(elder: Elder, history: History, today: date) -> None:
    """Let the elder's columns say what is so today."""
    for name, value in facts_on(elder, history, today).items():
        if getattr(elder, name) != value:
            setattr(elder, name, value)


def tell_change(uow: UnitOfWork, elder: Elder, section: str, **about: object) -> None:
    """Record that a part of the file has changed; never with what identifies anybody.

    The caller holds the elder's row.
    """
    said = {"section": section} | {name: each for name, each in about.items() if each}
    record(
        uow,
        "elder.changed",
        "elder",
        elder.id,
        facts=said,
        station_id=elder.station_id,
        street_code=elder.street_code,
    )


def _as_it_was(elder: Elder, kind: FactKind) -> FactChange:
    value = {name: getattr(elder, name) for name in NOTHING[kind]}
    return FactChange(kind, value, SINCE_EVER, source=_FIRST)


def _row(
    uow: UnitOfWork, elder: Elder, seq: int, change: FactChange, reason: str = ""
) -> ElderFact:
    return ElderFact(
        elder_id=elder.id,
        seq=seq,
        kind=change.kind,
        value=keep_value(change.value),
        from_on=change.from_on,
        until_on=change.until_on,
        source=change.source[:40],
        about=keep_value(change.about),
        reason=reason,
        recorded_at=uow.now,
        recorded_by=uow.actor.account_id,
    )


def _check(elder: Elder, change: FactChange, today: date, reason: str) -> None:
    if set(change.value) != set(NOTHING[change.kind]):
        raise BadFact(kind=change.kind.value)
    try:
        value = read_value(change.kind, change.value)
    except ValueError:
        raise BadFact(kind=change.kind.value) from None
    if not all(_MAY_BE[name](each) for name, each in value.items()):
        raise BadFact(kind=change.kind.value)
    if not elder.born_on <= change.from_on <= today + _AHEAD:
        raise BadFact("生效日期不合理，没有保存。请核对日期。")
    if change.until_on is not None and change.until_on < change.from_on:
        raise BadFact("到期日期早于生效日期，没有保存。请核对日期。")
    if change.from_on < today and not reason.strip():
        raise PastNeedsReason


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _within(low: int, high: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and low <= value <= high


_MAY_BE: Final[Mapping[str, Callable[[object], bool]]] = {
    "ability_level": _within(0, 4),
    "assessed_on": lambda value: value is None or isinstance(value, date),
    "dementia": _flag,
    "relief": lambda value: value in RELIEFS,
    "disability_grade": lambda value: value is None or _within(1, 4)(value),
    "family_special": _flag,
    "veteran": _flag,
    "hukou_in_district": _flag,
    "home_street": lambda value: isinstance(value, str) and len(value) <= 12,
    "living": lambda value: isinstance(value, Living),
    "no_kin": _flag,
    "left_behind": _flag,
    "resides_in_institution": _flag,
    "coupon_account": _flag,
    "entitlement_suspended": _flag,
}
