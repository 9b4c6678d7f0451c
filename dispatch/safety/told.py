"""Cases as a family is told of them, in the way that the elder chose beforehand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, select

from dispatch.people.elders import Elder
from dispatch.people.family import Told, told_of_cases
from dispatch.safety.cases import Case, CaseKind, CaseOutcome
from dispatch.store.unit_of_work import UnitOfWork

SHOWN_FOR: Final = timedelta(days=2)
# What a family is told of; the others are about somebody else, too.
OF_ONE_ELDER: Final = (CaseKind.NO_ANSWER, CaseKind.OVERDUE, CaseKind.SOS_ELDER)
# What may be read on a page or in a message; for the others somebody calls.
SAID_PLAINLY: Final = frozenset({CaseOutcome.SEEN_WELL, CaseOutcome.AWAY})


@dataclass(frozen=True, kw_only=True)
class CaseTold:
    """One case: what began it, whose it is now, and what became of it.

    Closed without an outcome here: they are to call, it is not for a page to say.
    """

    kind: str
    happened_at: datetime
    owner: str
    outcome: str | None
    closed_at: datetime | None


def list_cases_told(uow: UnitOfWork, elder: Elder) -> list[CaseTold]:
    """The last two days' cases that this contact is told of, the last one first."""
    told = told_of_cases(uow.session, elder.id, uow.actor.contact_id)
    if told is Told.NEVER:
        return []
    query = (
        select(Case)
        .where(Case.elder_id == elder.id, col(Case.kind).in_(OF_ONE_ELDER))
        .where(Case.opened_at >= uow.now - SHOWN_FOR)
        .order_by(col(Case.opened_at).desc(), col(Case.id))
    )
    if told is Told.WHEN_OVER:
        query = query.where(col(Case.closed_at).is_not(None))
    return [
        CaseTold(
            kind=case.kind.value,
            happened_at=case.happened_at,
            owner=case.owner,
            outcome=_plainly(case.outcome),
            closed_at=case.closed_at,
        )
        for case in uow.session.exec(query)
    ]


def _plainly(outcome: CaseOutcome | None) -> str | None:
    return outcome.value if outcome in SAID_PLAINLY and outcome else None
