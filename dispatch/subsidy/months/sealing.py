"""Sealing: what closes a row of a month, and a step, so that a change is named."""

from typing import Final

from sqlmodel import Session, SQLModel

from dispatch.store.row_words import changed, checks_of, columns_of, link, read_words
from dispatch.subsidy.months.lines import BEGINNING
from dispatch.subsidy.months.periods import Period
from dispatch.subsidy.months.steps import PeriodStep

STEP_COLUMNS: Final = columns_of(PeriodStep, but=("checks", "hash"))
PERIOD_COLUMNS: Final = columns_of(Period, but=("checks", "head_hash"))


def seal_step(session: Session, step: PeriodStep, before: PeriodStep | None) -> None:
    """Chain a new step to the one before. The row is in the database by now."""
    words = _read(session, PeriodStep, STEP_COLUMNS, step.id.hex)
    checks = checks_of(words)
    previous = bytes.fromhex(before.hash) if before else BEGINNING
    step.checks = checks.hex()
    step.hash = link(previous, words, checks).hex()


def seal_period(session: Session, period: Period, last_step: PeriodStep) -> None:
    """The month's head: over its lines, its steps and the row itself."""
    words = _read(session, Period, PERIOD_COLUMNS, period.month)
    checks = checks_of(words)
    period.checks = checks.hex()
    period.head_hash = link(_before_head(period, last_step), words, checks).hex()


def bent_step(
    session: Session, step: PeriodStep, before: PeriodStep | None
) -> list[str]:
    """The columns of a step that were changed since it was signed."""
    words = _read(session, PeriodStep, STEP_COLUMNS, step.id.hex)
    previous = bytes.fromhex(before.hash) if before else BEGINNING
    return _bent(STEP_COLUMNS, words, previous, step.checks, step.hash, "hash")


def reworded_step(session: Session, step: PeriodStep) -> list[str]:
    """The columns of a step that no longer fit its checks, whatever the chain says."""
    words = _read(session, PeriodStep, STEP_COLUMNS, step.id.hex)
    try:
        return changed(STEP_COLUMNS, bytes.fromhex(step.checks), words)
    except ValueError:
        return ["checks"]


def bent_period(
    session: Session, period: Period, last_step: PeriodStep | None
) -> list[str]:
    """The columns of a closed month's row that were changed since."""
    words = _read(session, Period, PERIOD_COLUMNS, period.month)
    previous = _before_head(period, last_step) if last_step else BEGINNING
    kept = period.head_hash or ""
    return _bent(PERIOD_COLUMNS, words, previous, period.checks, kept, "head_hash")


def _bent(
    columns: tuple[str, ...],
    words: str,
    previous: bytes,
    checks: str,
    kept: str,
    last: str,
) -> list[str]:
    try:
        bits = bytes.fromhex(checks)
    except ValueError:
        return ["checks"]
    if link(previous, words, bits).hex() == kept:
        return []
    named = changed(columns, bits, words)
    if link(previous, words, checks_of(words)).hex() == kept:
        return ["checks"]
    return named or [last]


def _before_head(period: Period, last_step: PeriodStep) -> bytes:
    return bytes.fromhex(period.lines_hash) + bytes.fromhex(last_step.hash)


def _read(
    session: Session, model: type[SQLModel], columns: tuple[str, ...], key: str
) -> str:
    """The words of the one row of this key."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    where = "t.month = :row" if model is Period else "t.id = :row"
    if model is PeriodStep and not on_sqlite:
        where = "t.id = CAST(:row AS uuid)"
    return read_words(session, model, columns, where, row=key)
