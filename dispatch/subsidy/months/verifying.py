"""Closed months looked through: each line, step and head against its hash.

The books are read line by line beside the chain that was made when the month was
closed, so that memory stays small. What is found is named: the line and the column.
"""

import json
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import String, type_coerce
from sqlmodel import Session, col, select

from dispatch.log.audit_chain import hash_at
from dispatch.log.book_chain import book_hash_at
from dispatch.store.row_words import changed, checks_of, link
from dispatch.subsidy.ledger import Entry
from dispatch.subsidy.months.closing import previous_head, totals_of
from dispatch.subsidy.months.lines import (
    BEGINNING,
    Columns,
    Line,
    LineKind,
    PeriodLine,
    Sealed,
    list_sealed,
    names_of,
    read_lines,
)
from dispatch.subsidy.months.periods import Period, PeriodState
from dispatch.subsidy.months.sealing import bent_period, bent_step, reworded_step
from dispatch.subsidy.months.steps import PeriodStep, list_steps

_MOST: Final = 200
_ROW: Final = {"account": "account.code", "entry": "entry.id", "rule": "rule.id"}


@dataclass
class Verdict:
    """How many rows were looked at, and what is wrong, in words that name it."""

    checked: int = 0
    broken: list[str] = field(default_factory=list)

    def found(self, words: str) -> None:
        if len(self.broken) < _MOST:
            self.broken.append(words)

    def add(self, other: "Verdict") -> None:
        self.checked += other.checked
        self.broken.extend(other.broken)


def verify_months(session: Session) -> Verdict:
    """Every month that somebody began with, and every signature."""
    verdict = Verdict()
    for step in session.exec(select(PeriodStep)).all():
        for column in reworded_step(session, step):
            verdict.found(f"{step.month} period_step.{column}: {step.id}")
    for month in session.exec(select(Period.month).order_by(Period.month)).all():
        verdict.add(verify_period(session, month))
    return verdict


def verify_period(session: Session, period: str) -> Verdict:
    """Compare a month with what was signed and sealed of it.

    Of a month that was never closed its steps are looked at. A month stops being told
    of after two hundred findings.
    """
    verdict = Verdict()
    kept = session.exec(select(Period).where(Period.month == period)).first()
    if kept is None:
        return verdict
    _check_steps(session, kept, verdict)
    if kept.state is not PeriodState.CLOSED and not _was_sealed(session, kept):
        return verdict
    _check_head(session, kept, verdict)
    try:
        told = json.loads(kept.totals or "")
        columns: Columns = told["columns"]
        totals: dict[str, int] = told["totals"]
        number, audit = told["audit"]
        at, books = told.get("books", (0, ""))  # a month closed before they had it
    except (ValueError, KeyError, TypeError):
        verdict.found(f"{period} period.totals: 无法读取")
        return verdict
    _Walk(session, kept, columns, verdict).go()
    if totals != totals_of(session, period):
        verdict.found(f"{period}: 合计与明细不符")
    if number and (hash_at(session, number) or b"").hex() != audit:
        verdict.found(f"{period}: 审计记录与月结时不符")
    if at and (book_hash_at(session, at) or b"").hex() != books:
        verdict.found(f"{period}: 账册链与月结时不符")
    return verdict


def _was_sealed(session: Session, kept: Period) -> bool:
    """A month that says it is open and has a head, or lines, was once closed."""
    line = select(PeriodLine.number).where(PeriodLine.month == kept.month).limit(1)
    return bool(kept.head_hash or session.exec(line).first())


def _check_steps(session: Session, kept: Period, verdict: Verdict) -> None:
    before = None
    for number, step in enumerate(list_steps(session, kept.month), start=1):
        verdict.checked += 1
        if step.number != number:
            verdict.found(f"{kept.month} period_step.number: {number} 缺失")
        for column in bent_step(session, step, before):
            verdict.found(f"{kept.month} period_step.{column}: {step.id}")
        before = step


def _check_head(session: Session, kept: Period, verdict: Verdict) -> None:
    verdict.checked += 1
    steps = list_steps(session, kept.month)
    for column in bent_period(session, kept, steps[-1] if steps else None):
        verdict.found(f"{kept.month} period.{column}")
    if kept.previous_hash != previous_head(session, kept.month):
        verdict.found(f"{kept.month} period.previous_hash: 与上一个月结不相连")


class _Walk:
    """Lines as they are beside lines as they were sealed."""

    def __init__(
        self, session: Session, kept: Period, columns: Columns, verdict: Verdict
    ) -> None:
        self._session, self._kept = session, kept
        self._columns, self._verdict = columns, verdict
        self._sealed = list_sealed(session, kept.month)
        self._was = next(self._sealed, None)
        self._count = 0
        try:
            first = bytes.fromhex(kept.previous_hash) or BEGINNING
        except ValueError:
            first = BEGINNING
        self._previous = (first, first)  # as it is kept; as it comes out

    def go(self) -> None:
        kept = self._kept
        for line in read_lines(self._session, kept.month, self._columns):
            self._verdict.checked += 1
            self._match(line)
        while self._was is not None:
            self._say_gone(self._was)
        if (self._count, self._previous[0].hex()) != (kept.line_count, kept.lines_hash):
            self._verdict.found(f"{kept.month}: 明细链与月结时不符")

    def _match(self, line: Line) -> None:
        while (was := self._was) is not None:
            same = (was.kind, was.key) == (line.kind, line.key)
            if same or was.fits(line, self._previous):
                self._compare(line, was)
                return
            if (was.kind, was.key) > (line.kind, line.key):
                break
            self._say_gone(was)
        self._verdict.found(f"{_ROW[line.kind]} {line.key}: 月结以后添加")

    def _compare(self, line: Line, was: Sealed) -> None:
        for column in ("kind", "key"):
            if getattr(was, column) != getattr(line, column):
                self._verdict.found(f"period_line.{column}: {line.key}")
        if not was.fits(line, self._previous):
            for name in self._bent(line, was):
                self._verdict.found(f"{name}: {line.key}")
        self._pass(was, link(self._previous[1], line.words, was.checks))

    def _bent(self, line: Line, was: Sealed) -> list[str]:
        """The columns that no longer are what they were; else the link's own."""
        fresh = checks_of(line.words)
        if any(link(one, line.words, fresh) == was.hash for one in self._previous):
            return ["period_line.checks"]
        names = names_of(line.kind, self._columns)
        return changed(names, was.checks, line.words) or ["period_line.hash"]

    def _say_gone(self, was: Sealed) -> None:
        row = _ROW.get(was.kind, "period_line.kind")
        if was.kind == LineKind.ENTRY and self._is_elsewhere(was.key):
            row = "entry.period"
        self._verdict.found(f"{row} {was.key}: 月结以后被移走或删除")
        self._pass(was, was.hash)

    def _is_elsewhere(self, key: str) -> bool:
        try:
            wanted = UUID(key)
        except ValueError:
            return False
        period = type_coerce(col(Entry.period), String)
        query = select(period).where(Entry.id == wanted)
        return self._session.exec(query).first() not in (None, self._kept.month)

    def _pass(self, was: Sealed, came_out: bytes) -> None:
        self._count += 1
        if was.number != self._count:
            where = "period_line.number, period_line.month"
            self._verdict.found(f"{self._kept.month} {where}: {self._count} 缺失")
            self._count = was.number
        self._previous = (was.hash, came_out)
        self._was = next(self._sealed, None)
