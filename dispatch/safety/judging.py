"""Judging an allegation: the office reads it, the accused station may reply."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.accounts import Account, Role
from dispatch.errors import Conflict, NotAllowed, NotFound
from dispatch.log.audit import write_down
from dispatch.people.vault import seal, unseal
from dispatch.safety.cases import Case, CaseKind, get_case
from dispatch.safety.climbing import CaseIsClosed
from dispatch.safety.notifying import tell_account
from dispatch.safety.noting import add_step, spoken, tell_case
from dispatch.safety.reaching import get_in_reach
from dispatch.safety.reports import ASKED, REPLIED, SAID, CaseReport
from dispatch.store.unit_of_work import UnitOfWork

REPLY_WITHIN: Final = timedelta(days=3)


class NotToBeReplied(Conflict):
    """这件事现在不能这样答复，没有保存。请刷新后查看。"""

    code = "not_to_be_replied"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was said in a case: the report, the question put, the reply to it."""

    said: str
    asked: str
    replied: str
    reply_until_at: datetime | None
    replied_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a station is asked: the office's words, never who told or of whom."""

    id: UUID
    words: str
    asked_at: datetime
    until_at: datetime


def read_said(uow: UnitOfWork, case_id: UUID) -> Said:
    """The words of a report, unmasked: the look is written down.

    Raises:
        NotFound: no such case within reach, or nobody reported anything.
    """
    case = get_in_reach(uow, case_id)
    report = _report_of(uow, case)
    words = unseal(uow.session, [case.id], [SAID, ASKED, REPLIED])[case.id]
    write_down(uow, "read_report", "case", case.id, fields=[SAID])
    return Said(
        said=words.get(SAID, ""),
        asked=words.get(ASKED, ""),
        replied=words.get(REPLIED, ""),
        reply_until_at=report.reply_until_at,
        replied_at=report.replied_at,
    )


def ask_reply(uow: UnitOfWork, case_id: UUID, words: str) -> Case:
    """Ask the accused station for its side, in words that the office chooses.

    Raises:
        NotFound, NotToBeReplied, NothingSaid, CaseIsClosed
    """
    case = get_case(uow.session, get_in_reach(uow, case_id).id, lock=True)
    report = _report_of(uow, case)
    if case.closed_at is not None:
        raise CaseIsClosed
    if case.kind is not CaseKind.ALLEGATION or report.asked_at is not None:
        raise NotToBeReplied
    report.asked_at = uow.now
    report.reply_until_at = uow.now + REPLY_WITHIN
    uow.session.add(report)
    seal(uow.session, case.id, {ASKED: spoken(words)})
    add_step(uow, case, "reply_asked")
    tell_case(uow, case, "case.reply", outcome="reply_asked")
    for account_id in _station_accounts(uow, report.accused_station_id):
        ask = "【六助】街道请本站就一件事作出说明，请在“值班”里答复。"
        tell_account(uow, case, account_id, ask)
    return case


def list_questions(uow: UnitOfWork) -> list[Question]:
    """What this station is asked and has not answered, the oldest first."""
    if uow.actor.station_id is None:
        return []
    query = (
        select(CaseReport)
        .where(CaseReport.accused_station_id == uow.actor.station_id)
        .where(col(CaseReport.asked_at).is_not(None))
        .where(col(CaseReport.replied_at).is_(None))
        .order_by(col(CaseReport.asked_at), col(CaseReport.case_id))
    )
    open_ones = uow.session.exec(query).all()
    words = unseal(uow.session, [one.case_id for one in open_ones], [ASKED])
    return [
        Question(
            id=one.case_id,
            words=words[one.case_id].get(ASKED, ""),
            asked_at=one.asked_at,
            until_at=one.reply_until_at,
        )
        for one in open_ones
        if one.asked_at and one.reply_until_at
    ]


def reply(uow: UnitOfWork, case_id: UUID, words: str) -> None:
    """The station's own side; said once, and never changed.

    Raises:
        NotFound: nobody asked this station.
        NotToBeReplied: it has replied, or the case is over.
        NothingSaid
    """
    if uow.actor.station_id is None:
        raise NotAllowed
    asked = select(CaseReport.case_id).where(
        CaseReport.case_id == case_id,
        CaseReport.accused_station_id == uow.actor.station_id,
        col(CaseReport.asked_at).is_not(None),
    )
    if uow.session.exec(asked).first() is None:
        raise NotFound
    case = get_case(uow.session, case_id, lock=True)
    report = _report_of(uow, case)  # anew: two may reply at once
    if report.replied_at is not None or case.closed_at is not None:
        raise NotToBeReplied
    report.replied_at, report.replied_by = uow.now, uow.actor.account_id
    uow.session.add(report)
    seal(uow.session, case_id, {REPLIED: spoken(words)})
    add_step(uow, case, "replied")
    tell_case(uow, case, "case.reply", outcome="replied")


def _report_of(uow: UnitOfWork, case: Case) -> CaseReport:
    report = uow.session.get(CaseReport, case.id, populate_existing=True)
    if report is None:
        raise NotFound
    return report


def _station_accounts(uow: UnitOfWork, station_id: UUID | None) -> list[UUID]:
    query = select(Account.id).where(
        Account.role == Role.STATION,
        col(Account.station_id) == station_id,
        col(Account.active),
    )
    return list(uow.session.exec(query.order_by(col(Account.login))))
