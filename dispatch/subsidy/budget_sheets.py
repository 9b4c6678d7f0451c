"""A year's budgets as the district reads them."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.budgets import list_budget_lines, list_budgets
from dispatch.subsidy.payers import list_payers


@dataclass(frozen=True, kw_only=True)
class BudgetRow:
    """`left_fen` below 0: more was granted than the budget holds."""

    payer: str
    payer_name: str
    source: str
    fen: int
    granted_fen: int
    paid_fen: int
    left_fen: int


@dataclass(frozen=True, kw_only=True)
class BudgetDecision:
    payer: str
    fen: int
    doc_no: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class BudgetSheet:
    year: int
    budgets: list[BudgetRow]
    decisions: list[BudgetDecision]


def show_budgets(uow: UnitOfWork, year: int) -> BudgetSheet:
    """Each payer's year, and the decisions that made its budget."""
    payers = list_payers(uow.session)
    return BudgetSheet(
        year=year,
        budgets=[
            BudgetRow(
                payer=one.payer,
                payer_name=payers[one.payer].name if one.payer in payers else "",
                source=payers[one.payer].source.value if one.payer in payers else "",
                fen=one.fen,
                granted_fen=one.granted_fen,
                paid_fen=one.paid_fen,
                left_fen=one.left_fen,
            )
            for one in list_budgets(uow.session, year)
        ],
        decisions=[
            BudgetDecision(
                payer=one.payer, fen=one.fen, doc_no=one.doc_no, made_at=one.made_at
            )
            for one in list_budget_lines(uow.session, year)
        ],
    )
