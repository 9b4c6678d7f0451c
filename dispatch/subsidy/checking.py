"""Promise 7 checked: every fen has payment, evidence and rule, and the books tie.

Each check is one plain query for what is wrong: it runs on both engines, looks
through a year without loading it, and an auditor can read it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

from sqlalchemy import text
from sqlmodel import Session, select

from dispatch.subsidy.payers import Payer, Source
from dispatch.subsidy.rule_versions import RuleVersion, rules_of
from dispatch.subsidy.strict import BadFile
from dispatch.subsidy.sum_checking import bent_sums

_CHECKS = {
    "分录没有过账": """
        SELECT id FROM ledger_entry WHERE state <> 'posted'
    """,
    "分录借贷不平": """
        SELECT e.id FROM ledger_entry e
        LEFT JOIN ledger_posting p ON p.entry_id = e.id
        GROUP BY e.id HAVING COUNT(p.id) < 2 OR SUM(p.fen) <> 0
    """,
    "入账没有收款": """
        SELECT e.id, e.order_id FROM ledger_entry e
        JOIN orders o ON o.id = e.order_id
        LEFT JOIN ledger_entry b ON b.reverses_id = e.id
        WHERE e.kind = 'service' AND b.id IS NULL AND (
            o.due_fen IS NULL OR o.paid_fen < o.due_fen OR NOT EXISTS (
                SELECT 1 FROM payment p WHERE p.order_id = e.order_id AND p.fen >= 0
                AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.refund_of = p.id)))
    """,
    # A shut month stays as it was signed: what contradicts it since is a proposal.
    "入账没有凭证，或凭证与订单不符": """
        SELECT e.id, e.order_id FROM ledger_entry e
        JOIN orders o ON o.id = e.order_id
        LEFT JOIN ledger_entry b ON b.reverses_id = e.id
        LEFT JOIN evidence v ON v.id = e.evidence_id
        LEFT JOIN period m ON m.month = e.period AND m.state <> 'open'
        WHERE e.kind = 'service' AND b.id IS NULL AND (
            v.id IS NULL OR v.order_id <> e.order_id OR (m.month IS NULL
            AND (NOT v.counts OR o.state <> 'done' OR o.grade <> e.grade)))
    """,
    "订单在公示后被推翻，没有提出更正": """
        SELECT e.id, e.order_id FROM ledger_entry e
        JOIN orders o ON o.id = e.order_id AND o.state <> 'done'
        JOIN period m ON m.month = e.period AND m.state <> 'open'
        LEFT JOIN ledger_entry b ON b.reverses_id = e.id
        WHERE e.kind = 'service' AND b.id IS NULL
        AND EXISTS (
            SELECT 1 FROM subsidy_grant g WHERE g.entry_id = e.id AND NOT EXISTS (
                SELECT 1 FROM correction c WHERE c.entry_id = e.id
                AND c.subsidy = g.subsidy AND c.kind IN ('deduct', 'recover')))
    """,
    "补贴与所属分录不符": """
        SELECT g.id, g.entry_id FROM subsidy_grant g
        LEFT JOIN ledger_entry e ON e.id = g.entry_id
        WHERE e.id IS NULL OR e.order_id <> g.order_id OR e.elder_id <> g.elder_id
        OR e.station_id <> g.station_id OR e.service_on <> g.service_on
        OR e.rule_version <> g.rule_version OR e.grade <> g.grade
        OR e.evidence_id <> g.evidence_id
    """,
    "补贴没有规则版本": """
        SELECT g.id, g.rule_version FROM subsidy_grant g
        WHERE NOT EXISTS (SELECT 1 FROM rule_version r WHERE r.id = g.rule_version)
    """,
    "补贴没有入账，或金额不符": """
        SELECT g.id, g.entry_id FROM subsidy_grant g WHERE g.fen <> (
            SELECT COALESCE(SUM(p.fen), 0) FROM ledger_posting p
            WHERE p.entry_id = g.entry_id AND p.subsidy = g.subsidy)
        OR NOT EXISTS (
            SELECT 1 FROM ledger_posting p JOIN ledger_account a ON a.code = p.account
            WHERE p.entry_id = g.entry_id AND p.subsidy = g.subsidy
            AND a.payer = g.payer)
    """,
    "入账没有补贴依据": """
        SELECT p.id, p.entry_id FROM ledger_posting p
        JOIN ledger_entry e ON e.id = p.entry_id
        JOIN ledger_account a ON a.code = p.account
        WHERE e.kind = 'service' AND a.kind IN ('advance', 'due') AND NOT EXISTS (
            SELECT 1 FROM subsidy_grant g
            WHERE g.entry_id = p.entry_id AND g.subsidy = p.subsidy)
    """,
    "补贴与分录的冲正不一致": """
        SELECT g.id, g.entry_id FROM subsidy_grant g
        LEFT JOIN ledger_entry b ON b.reverses_id = g.entry_id
        WHERE (g.reversed_by IS NULL) <> (b.id IS NULL)
    """,
    "冲正与原分录不符": """
        SELECT e.id, e.reverses_id FROM ledger_entry e
        JOIN ledger_posting p ON p.entry_id IN (e.id, e.reverses_id)
        WHERE e.kind = 'reversal'
        GROUP BY e.id, e.reverses_id, p.account, COALESCE(p.subsidy, '')
        HAVING SUM(p.fen) <> 0 OR COUNT(*) <> 2
    """,
    "入账金额与订单价格不符": """
        SELECT e.id, e.order_id FROM ledger_entry e
        JOIN orders o ON o.id = e.order_id
        JOIN ledger_posting p ON p.entry_id = e.id
        JOIN ledger_account a ON a.code = p.account AND a.kind = 'income'
        WHERE e.kind = 'service' AND p.fen <> -(o.price_fen + o.fee_fen)
    """,
    "已收款、有凭证的订单没有入账": """
        SELECT o.id, o.number FROM orders o
        WHERE o.state = 'done' AND o.paid_fen >= o.due_fen
        AND o.price_fen + o.fee_fen > 0
        AND EXISTS (SELECT 1 FROM evidence v WHERE v.order_id = o.id AND v.counts)
        AND NOT EXISTS (
            SELECT 1 FROM ledger_entry e
            LEFT JOIN ledger_entry b ON b.reverses_id = e.id
            WHERE e.order_id = o.id AND e.kind = 'service' AND b.id IS NULL)
    """,
}


@dataclass(frozen=True)
class FensChecked:
    """How many lines and entries were looked at, and what is wrong with which."""

    checked: int
    broken: tuple[str, ...]


def check_fens(session: Session) -> FensChecked:
    """Look through the whole ledger."""
    counting = text(
        "SELECT (SELECT COUNT(*) FROM subsidy_grant)"
        " + (SELECT COUNT(*) FROM ledger_entry)"
    )
    checked = int(session.execute(counting).scalar_one())
    return FensChecked(checked, tuple(broken_fens(session)))


def broken_fens(session: Session) -> list[str]:
    """Everything wrong with grants and ledger: in words, with the ids of the rows."""
    found = [
        f"{words}: {' '.join(str(part) for part in row)}"
        for words, query in _CHECKS.items()
        for row in session.execute(text(query))
    ]
    bent = (_bent_rules(session), _bent_payers(session), bent_sums(session))
    return [*found, *chain.from_iterable(bent)]


def _bent_rules(session: Session) -> Iterator[str]:
    for kept in session.exec(select(RuleVersion)):
        if sha256(kept.words.encode()).hexdigest() != kept.sha256:
            yield f"规则版本的内容被改动: {kept.id}"


def _bent_payers(session: Session) -> Iterator[str]:
    """Each payer is called as some version in use has it, and every one is there."""
    said: dict[str, set[tuple[str, Source]]] = {}
    unread = False
    for version in session.exec(select(RuleVersion.id)):
        try:
            payers = rules_of(session, version).policy.payer
        except BadFile:
            unread = True
            yield f"规则版本读不出来，没有核对它的付款方: {version}"
            continue
        for id_, one in payers.items():
            said.setdefault(id_, set()).add((one.name, one.source))
    stands = {one.id: (one.name, one.source) for one in session.exec(select(Payer))}
    for id_ in sorted(said.keys() | (set() if unread else stands.keys())):
        if stands.get(id_) not in said.get(id_, ()):
            yield f"付款方与规则不符: payer.id, payer.name, payer.source {id_}"


def ledger_totals(session: Session) -> tuple[int, int]:
    """Debits and credits of the whole ledger, in fen; they are equal."""
    adding = text(
        "SELECT COALESCE(SUM(CASE WHEN fen > 0 THEN fen END), 0),"
        " COALESCE(SUM(CASE WHEN fen < 0 THEN -fen END), 0) FROM ledger_posting"
    )
    debit_fen, credit_fen = session.execute(adding).one()
    return int(debit_fen), int(credit_fen)
