"""Waiting at a closed door: who has taken it on, and whether the helper may go."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.accounts import Account
from dispatch.safety.cases import LET_GO, Case, CaseKind, CaseRung, CaseStep


@dataclass(frozen=True, kw_only=True)
class Wait:
    """What whoever stands there hears of it: a duty's title, never a phone number.

    Attributes:
        open: nobody has said yet what became of the elder.
        taken_by: who has said that it is theirs; None: nobody has.
        may_go: they were told to go on, or the case is over.
    """

    open: bool
    taken_by: str | None
    may_go: bool


def read_waits(session: Session, order_ids: Collection[UUID]) -> dict[UUID, Wait]:
    """The last closed door of each of these orders that had one."""
    query = (
        select(Case)
        .where(col(Case.order_id).in_(order_ids), Case.kind == CaseKind.NO_ANSWER)
        .order_by(col(Case.opened_at), col(Case.id))
    )
    last = {case.order_id: case for case in session.exec(query) if case.order_id}
    ids = [case.id for case in last.values()]
    takers, gone = _takers(session, ids), _let_go(session, ids)
    return {
        order_id: Wait(
            open=case.closed_at is None,
            taken_by=takers.get(case.id),
            may_go=case.id in gone or case.closed_at is not None,
        )
        for order_id, case in last.items()
    }


def _takers(session: Session, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Of several who took a rung on, the one of the highest."""
    query = (
        select(CaseRung.case_id, Account.title)
        .join(Account, col(Account.id) == CaseRung.acknowledged_by)
        .where(col(CaseRung.case_id).in_(case_ids))
        .order_by(col(CaseRung.seq))
    )
    return dict(session.exec(query).all())


def _let_go(session: Session, case_ids: Collection[UUID]) -> set[UUID]:
    query = select(CaseStep.case_id).where(
        col(CaseStep.case_id).in_(case_ids), CaseStep.outcome == LET_GO
    )
    return set(session.exec(query))
