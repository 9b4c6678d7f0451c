"""Gathering: who owes what to whom, from what is kept, for many elders at once."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.clock import town_day, town_moment
from dispatch.duties.care_plans import (
    CarePlan,
    list_care_plans,
    minutes_due,
    parted,
)
from dispatch.duties.encounters import Encounter, Way
from dispatch.duties.held import About, Held, competing, held_by
from dispatch.duties.outreach import Outreach
from dispatch.duties.periods import Span
from dispatch.duties.proofs import encounter_of
from dispatch.duties.rules import DutyFile, DutyRule, duties_on
from dispatch.duties.standing import Standing, standings
from dispatch.field.clocks import PAID_VISIT
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order
from dispatch.people.categories import categories_on
from dispatch.people.elder_facts import (
    History,
    facts_on,
    histories_of,
    signed_station_on,
)
from dispatch.people.elders import Elder
from dispatch.people.pauses import Pause, PauseScope
from dispatch.subsidy.alike import Alike
from dispatch.subsidy.rule_versions import rules_on

ASSESSMENT: Final = "ASSESSMENT"
_LOOK_BACK: Final = timedelta(days=731)  # a yearly duty and the year before
_SAME: Final = timedelta(seconds=1)

Encounters = dict[UUID, list[Encounter]]
Asked = Callable[[DutyRule, date], bool]


@dataclass(frozen=True)
class Looked:
    """How an elder's duties stand, and everything that was known for it."""

    elder: Elder
    standings: list[Standing]
    encounters: list[Encounter]


def look_at(session: Session, elders: Sequence[Elder], on: date) -> list[Looked]:
    """How the duties of these elders stand on a day; a few queries for all.

    Raises:
        BadFile: a rule file does not make sense.
    """
    file, policy = duties_on(on), rules_on(session, on).policy
    services = {word for rule in file.duty for word in rule.words}
    since = town_moment(on, 0) - _LOOK_BACK
    known, alike = _read_known(session, elders, since, services), Alike(policy)
    return [_look(file, alike, elder, known, on) for elder in elders]


def look_back(
    session: Session, elder: Elder, days: Iterable[date]
) -> dict[date, Looked]:
    """How an elder's duties stood on each of these days, by the rules of that day and
    what is known of it by now.

    Raises:
        BadFile: a rule file does not make sense.
    """
    wanted = sorted(days)
    if not wanted:
        return {}
    known = _read_known(session, [elder], town_moment(wanted[0], 0) - _LOOK_BACK)
    return {
        on: _look(duties_on(on), Alike(rules_on(session, on).policy), elder, known, on)
        for on in wanted
    }


def how_stood(
    session: Session, elders: Sequence[Elder], days: Iterable[date], asked: Asked
) -> Iterator[Standing]:
    """How the duties that are asked about stood, on each of these days; as `look_at`,
    but everything is read once for all days.

    Args:
        asked: whether somebody wants to know of such a duty on a day.

    Raises:
        BadFile: a rule file does not make sense.
    """
    files = {on: duties_on(on) for on in sorted(days)}
    files = {
        on: file
        for on, file in files.items()
        if any(asked(rule, on) for rule in file.duty)
    }
    if not files or not elders:
        return
    rules = [rule for file in files.values() for rule in file.duty]
    services = {word for rule in rules for word in rule.words}
    since = town_moment(min(files), 0) - _LOOK_BACK
    known = _read_known(session, elders, since, services)
    alikes: dict[str, Alike] = {}
    for on, file in files.items():
        policy = rules_on(session, on).policy
        alike = alikes.get(policy.version.id) or Alike(policy)
        alikes[policy.version.id] = alike
        wanted = {rule.id for rule in file.duty if asked(rule, on)}
        for elder in elders:
            held = _beside(wanted, _held(file, alike, elder, known, on))
            stood = _stand(held, elder, known, on)
            yield from (one for one in stood if one.duty in wanted)


def _beside(wanted: Collection[str], held: Sequence[Held]) -> list[Held]:
    """Of the duties of somebody these, with all that compete with them."""
    if not any(one.rule.id in wanted for one in held):
        return []
    groups = competing(held)
    return [
        one
        for group in groups
        if any(each.rule.id in wanted for each in group)
        for one in group
    ]


@dataclass(frozen=True)
class _Known:
    """What is kept of some elders, whatever the day that is asked for."""

    encounters: Encounters
    histories: Mapping[UUID, History]
    plans: Mapping[UUID, Sequence[CarePlan]]
    pauses: Mapping[UUID, Sequence[Span]]


def _read_known(
    session: Session,
    elders: Sequence[Elder],
    since: datetime,
    services: Collection[str] | None = None,
) -> _Known:
    ids = [elder.id for elder in elders]
    return _Known(
        encounters_of(session, elders, since, services),
        histories_of(session, ids),
        list_care_plans(session, ids),
        pauses_of(session, ids),
    )


