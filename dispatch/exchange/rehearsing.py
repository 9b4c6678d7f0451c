"""Rehearsing: each row is done for a try, by every rule, and all is taken back."""

from collections.abc import Callable

from dispatch.errors import Refusal
from dispatch.exchange.faults import Fault
from dispatch.exchange.lines import Act, Line, Sheet
from dispatch.store.unit_of_work import UnitOfWork


def rehearse(
    uow: UnitOfWork,
    sheet: Sheet,
    do: Callable[[Line], object],
    known: type[Refusal],
    name: str,
) -> None:
    """Try every good line in its turn. Needs a transaction that may write.

    Args:
        known: the refusal of what is on file already.
        name: the field that any other refusal is said of.
    """
    rehearsal = uow.session.begin_nested()
    for line in sheet.good():
        attempt = uow.session.begin_nested()
        try:
            do(line)
        except known:
            attempt.rollback()
            line.act = Act.SAME
        except Refusal as refusal:
            attempt.rollback()
            sheet.fault(line, name, Fault.REFUSED, str(refusal))
        else:
            attempt.commit()
    rehearsal.rollback()
    uow.session.expire_all()
