"""One row in each of the books beside the ledger of the closed month, and its seal."""

from uuid import UUID, uuid4

from sqlmodel import Session, select

from dispatch.clock import town_day
from dispatch.log.book_chain import seal_books
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from dispatch.subsidy.budgeting import BudgetDraft, set_budget
from dispatch.subsidy.ledger import Entry
from dispatch.subsidy.months.correcting import (
    CorrectionDraft,
    Proofs,
    propose_correction,
)
from dispatch.subsidy.months.corrections import CorrectionKind
from dispatch.subsidy.payouts import list_owed
from dispatch.subsidy.reimbursing import PayoutDraft, pay_out
from dispatch.timebank.accounts import TimeAccountKind, hold_account
from dispatch.timebank.moves import MoveKind, TimeMove, keep_move
from tests.little_town import ELEVEN, NOON, LittleTown
from tests.subsidy.closed_month import AFTER, MONTH, Officials
from tests.subsidy.ledger_town import do


def write_books(town: LittleTown) -> None:
    """A budget, a payout, minutes, and a correction that is sealed, decided, sealed."""
    with Session(town.engine) as session:
        entry = session.exec(select(Entry).where(Entry.kind == "service")).one()
        owed = list_owed(session, MONTH)[0]
    officials = Officials(town)
    budget = BudgetDraft(owed.payer, 2026, 5000, "民发〔2026〕3号")
    debt = (owed.payer, owed.kind, 100, town_day(AFTER), "PZ-1")
    payout = PayoutDraft(MONTH, owed.station_id, *debt)
    for deed in (
        lambda uow: set_budget(uow, budget, key=uuid4().hex),
        lambda uow: pay_out(uow, payout, key=uuid4().hex),
    ):
        in_one_transaction(town.engine, deed, actor=officials.district)
    proofs = Proofs(paper="街道核查单 2026-12-03")
    kind, why = CorrectionKind.DEDUCT, "当日在家属处用餐"
    draft = CorrectionDraft(entry.id, "meal-basic", kind, 200, proofs, why)
    proposed = do(town, propose_correction, draft, key=uuid4().hex)
    do(town, _mint, entry, town.add_helper())
    do(town, seal_books)
    officials.decide(proposed.id)
    assert do(town, seal_books) == 1


def _mint(uow: UnitOfWork, entry: Entry, helper_id: UUID) -> None:
    issue = hold_account(uow, TimeAccountKind.ISSUE)
    own = hold_account(uow, TimeAccountKind.HELPER, helper_id)
    keep_move(
        uow,
        TimeMove(
            kind=MoveKind.MINT,
            from_id=issue.id,
            to_id=own.id,
            minutes=25,
            rules="2026-01",
            order_id=entry.order_id,
            evidence_id=entry.evidence_id,
            helper_id=helper_id,
            worked_on=entry.service_on,
            from_at=ELEVEN,
            until_at=NOON,
            made_at=uow.now,
        ),
    )
