"""Crying for help, and reporting: cases that people open, without any closed door."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.errors import NotAllowed, NotFound
from dispatch.log.audit import write_down
from dispatch.people.elders import Elder, get_elder
from dispatch.people.helpers import Helper
from dispatch.people.places import get_station
from dispatch.people.vault import seal, unseal
from dispatch.safety.cases import Case, CaseKind, get_case
from dispatch.safety.duty import find_duty
from dispatch.safety.ladders import FIRST_RUNG, MINUTES
from dispatch.safety.notifying import DUTY_PHONE
from dispatch.safety.noting import LONGEST, spoken
from dispatch.safety.opening import begin_case
from dispatch.safety.reports import SAID, CaseReport, Severity
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork

_WITHIN: Final = {
    Severity.NOW: timedelta(minutes=30),
    Severity.TODAY: timedelta(hours=8),
    Severity.WEEK: timedelta(days=7),
}


def call_for_helper(uow: UnitOfWork, words: str, *, key: str | None) -> Case:
    """A helper's SOS: at once a case of their own, whatever round they are on.

    Raises:
        NotAllowed: whoever calls is no helper.
        KeyMissing, KeyReused
    """
    helper_id = uow.actor.helper_id
    if helper_id is None:
        raise NotAllowed
    if made := claim(uow, key, "sos", [helper_id, words]):
        return get_case(uow.session, made)
    helper = uow.session.get_one(Helper, helper_id)
    case = _case(uow, CaseKind.SOS_HELPER, helper.station_id, helper.street_code)
    case.helper_id = helper.id
    return _open(uow, case, words, CaseReport(case_id=case.id), key)


@dataclass(frozen=True, kw_only=True)
class OwnSos:
    """A helper's own open call: who was told, and whether they have taken it."""

    owner: str
    taken: bool
    since: datetime


def show_own_sos(uow: UnitOfWork) -> OwnSos | None:
    """What this helper called out, as long as nobody has ended it."""
    case = _own_sos(uow)
    if case is None:
        return None
    duty = find_duty(uow.session, case.id)
    taken = duty is not None and duty.taken_at is not None
    return OwnSos(owner=case.owner, taken=taken, since=case.opened_at)


def dial_owner(uow: UnitOfWork) -> str:
    """The `tel:` link to whoever has this helper's call: where their duty is reached,
    else their own station. Written down.

    Raises:
        NotFound: nothing that they called out is open.
    """
    case = _own_sos(uow)
    if case is None:
        raise NotFound
    duty = find_duty(uow.session, case.id)
    phone = ""
    if duty is not None:
        kept = unseal(uow.session, [duty.account_id], [DUTY_PHONE])[duty.account_id]
        phone = kept.get(DUTY_PHONE, "")
        if phone:
            about, why = duty.account_id, f"case {case.id}"
            write_down(uow, "call", "account", about, fields=[DUTY_PHONE], purpose=why)
    if not phone:
        helper = uow.session.get_one(Helper, case.helper_id)
        phone = get_station(uow.session, helper.station_id).phone
    return f"tel:{phone}"


def _own_sos(uow: UnitOfWork) -> Case | None:
    if uow.actor.helper_id is None:
        return None
    query = (
        select(Case)
        .where(Case.helper_id == uow.actor.helper_id, col(Case.closed_at).is_(None))
        .where(Case.kind == CaseKind.SOS_HELPER)
        .order_by(col(Case.opened_at).desc(), col(Case.id))
    )
    return uow.session.exec(query).first()


def call_for_elder(
    uow: UnitOfWork, elder_id: UUID, words: str, *, key: str | None
) -> Case:
    """An elder's SOS: they call themselves, or somebody who heard them does.

    Raises:
        NotFound, KeyMissing, KeyReused
    """
    if made := claim(uow, key, "sos", [elder_id, words]):
        return get_case(uow.session, made)
    return open_for_elder(uow, get_scoped(uow, Elder, elder_id), words, key)


def open_for_elder(uow: UnitOfWork, elder: Elder, words: str, key: str | None) -> Case:
    """The case of an elder who calls for help; the caller has claimed the key."""
    case = _case(uow, CaseKind.SOS_ELDER, elder.station_id, elder.street_code)
    case.elder_id = elder.id
    return _open(uow, case, words, CaseReport(case_id=case.id), key)


def report_change(
    uow: UnitOfWork, elder_id: UUID, severity: Severity, words: str, *, key: str | None
) -> Case:
    """An elder is not as they were: somebody must look into it, how soon is told.

    Raises:
        NothingSaid, NotFound, KeyMissing, KeyReused
    """
    said = spoken(words)
    if made := claim(uow, key, "condition", [elder_id, severity, said]):
        return get_case(uow.session, made)
    elder = _elder_at_hand(uow, elder_id)
    case = _case(uow, CaseKind.CONDITION, elder.station_id, elder.street_code)
    case.elder_id, case.helper_id = elder.id, uow.actor.helper_id
    case.deadline_at = uow.now + _WITHIN[severity]
    report = CaseReport(case_id=case.id, severity=severity)
    return _open(uow, case, said, report, key)


def allege(
    uow: UnitOfWork,
    elder_id: UUID,
    words: str,
    *,
    helper_id: UUID | None = None,
    key: str | None,
) -> Case:
    """Say that an elder was wronged, by their station or by a helper.

    Whoever may tell of it may be of the very station: they do not see it again, nor
    does anybody there. The office asks for a reply (`judging.ask_reply`).

    Raises:
        NothingSaid, NotFound, KeyMissing, KeyReused
    """
    said = spoken(words)
    if made := claim(uow, key, "allegation", [elder_id, helper_id, said]):
        return get_case(uow.session, made)
    elder = _elder_at_hand(uow, elder_id)
    if helper_id is not None and uow.session.get(Helper, helper_id) is None:
        raise NotFound("没有找到这位助老员。")
    case = _case(uow, CaseKind.ALLEGATION, None, elder.street_code)
    case.elder_id = elder.id
    report = CaseReport(
        case_id=case.id,
        accused_station_id=elder.station_id,
        accused_helper_id=helper_id,
    )
    return _open(uow, case, said, report, key)


def _elder_at_hand(uow: UnitOfWork, elder_id: UUID) -> Elder:
    """One's own elders; a helper meets those of the street they work in."""
    if uow.actor.helper_id is None:
        return get_scoped(uow, Elder, elder_id)
    elder = get_elder(uow.session, elder_id)
    helper = uow.session.get_one(Helper, uow.actor.helper_id)
    if elder.street_code != helper.street_code:
        raise NotFound
    return elder


def _case(
    uow: UnitOfWork, kind: CaseKind, station_id: UUID | None, street_code: str
) -> Case:
    first = FIRST_RUNG[kind]
    station = get_station(uow.session, station_id) if station_id else None
    return Case(
        kind=kind,
        station_id=station_id,
        street_code=street_code,
        happened_at=uow.now,
        opened_at=uow.now,
        rung=first,
        deadline_at=uow.now + timedelta(minutes=MINUTES[first]),
        owner=f"{station.name[:36]}值班" if station else "街道民政办",
    )


def _open(
    uow: UnitOfWork, case: Case, words: str, report: CaseReport, key: str | None
) -> Case:
    begin_case(uow, case)
    report.told_by = uow.actor.account_id
    uow.session.add(report)
    if words.strip():
        seal(uow.session, case.id, {SAID: words.strip()[:LONGEST]})
    uow.session.flush()
    keep_result(uow, key or "", case.id)
    return case
