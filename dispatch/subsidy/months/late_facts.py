"""What comes to light after a month was shut: reckoned anew, and only proposed.

The entry and its grants stay as they were closed. What the difference would be stands
beside both proofs until a person decides; too much is asked of the point, never of
the elder or the family.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlmodel import Session

from dispatch.errors import Conflict
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.grants import list_live_grants
from dispatch.subsidy.ledger import Entry, find_live_entry
from dispatch.subsidy.months.corrections import (
    Correction,
    CorrectionKind,
    CorrectionState,
    correction_of,
    list_corrections_of,
    tell_correction,
)
from dispatch.subsidy.months.periods import is_open

_NO_DIFFERENCE: Final = "已无差额："  # reckoned again, it is not so any more


class NothingToCorrect(Conflict):
    """这条更正已没有差额，或这笔已冲正重记，不能入账。请选“不同意”，没有保存。"""

    code = "nothing_to_correct"


def is_shut(session: Session, entry: Entry) -> bool:
    """The entry's month takes nothing any more."""
    return not is_open(session, entry.period)


def check_stands(session: Session, about: Correction, entry: Entry) -> None:
    """Whether there is still something to correct: it may have come out as it stands,
    or its month went back from the notice and took the entry back itself.

    Raises: NothingToCorrect
    """
    live = find_live_entry(session, entry.order_id) if entry.order_id else entry
    if _is_even(about) or live is None or live.id != entry.id:
        raise NothingToCorrect


def lower_others(uow: UnitOfWork, accepted: Correction) -> None:
    """What is paid or taken back by one proposal is not so again by another that lies
    open for the same subsidy of the same entry, whoever proposed it.

    The caller holds the elder.
    """
    for one in list_corrections_of(uow.session, accepted.entry_id):
        alike = (one.subsidy, one.state) == (accepted.subsidy, CorrectionState.OPEN)
        same_way = one.signed_fen * accepted.signed_fen > 0
        if not (alike and same_way) or _is_even(one):
            continue
        if one.fen > accepted.fen:
            one.fen -= accepted.fen
        else:
            one.why = f"{_NO_DIFFERENCE}{one.why}"[:200]
        uow.session.add(one)
        uow.session.flush()
        tell_correction(uow, one)


def _is_even(about: Correction) -> bool:
    return about.why.startswith(_NO_DIFFERENCE)


def propose_difference(
    uow: UnitOfWork,
    order: Order,
    entry: Entry,
    wanted: Mapping[str, int],
    proof: Evidence | None,
    why: str,
    paper: str = "",
) -> list[Correction]:
    """Propose by how much each subsidy, by what is known now, was given wrongly.

    Reckoned again it replaces what was reckoned before and is not yet decided. The
    same that was rejected last is not proposed again.

    Args:
        entry: the order's, of a shut month.
        wanted: fen that the rules give now, by subsidy.
        proof: the one that counts now.
        paper: what proves it where that is no other proof of the service.
    """
    stands = Counter[str]()
    for grant in list_live_grants(uow.session, order.id):
        stands[grant.subsidy] += grant.fen
    open_ones: dict[str, Correction] = {}
    decided: dict[str, Correction] = {}
    corrections = list_corrections_of(uow.session, entry.id)
    for one in sorted(corrections, key=lambda one: one.decided_at or uow.now):
        if one.decided_at is not None:
            decided[one.subsidy] = one
        if one.state is CorrectionState.ACCEPTED:
            stands[one.subsidy] += one.signed_fen
        elif one.state is CorrectionState.OPEN and one.proposed_by is None:
            open_ones[one.subsidy] = one
    newer = proof is not None and proof.id != entry.evidence_id
    new_proof_id = proof.id if newer and proof else None
    made = []
    for subsidy in sorted({*stands, *wanted, *open_ones}):
        fen = wanted.get(subsidy, 0) - stands[subsidy]
        kept = open_ones.get(subsidy)
        was = decided.get(subsidy)
        if kept is None and (fen == 0 or _is_rejected(was, fen, new_proof_id, why)):
            continue
        row = kept or correction_of(
            entry,
            uow.session.get_one(Elder, order.elder_id),
            kind=CorrectionKind.DEDUCT,
            subsidy=subsidy,
            fen=1,
            why="",
            proposed_at=uow.now,
        )
        if fen != 0:
            row.kind = CorrectionKind.BACK_PAY if fen > 0 else CorrectionKind.DEDUCT
            row.fen = abs(fen)
        row.why = why if fen else f"{_NO_DIFFERENCE}{why}"
        row.new_proof_id = new_proof_id
        row.paper = "" if newer else (paper or why)[:100]
        uow.session.add(row)
        uow.session.flush()
        tell_correction(uow, row)
        made.append(row)
    return made


def _is_rejected(
    was: Correction | None, fen: int, new_proof_id: UUID | None, why: str
) -> bool:
    """A person has said no to the same on the same ground."""
    same = (CorrectionState.REJECTED, fen, new_proof_id, why)
    return was is not None and same == (
        *(was.state, was.signed_fen),
        *(was.new_proof_id, was.why),
    )
