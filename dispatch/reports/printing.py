"""Printing a report; of a closed month the first print is kept and is the only one."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final
from uuid import uuid4

from dispatch.log.audit import write_down
from dispatch.people.vault import open_file, seal_file
from dispatch.reports.figures import looking
from dispatch.reports.making import is_closed, kind_of, make_report, reach_key
from dispatch.reports.pages import pages_of
from dispatch.reports.prints import PrintForm, ReportPrint, find_print
from dispatch.reports.sheets import workbook_of
from dispatch.reports.tables import Report
from dispatch.store.unit_of_work import UnitOfWork

_WRITERS: Final[Mapping[PrintForm, Callable[[Report], bytes]]] = {
    PrintForm.XLSX: workbook_of,
    PrintForm.PDF: pages_of,
}


def print_report(
    uow: UnitOfWork,
    name: str,
    period: str,
    form: PrintForm | str,
    *,
    outside: bool = False,
) -> bytes:
    """A report as a file; who took it away is written down.

    Printed twice from the same figures it is the same bytes. A month that is closed
    is printed once, and every later print is that one, whatever has changed around
    its books meanwhile.

    Args:
        outside: it leaves the offices, so that small cells are hidden.

    Raises:
        NoSuchReport, BadPeriod
    """
    form = PrintForm(form)
    kind_of(name)
    said = f"{name} {period} {form}{' 对外' if outside else ''}"
    write_down(uow, "print", "report", uuid4(), purpose=said)
    if not is_closed(looking(uow.session, uow.actor, period)):
        return _WRITERS[form](make_report(uow, name, period, outside=outside))
    which = (name, period, form, reach_key(uow), outside)
    if kept := find_print(uow.session, which):
        return open_file(kept.id, kept.key_id, kept.sealed)
    content = _WRITERS[form](make_report(uow, name, period, outside=outside))
    _keep(uow, which, content)
    return content


def _keep(
    uow: UnitOfWork, which: tuple[str, str, PrintForm, str, bool], content: bytes
) -> None:
    name, period, form, reach, hidden = which
    print_id = uuid4()
    key_id, sealed = seal_file(print_id, content)
    uow.session.add(
        ReportPrint(
            id=print_id,
            name=name,
            period=period,
            form=form,
            reach=reach,
            hidden=hidden,
            sha256=hashlib.sha256(content).hexdigest(),
            key_id=key_id,
            sealed=sealed,
            made_at=uow.now,
            made_by=uow.actor.account_id,
        )
    )
    uow.session.flush()


def file_name(name: str, period: str, form: PrintForm, *, outside: bool) -> str:
    """What the file is called. Raises: NoSuchReport."""
    mark = "-对外" if outside else ""
    return f"{kind_of(name).title}-{period}{mark}.{form.value}"
