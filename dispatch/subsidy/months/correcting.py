"""Correcting a closed month: a proposal, a decision, an entry in the open month."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import Session

from dispatch.access.scope import get_scoped
from dispatch.errors import BadInput, Conflict, NotAllowed, NotFound
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import get_order
from dispatch.people.elder_facts import FactKind, history_of, standing_on
from dispatch.people.elders import Elder, hold_elder_in_turn
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ledger import (
    AccountKind,
    Amount,
    Entry,
    EntryKind,
    list_amounts,
    post,
)
from dispatch.subsidy.ledger_accounts import OWED
from dispatch.subsidy.months.corrections import (
    Correction,
    CorrectionKind,
    CorrectionState,
    correction_of,
    list_corrections_of,
    tell_correction,
)
from dispatch.subsidy.months.late_facts import check_stands, lower_others
from dispatch.subsidy.months.periods import PeriodState, period_for, state_of
from dispatch.subsidy.rule_versions import rules_of
from dispatch.subsidy.splitting import share_by

_OF_THE_ENTRY: Final = (
    *("service_on", "rule_version", "order_id", "elder_id", "station_id"),
    *("street_code", "home_street", "channel", "service", "category", "categories"),
    *("grade", "evidence_id"),
)


class MonthStillOpen(Conflict):
    """这笔所在的月份还没有月结，没有保存。未公示的直接改；已公示的退回重办或等月结后。"""

    code = "month_still_open"


class Bereaved(NotAllowed):
    """老人已经去世，不向家属追回；可以改为扣回。"""

    code = "bereaved"


class MoreThanThereIs(BadInput):
    """金额超过这笔补贴能更正的数额，没有保存。"""

    code = "more_than_there_is"


class BackPayTooFar(BadInput):
    """资格暂停期间的补贴，恢复后只能从规则写明的日期起补发，没有保存。"""

    code = "back_pay_too_far"


class CorrectionDecided(Conflict):
    """这条更正已经处理过，没有保存。请刷新后查看。"""

    code = "correction_decided"


@dataclass(frozen=True)
class Proofs:
    """What was found since: a proof of the order, or the number of a paper."""

    evidence_id: UUID | None = None
    paper: str = ""


@dataclass(frozen=True)
class CorrectionDraft:
    """What somebody proposes. `fen` is above 0; the kind says in which direction."""

    entry_id: UUID
    subsidy: str
    kind: CorrectionKind
    fen: int
    proofs: Proofs
    why: str


def propose_correction(
    uow: UnitOfWork, draft: CorrectionDraft, *, key: str | None
) -> Correction:
    """Keep a proposal about one entry of a closed month; nothing is booked yet.

    Raises:
        NotFound: the entry, or the proof, is not within reach.
        MonthStillOpen, Bereaved, MoreThanThereIs, BackPayTooFar, BadInput,
        KeyMissing, KeyReused
    """
    account = uow.actor.account_id
    if account is None:
        raise NotAllowed
    told = [str(draft.entry_id), draft.subsidy, draft.kind.value, draft.fen, draft.why]
    if made := claim(uow, key, "propose_correction", told):
        return uow.session.get_one(Correction, made)
    entry = get_scoped(uow, Entry, draft.entry_id)
    elder = _elder_of(uow.session, entry)
    _check(uow.session, draft, entry, elder)
    made_now = correction_of(
        entry,
        elder,
        kind=draft.kind,
        subsidy=draft.subsidy,
        fen=draft.fen,
        new_proof_id=draft.proofs.evidence_id,
        paper=draft.proofs.paper.strip()[:100],
        why=draft.why.strip()[:200],
        proposed_by=account,
        proposed_at=uow.now,
    )
    uow.session.add(made_now)
    uow.session.flush()
    keep_result(uow, key or "", made_now.id)
    tell_correction(uow, made_now)
    return made_now


def decide_correction(
    uow: UnitOfWork, correction_id: UUID, *, accept: bool, words: str
) -> Correction:
    """Accept or reject a proposal of somebody else; what is accepted is booked.

    Raises:
        NotFound, NotAllowed, CorrectionDecided, NothingToCorrect, MonthStillOpen,
        Bereaved, MoreThanThereIs, BadInput
    """
    account = uow.actor.account_id
    if uow.actor.role != "district" or account is None:
        raise NotAllowed("更正由区级决定。")
    seen = get_scoped(uow, Correction, correction_id)
    entry = uow.session.get_one(Entry, seen.entry_id)
    elder = _elder_of(uow.session, entry)
    kept = get_scoped(uow, Correction, correction_id, lock=True)
    if kept.state is not CorrectionState.OPEN:
        raise CorrectionDecided
    if kept.proposed_by == account:
        raise NotAllowed("提出更正的人不能自己决定。")
    if not words.strip():
        raise BadInput("请写明理由。")
    if accept:
        check_stands(uow.session, kept, entry)
        _check_closed(uow.session, entry)
        _check_family(kept.kind, elder)
        _check_fen(uow.session, entry, kept.subsidy, kept.signed_fen)
        kept.booked_id = _book(uow, kept, entry).id
    kept.state = CorrectionState.ACCEPTED if accept else CorrectionState.REJECTED
    kept.decided_by, kept.decided_at = account, uow.now
    kept.decision = words.strip()[:200]
    uow.session.add(kept)
    uow.session.flush()
    tell_correction(uow, kept)
    if accept:
        lower_others(uow, kept)
    return kept


def _check(
    session: Session, draft: CorrectionDraft, entry: Entry, elder: Elder
) -> None:
    _check_closed(session, entry)
    if entry.kind is not EntryKind.SERVICE or entry.evidence_id is None:
        raise BadInput("只能更正一笔服务的补贴。")
    if draft.proofs.evidence_id is not None:
        _check_proof(session, draft.proofs.evidence_id, entry)
    elif not draft.proofs.paper.strip():
        raise BadInput("请附上新的凭证，或写明纸面材料的编号。")
    if draft.fen < 1 or not draft.why.strip():
        raise BadInput("请写明金额和原因。")
    _check_family(draft.kind, elder)
    if draft.kind is CorrectionKind.BACK_PAY:
        _check_back_pay(session, entry, elder)
    signed = draft.fen if draft.kind is CorrectionKind.BACK_PAY else -draft.fen
    _check_fen(session, entry, draft.subsidy, signed)


def _check_closed(session: Session, entry: Entry) -> None:
    if state_of(session, entry.period) is not PeriodState.CLOSED:
        raise MonthStillOpen


def _check_proof(session: Session, proof_id: UUID, entry: Entry) -> None:
    proof = session.get(Evidence, proof_id)
    if proof is None or proof.order_id != entry.order_id:
        raise NotFound("没有找到这份凭证。")


def _check_family(kind: CorrectionKind, elder: Elder) -> None:
    if kind is CorrectionKind.RECOVER and elder.died_on is not None:
        raise Bereaved


def _check_back_pay(session: Session, entry: Entry, elder: Elder) -> None:
    """What was suspended on the day is paid after all once the elder is back, and from
    no earlier day than the entry's rules say.
    """
    history, on = history_of(session, elder.id), entry.service_on
    stood = standing_on(elder, history, FactKind.SUSPENDED, on)
    if stood is None or not stood.value["entitlement_suspended"]:
        return
    rule = rules_of(session, entry.rule_version or "").policy.lifecycle.unreachable
    back_on = min(
        (
            row.from_on
            for row in history.facts
            if row.kind is FactKind.SUSPENDED
            and row.from_on > on
            and not row.value.get("entitlement_suspended")
        ),
        default=None,
    )
    if back_on is None or (rule is not None and on < rule.back_pay_from(back_on)):
        raise BackPayTooFar


def _check_fen(session: Session, entry: Entry, subsidy: str, signed_fen: int) -> None:
    """What is left of the grant after what was corrected never falls below 0, and is
    never more than what the elder would have paid."""
    corrected = [
        one
        for one in list_corrections_of(session, entry.id)
        if one.state is CorrectionState.ACCEPTED
    ]
    amounts = list_amounts(session, entry.id)
    granted = sum(a.fen for a in amounts if a.subsidy == subsidy)
    granted += sum(one.signed_fen for one in corrected if one.subsidy == subsidy)
    by_elder = sum(a.fen for a in amounts if a.kind is AccountKind.SELF)
    by_elder -= sum(one.signed_fen for one in corrected)
    if granted + signed_fen < 0 or signed_fen > by_elder:
        raise MoreThanThereIs


def _book(uow: UnitOfWork, kept: Correction, entry: Entry) -> Entry:
    """The entry in the open month, beside the one that stays as it is."""
    booked = period_for(uow.session, entry.service_on)
    made = Entry(
        **entry.model_dump(include=set(_OF_THE_ENTRY)),
        kind=EntryKind.ADJUSTMENT,
        business_key=f"correction:{kept.id}",
        period=booked.period,
        adjusts_period=booked.adjusts_period,
        corrects_id=entry.id,
        reason=kept.why[:100],
        made_at=uow.now,
    )
    kind, shares = _payers(uow.session, entry, kept.subsidy)
    other = AccountKind.CLAIM
    if kept.kind is CorrectionKind.DEDUCT:
        other = AccountKind.DIFFERENCE  # the point bears it, not the elder
    whose = entry.elder_id if other is AccountKind.CLAIM else None
    parts = share_by(kept.signed_fen, shares).items()
    return post(
        uow,
        made,
        [
            *(Amount(kind, fen, payer, kept.subsidy) for payer, fen in parts),
            Amount(other, -kept.signed_fen, elder_id=whose),
        ],
    )


def _payers(
    session: Session, entry: Entry, subsidy: str
) -> tuple[AccountKind, Mapping[str, int]]:
    """Who paid the grant and in what parts; else who would have, by the rule."""
    lines = [a for a in list_amounts(session, entry.id) if a.subsidy == subsidy]
    lines = [line for line in lines if line.kind in OWED and line.payer]
    if lines:
        return lines[0].kind, {line.payer or "": abs(line.fen) for line in lines}
    policy = rules_of(session, entry.rule_version or "").policy
    rule = next((rule for rule in policy.subsidy if rule.id == subsidy), None)
    if rule is None:
        raise BadInput("规则里没有这项补贴。")
    return AccountKind.DUE, rule.shares or {rule.payer: 1}


def _elder_of(session: Session, entry: Entry) -> Elder:
    """Held, and their order before them, as by whoever reckons at night."""
    if entry.elder_id is None or entry.order_id is None:
        raise BadInput("只能更正一笔服务的补贴。")
    get_order(session, entry.order_id, lock=True)
    return hold_elder_in_turn(session, entry.elder_id)
