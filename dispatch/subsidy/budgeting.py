"""Budgeting: the district sets, raises or cuts what a payer may spend in a year."""

from dataclasses import asdict, dataclass

from dispatch.errors import BadInput, NotAllowed
from dispatch.log.book_chain import Book, to_seal
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.budgets import BudgetLine, list_budget_lines


class BudgetBelowZero(BadInput):
    """调减后预算会小于零，没有保存。请核对金额。"""

    code = "budget_below_zero"


@dataclass(frozen=True)
class BudgetDraft:
    """A decision with its document number; fen below 0 cuts."""

    payer: str
    year: int
    fen: int
    doc_no: str


def set_budget(uow: UnitOfWork, draft: BudgetDraft, *, key: str | None) -> BudgetLine:
    """Write a decision down; the same key again changes nothing.

    Raises: NotAllowed, BudgetBelowZero, KeyMissing, KeyReused
    """
    if uow.actor.role != "district":
        raise NotAllowed
    if made := claim(uow, key, "set_budget", asdict(draft)):
        return uow.session.get_one(BudgetLine, made)
    standing = list_budget_lines(uow.session, draft.year)
    before = sum(line.fen for line in standing if line.payer == draft.payer)
    if draft.fen == 0 or before + draft.fen < 0:
        raise BudgetBelowZero
    line = BudgetLine(**asdict(draft), made_at=uow.now, made_by=uow.actor.account_id)
    uow.session.add(line)
    to_seal(uow, Book.BUDGET_LINE, line.id)
    uow.session.flush()
    keep_result(uow, key or "", line.id)
    return line
