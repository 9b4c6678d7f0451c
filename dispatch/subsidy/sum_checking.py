"""The months' sums beside the ledger that they are made of, row by row.

Reports read `month_sum` and `month_grant` and never the postings. The database makes
both itself, with each posting; whoever owns it can write into them all the same.
"""

# ruff: noqa: S608 - statements are put together from our own words only

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlmodel import Session

from dispatch.store.migrations.month_sum_triggers import TABLES, month_made_anew

_NAMED: Final = 40
Row = tuple[Any, ...]


def bent_sums(session: Session) -> Iterator[str]:
    """Rows that are not what the ledger gives, each with its table and columns."""
    months = " UNION ".join(f"SELECT period FROM {table}" for table in TABLES)
    query = f"SELECT period FROM ledger_entry UNION {months} ORDER BY 1"
    for (month,) in session.execute(text(query)).all():
        for table, columns, made in month_made_anew(_dialect(session)):
            both = f"""
                SELECT {columns}, MIN(side) FROM (
                    SELECT {columns}, 1 AS side FROM {table} WHERE period = :month
                    UNION ALL SELECT made.*, 2 FROM ({made}) made) t
                GROUP BY {columns} HAVING COUNT(*) = 1 LIMIT {_NAMED}
            """
            odd = session.execute(text(both), {"month": month}).all()
            stands = [row[:-1] for row in odd if row[-1] == 1]
            wanted = [row[:-1] for row in odd if row[-1] == 2]
            for names, key in _differing(columns.split(", "), stands, wanted):
                told = ", ".join(f"{table}.{name}" for name in names)
                yield f"月度汇总与账本不符：{told} {month} {key}"


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _differing(
    names: Sequence[str], stands: list[Row], wanted: list[Row]
) -> Iterator[tuple[list[str], str]]:
    """Each row beside the most alike that should be there; the columns that differ."""
    for row in stands:
        best = max(wanted, key=lambda one: _alike(row, one), default=None)
        if best is None or _alike(row, best) * 2 < len(names):
            yield ["period"], f"{row[1]}: 不应有的一行"
            continue
        wanted.remove(best)
        told = zip(names, row, best, strict=True)
        yield [name for name, one, other in told if one != other], str(best[1])
    for row in wanted:
        yield ["period"], f"{row[1]}: 缺少一行"


def _alike(one: Row, other: Row) -> int:
    return sum(a == b for a, b in zip(one, other, strict=True))
