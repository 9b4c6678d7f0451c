"""Which proofs say when something was done: figures of punctuality count no others."""

from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from dispatch.field.evidence import Evidence, EvidenceFrom
from dispatch.field.merging import HONEST


def is_honest() -> ColumnElement[bool]:
    """For queries: a phone or the counter kept the proof's moment itself.

    What was typed in afterwards, on a phone or from paper, proves no time, unless a
    second person has found on appeal that it was so. The basis has how far the time
    was believed when the proof was graded.
    """
    trust: Any = col(Evidence.basis)["trust"].as_string()
    return or_(
        col(Evidence.origin) == EvidenceFrom.COUNTER,
        trust.in_(sorted(one.value for one in HONEST)),
    )
