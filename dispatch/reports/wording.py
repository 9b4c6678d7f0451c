"""How cells read on paper and in words."""

from dispatch.reports.tables import Cell, Kind

ABSENT = "—"


def spoken(value: Cell, kind: Kind) -> str:
    """A cell as people read it; what is hidden or not known says so."""
    if value is None:
        return ABSENT
    if isinstance(value, str):
        return value
    if kind is Kind.COUNT:
        return f"{value:,}"
    sign, whole = ("-" if value < 0 else ""), abs(value)
    told = f"{sign}{whole // 100:,}.{whole % 100:02d}"
    return f"{told} %" if kind is Kind.PERCENT else told


def head_of(title: str, *words: str) -> str:
    """One line of words with dots between; empty ones are left out."""
    return " · ".join(word for word in (title, *words) if word)
