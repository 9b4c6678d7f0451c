"""Promise 7: every fen has a reason.

Nothing is loaded as a whole: each check is a query for what is wrong, and closed months
are read line by line beside their chain, so that ten million lines need no memory.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from dispatch.log.book_checking import verify_books
from dispatch.orders.orders import Order
from dispatch.promises.checking import Look, Premises
from dispatch.subsidy.checking import check_fens
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.months.verifying import verify_months
from dispatch.subsidy.rule_versions import rules_of

_MOST: Final = 200
_BROKEN: Final = {
    "order says other fen than its payments": """
        SELECT o.number FROM orders o
        LEFT JOIN (SELECT order_id, SUM(fen) AS fen FROM payment GROUP BY order_id) p
        ON p.order_id = o.id WHERE o.paid_fen <> COALESCE(p.fen, 0)
    """,
    "postings of an entry that is gone": """
        SELECT p.id FROM ledger_posting p
        WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = p.entry_id)
    """,
    "postings on an account that is gone": """
        SELECT p.id FROM ledger_posting p
        WHERE NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.code = p.account)
    """,
    "somebody was granted less than nothing": """
        SELECT e.period, p.subsidy, e.elder_id, SUM(p.fen) FROM ledger_entry e
        JOIN ledger_posting p ON p.entry_id = e.id
        WHERE p.subsidy IS NOT NULL AND e.adjusts_period IS NULL
        AND e.elder_id IS NOT NULL AND e.kind IN ('service', 'reversal')
        GROUP BY e.period, p.subsidy, e.elder_id HAVING SUM(p.fen) < 0
    """,
    "adjusts a month that is not closed": """
        SELECT e.business_key FROM ledger_entry e
        WHERE e.adjusts_period IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM period m WHERE m.month = e.adjusts_period
            AND (m.state <> 'open' OR m.begun > 1))
    """,
}


def check_money(premises: Premises, look: Look) -> None:
    """Entries balance, stand on payment and proof, and closed months are as sealed."""
    session = premises.session
    fens, months = check_fens(session), verify_months(session)
    linked, bent = verify_books(session)
    look.checked += fens.checked + months.checked + linked
    look.checked += int(session.exec(select(func.count()).select_from(Order)).one())
    look.broken += [*fens.broken, *months.broken, *bent, *_broken(session)]
    look.broken += _too_weak(session)


def _broken(session: Session) -> Iterator[str]:
    for words, query in _BROKEN.items():
        for row in islice(session.execute(text(query)), _MOST):
            yield f"{words}: {' '.join(str(part) for part in row)}"


def _too_weak(session: Session) -> Iterator[str]:
    """Grants whose proof is weaker than their rule, as it was then, pays for."""
    by = (col(Grant.rule_version), col(Grant.subsidy), col(Grant.grade))
    query = select(*by).where(col(Grant.reversed_by).is_(None)).group_by(*by)
    for version, subsidy, grade in session.exec(query).all():
        policy = rules_of(session, version).policy
        rule = next((r for r in policy.subsidy if r.id == subsidy), None)
        if rule is None or grade > rule.min_grade:
            least = rule.min_grade if rule else "no such rule"
            yield f"{version} {subsidy}: granted for grade {grade}, needs {least}"
