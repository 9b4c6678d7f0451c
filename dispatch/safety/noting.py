"""Noting: what was done or heard in a case goes into its story and into the feed."""

from typing import Final

from dispatch.errors import BadInput
from dispatch.log.events import record
from dispatch.safety.cases import Case, CaseStep, Rung
from dispatch.safety.duty import CaseDuty
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork

LONGEST: Final = 500


class NothingSaid(BadInput):
    """请写几句看到、听到的情况，没有保存。"""

    code = "nothing_said"


def spoken(words: str, longest: int = LONGEST) -> str:
    """What somebody wrote, without the spaces around it. Raises: NothingSaid."""
    said = words.strip()
    if not 2 <= len(said) <= longest:
        raise NothingSaid(f"请写明情况（2 至 {longest} 字），没有保存。")
    return said


def add_step(
    uow: UnitOfWork,
    case: Case,
    outcome: str,
    words: str = "",
    *,
    rung: Rung | None = None,
) -> None:
    """Write down one thing done, missed or heard in a case."""
    uow.session.add(
        CaseStep(
            case_id=case.id,
            rung=rung or case.rung,
            outcome=outcome,
            words=words[:300],
            account_id=uow.actor.account_id,
            at=uow.now,
        )
    )
    uow.session.flush()


def tell_case(uow: UnitOfWork, case: Case, kind: str, **said: str) -> None:
    """Record something that happened in a case; the caller holds its row.

    A case without a station is told to no station.
    """
    record(
        uow,
        kind,
        "case",
        case.id,
        facts={"rung": case.rung.value, **_whose_turn(uow, case), **said},
        order_id=case.order_id,
        helper_id=case.helper_id,
        station_id=case.station_id,
        street_code=case.street_code,
        state="closed" if case.closed_at else case.rung.value,
    )


def _whose_turn(uow: UnitOfWork, case: Case) -> Json:
    """What a replay of the day shows of a case beside its rung."""
    said: Json = {"deadline_at": case.deadline_at.isoformat()}
    duty = uow.session.get(CaseDuty, case.id)
    if duty is not None:
        said["owner_id"] = str(duty.account_id)
        if duty.taken_at is not None:
            said["taken_at"] = duty.taken_at.isoformat()
    return said
