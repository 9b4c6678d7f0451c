"""Calling from a rung of the ladder: a link to dial, and who dialled is kept."""

from uuid import UUID

from dispatch.errors import NotFound
from dispatch.log.audit import write_down
from dispatch.people.vault import unseal
from dispatch.safety.cases import Case, CaseRung, Rung, list_rungs
from dispatch.safety.climbing import CaseIsClosed
from dispatch.safety.reaching import get_in_reach
from dispatch.store.unit_of_work import UnitOfWork


class NoNumber(NotFound):
    """这一步没有登记电话，请走下一步。"""

    code = "no_number"


def dial_rung(uow: UnitOfWork, case_id: UUID, rung: int) -> str:
    """The `tel:` link of whom a rung names: the elder, or one of their contacts.

    Args:
        rung: its number on this case's ladder.

    Raises:
        NotFound: no such case within reach.
        CaseIsClosed: the reason to call is gone.
        NoNumber: the rung names nobody, or no number is kept.
    """
    case = get_in_reach(uow, case_id)
    if case.closed_at is not None:
        raise CaseIsClosed
    ladder = list_rungs(uow.session, case.id)
    row = next((each for each in ladder if each.seq == rung), None)
    kind, whose = _whose(case, row) if row is not None else ("", None)
    phone = whose and unseal(uow.session, [whose], ["phone"])[whose].get("phone")
    if whose is None or not phone:
        raise NoNumber
    purpose = f"case {case.id} rung {rung}"
    write_down(uow, "call", kind, whose, fields=["phone"], purpose=purpose)
    return f"tel:{phone}"


def _whose(case: Case, row: CaseRung) -> tuple[str, UUID | None]:
    if row.rung is Rung.PHONE_ELDER:
        return "elder", case.elder_id
    if row.rung is Rung.PHONE_HELPER:
        return "helper", case.helper_id
    return "contact", row.contact_id
