"""Notifying: who is told of a case, in words that name nobody."""

from typing import Final
from uuid import UUID

from dispatch.access.accounts import Account
from dispatch.clock import TOWN, wall_now
from dispatch.people.places import Station
from dispatch.people.vault import unseal
from dispatch.safety.cases import Case, CaseKind, CaseRung, Rung
from dispatch.safety.help_calls import HelpCall
from dispatch.safety.notices import LONGEST, Notice, NoticeState, Way
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say

DUTY_PHONE: Final = "phone"  # of an account, in the vault: where duty is reached


def tell_owner(uow: UnitOfWork, case: Case, owner: Account, *, again: bool) -> None:
    """The task for this person: in their inbox, and where they can be reached.

    Whoever is asked because another did not answer is told so, and the duty's group
    hears of it, too.
    """
    what = say("case", case.kind.value)
    at = case.happened_at.astimezone(TOWN).strftime("%H:%M")
    head = "上一位未接手，转请您处理" if again else "请 60 秒内接手"
    if case.kind in (CaseKind.CONDITION, CaseKind.ALLEGATION):
        head = "请接手办理"
    words = f"【六助】{what}（{at}）：{head}。"
    _put(uow, case, words, Way.INBOX, account_id=owner.id)
    phones = unseal(uow.session, [owner.id], [DUTY_PHONE])[owner.id]
    if phones:
        _put(uow, case, words, Way.SMS, account_id=owner.id)
    loud = again or case.kind in (CaseKind.SOS_HELPER, CaseKind.SOS_ELDER)
    if loud and case.kind is not CaseKind.ALLEGATION:
        _put(uow, case, f"{words}（{owner.title}）", Way.GROUP)


def tell_joined(uow: UnitOfWork, case: Case, owner: Account) -> None:
    """One more stop of a helper about whom it rang: read in the inbox, no new ring."""
    what = say("case", case.kind.value)
    words = f"【六助】{what}：同一位助老员又有一户，已并入上一次提醒。"
    _put(uow, case, words, Way.INBOX, account_id=owner.id)


def tell_others(uow: UnitOfWork, case: Case, others: list[Account]) -> None:
    """Who should know of it without owning it: the elder's station."""
    what = say("case", case.kind.value)
    for one in others:
        words = f"【六助】本站老人有安全事件：{what}，负责人 {case.owner}。"
        _put(uow, case, words, Way.INBOX, account_id=one.id)


def tell_contact(uow: UnitOfWork, case: Case, row: CaseRung) -> None:
    """Ask the contact whose rung it is to call back; nothing is said of health."""
    if row.rung is not Rung.CONTACTS or row.contact_id is None or row.done_at:
        return
    if not unseal(uow.session, [row.contact_id], ["phone"])[row.contact_id]:
        return
    where = whom_to_call(uow, case)
    words = f"【六助】我们暂时联系不上您家老人，正在设法，请尽快回电 {where}。"
    _put(uow, case, words, Way.SMS, contact_id=row.contact_id)


def whom_to_call(uow: UnitOfWork, case: Case) -> str:
    """The station's name and number, as a message to a family gives them."""
    station = uow.session.get(Station, case.station_id) if case.station_id else None
    return f"{station.name} {station.phone}" if station else "养老驿站"


def tell_kin(uow: UnitOfWork, case: Case, contact_id: UUID, words: str) -> None:
    """Words for one contact whom the elder wants told."""
    _put(uow, case, words, Way.SMS, contact_id=contact_id)


def tell_account(uow: UnitOfWork, case: Case, account_id: UUID, words: str) -> None:
    """Words about a case for one account's inbox."""
    _put(uow, case, words, Way.INBOX, account_id=account_id)


def tell_of_help(uow: UnitOfWork, call: HelpCall, words: str) -> None:
    """What became of a call for urgent help, for its owner and for the duty's group."""
    _put(uow, call, words, Way.INBOX, account_id=call.owner_id)
    _put(uow, call, words, Way.GROUP)


def _put(
    uow: UnitOfWork,
    case: Case | HelpCall,
    words: str,
    way: Way,
    *,
    account_id: UUID | None = None,
    contact_id: UUID | None = None,
) -> None:
    inside = way is Way.INBOX
    uow.session.add(
        Notice(
            case_id=case.id if isinstance(case, Case) else None,
            street_code=case.street_code,
            station_id=case.station_id,
            account_id=account_id,
            contact_id=contact_id,
            way=way,
            words=words[:LONGEST],
            made_at=uow.now,
            state=NoticeState.SENT if inside else NoticeState.WAITING,
            next_at=None if inside else wall_now(),
        )
    )
    uow.session.flush()
