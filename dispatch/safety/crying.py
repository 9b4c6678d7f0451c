"""Crying for help, and reporting: cases that people open, without any closed door."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.errors import NotAllowed, NotFound
from dispatch.people.elders import Elder, get_elder
from dispatch.people.helpers import Helper
from dispatch.people.places import get_station
from dispatch.people.vault import seal
from dispatch.safety.cases import Case, CaseKind, get_case
from dispatch.safety.ladders import FIRST_RUNG, MINUTES
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
