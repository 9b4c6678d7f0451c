"""A helper's own weak proofs: which grade was computed, and what an appeal brought."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, or_, select

from dispatch.access.masking import called
from dispatch.access.scope import scoped
from dispatch.field.appealing import OPEN_FOR
from dispatch.field.appeals import OF_MEALS, OF_VISITS, GradeAppeal
from dispatch.field.evidence import Evidence
from dispatch.field.weak_proofs import WEAK_FROM
from dispatch.orders.orders import Channel, Order
from dispatch.people.elders import Elder
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class OwnProof:
    """One proof. `answer`: open, upheld or turned_down; None: nobody has appealed."""

    evidence_id: UUID
    label: str
    at: datetime
    grade: str
    flags: list[str]
    claims: list[str]
    answer: str | None


def list_own(uow: UnitOfWork) -> list[OwnProof]:
    """What this helper may appeal, and what was appealed, the newest first."""
    since = uow.now - OPEN_FOR
    appealed = select(GradeAppeal.field_event_id).where(GradeAppeal.asked_at >= since)
    query = (
        scoped(uow.actor, Evidence)
        .where(Evidence.counts, Evidence.at >= since)
        .where(col(Evidence.field_event_id).is_not(None))
        .where(
            or_(
                col(Evidence.grade) >= WEAK_FROM,
                col(Evidence.field_event_id).in_(appealed),
            )
        )
        .order_by(col(Evidence.at).desc(), col(Evidence.id))
    )
    proofs = uow.session.exec(query).all()
    about = _about(uow, [one.order_id for one in proofs])
    answers = _answers(uow, [one.field_event_id for one in proofs])
    return [
        OwnProof(
            evidence_id=one.id,
            label=about[one.order_id][0],
            at=one.at,
            grade=one.grade,
            flags=[str(each) for each in one.basis.get("flags", [])],
            claims=sorted(OF_VISITS if about[one.order_id][1] else OF_MEALS),
            answer=answers.get(one.field_event_id),
        )
        for one in proofs
    ]


def _about(uow: UnitOfWork, order_ids: list[UUID]) -> dict[UUID, tuple[str, bool]]:
    """Per order how its elder is called, and whether it was a visit."""
    query = (
        select(Order.id, Order.channel, Elder.id, Elder.sex)
        .join(Elder, col(Elder.id) == Order.elder_id)
        .where(col(Order.id).in_(order_ids))
    )
    rows = uow.session.exec(query).all()
    names = unseal(uow.session, {elder_id for _, _, elder_id, _ in rows}, ["name"])
    return {
        order_id: (
            called(names[elder_id].get("name", "？"), sex),
            channel is Channel.VISIT,
        )
        for order_id, channel, elder_id, sex in rows
    }


def _answers(uow: UnitOfWork, event_ids: list[UUID | None]) -> dict[UUID | None, str]:
    """The last appeal of each proof, in one word."""
    wanted = [one for one in event_ids if one is not None]
    query = (
        select(GradeAppeal)
        .where(col(GradeAppeal.field_event_id).in_(wanted))
        .order_by(col(GradeAppeal.asked_at), col(GradeAppeal.id))
    )
    words = {None: "open", True: "upheld", False: "turned_down"}
    return {one.field_event_id: words[one.upheld] for one in uow.session.exec(query)}