def _look(
    file: DutyFile, alike: Alike, elder: Elder, known: _Known, on: date
) -> Looked:
    held = _held(file, alike, elder, known, on)
    stood = _stand(held, elder, known, on)
    return Looked(elder, stood, known.encounters[elder.id])


def _held(
    file: DutyFile, alike: Alike, elder: Elder, known: _Known, on: date
) -> list[Held]:
    about = about_elder(alike, elder, known.histories[elder.id], on)
    minutes = minutes_due(known.plans.get(elder.id, ()), on)
    return held_by(file, replace(about, care_minutes=minutes))


def _stand(
    held: Sequence[Held], elder: Elder, known: _Known, on: date
) -> list[Standing]:
    mine, paused = known.encounters[elder.id], known.pauses[elder.id]
    return standings(held, mine, on, paused=paused) if held else []


def about_elder(alike: Alike, elder: Elder, history: History, on: date) -> About:
    """What duties ask of an elder, as it was on that day."""
    of_the_rules = alike.categories(elder, history, on)
    of_the_field = {one.code for one in categories_on(elder, history, on)}
    signed_on = min((one.from_on for one in history.agreements), default=None)
    made_on = town_day(elder.made_at)
    return About(
        categories=of_the_rules | of_the_field,
        living=facts_on(elder, history, on)["living"].value,
        since=max(made_on, signed_on or made_on),
        signed=signed_station_on(elder, history, on) is not None,
        own_days=elder.visit_every_days,
    )


def pauses_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[Span]]:
    """The days on which nobody is to go to these elders."""
    found: dict[UUID, list[Span]] = {elder_id: [] for elder_id in ids}
    for part in parted(ids):
        query = select(Pause).where(
            col(Pause.elder_id).in_(part), Pause.scope != PauseScope.MEALS
        )
        for one in session.exec(query.order_by(col(Pause.from_on))):
            last = one.until_on or date.max
            if one.resumed_on is not None:
                last = min(last, one.resumed_on - timedelta(days=1))
            if one.from_on <= last:
                found[one.elder_id].append(Span(one.from_on, last))
    return found


def encounters_of(
    session: Session,
    elders: Sequence[Elder],
    since: datetime,
    services: Collection[str] | None = None,
) -> Encounters:
    """What happened since a moment, by elder; only of these services where given."""
    found: Encounters = {elder.id: [] for elder in elders}
    for part in parted([elder.id for elder in elders]):
        for elder_id, met in _proven(session, part, since, services):
            found[elder_id].append(met)
        for elder_id, met in _written_down(session, part, since):
            found[elder_id].append(met)
    for elder in elders:
        found[elder.id] += _of_the_file(elder, found[elder.id])
    return found


def _proven(
    session: Session,
    ids: Collection[UUID],
    since: datetime,
    services: Collection[str] | None,
) -> Iterator[tuple[UUID, Encounter]]:
    query = (
        select(Order, Evidence)
        .join(Evidence, col(Evidence.order_id) == Order.id)
        .where(col(Order.elder_id).in_(ids), Evidence.counts, Evidence.at >= since)
    )
    if services is not None:
        query = query.where(col(Order.service).in_(services))
    for order, proof in session.exec(query):
        yield order.elder_id, encounter_of(order, proof)


def _written_down(
    session: Session, ids: Collection[UUID], since: datetime
) -> Iterator[tuple[UUID, Encounter]]:
    query = select(Outreach).where(
        col(Outreach.elder_id).in_(ids), Outreach.at >= since
    )
    for one in session.exec(query):
        reached = one.spoke_with.value != "nobody"
        yield (
            one.elder_id,
            Encounter(
                id=str(one.id),
                at=one.at,
                on=town_day(one.at),
                what=one.purpose.value.upper() if reached else "NOT_REACHED",
                way=one.way,
                minutes=one.minutes,
                seen=one.heard,
            ),
        )


def _of_the_file(elder: Elder, known: Sequence[Encounter]) -> Iterator[Encounter]:
    """What the elder's file brought in from before us: a visit, an assessment."""
    at = elder.last_visit_at
    if at and not any(each.paid and abs(each.at - at) < _SAME for each in known):
        yield Encounter(
            id=f"file {elder.id}",
            at=at,
            on=town_day(at),
            what=PAID_VISIT,
            way=Way.FILE,
            seen=True,
            paid=True,
        )
    if elder.assessed_on:
        assessed_at = town_moment(elder.assessed_on, 12 * 3600)
        yield Encounter(
            id=f"assessed {elder.id}",
            at=assessed_at,
            on=elder.assessed_on,
            what=ASSESSMENT,
            way=Way.FILE,
        )
