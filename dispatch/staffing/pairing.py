"""Pairs that may never be, and helpers whom an elder has asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import get_scoped
from dispatch.errors import Conflict, NotAllowed, NotFound
from dispatch.log.audit import list_looks, write_down
from dispatch.people.elders import Elder
from dispatch.people.helpers import Helper
from dispatch.people.pairings import Pairing, PairKind
from dispatch.people.vault import seal, unseal
from dispatch.staffing.rounds import plan_anew
from dispatch.staffing.telling import tell_helper
from dispatch.store.unit_of_work import UnitOfWork

MAY_READ_REASONS = frozenset({"district"})
_LOOK: Final = "read_reason"


class PairedAlready(Conflict):
    """这两个人已经有约定，没有保存。请先撤销原来的约定。"""

    code = "paired_already"


class ReasonSealed(NotAllowed):
    """约定的理由已封存，只有区民政可以查看。"""

    code = "reason_sealed"


@dataclass(frozen=True, kw_only=True)
class Look:
    """Somebody read the reason, for this."""

    at: datetime
    who: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class SealedReason:
    """Why two were paired, who wrote it down, and everybody who has read it."""

    reason: str
    set_at: datetime
    set_by: str
    looks: list[Look]


def pair(
    uow: UnitOfWork, helper_id: UUID, elder_id: UUID, kind: PairKind, reason: str
) -> Pairing:
    """Agree that a helper never comes to an elder, or rather than others.

    The reason is sealed; nobody who plans, and no list, shows it.

    Raises:
        NotFound: no such helper or elder within reach.
        PairedAlready: nothing was kept.
    """
    helper = get_scoped(uow, Helper, helper_id)
    elder = get_scoped(uow, Elder, elder_id)
    made = Pairing(
        id=uuid4(),
        helper_id=helper.id,
        elder_id=elder.id,
        kind=kind,
        set_at=uow.now,
        set_by=uow.actor.account_id,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(made)
            uow.session.flush()
    except IntegrityError as twin:
        raise PairedAlready from twin
    seal(uow.session, made.id, {"reason": reason})
    write_down(uow, f"pair_{kind.value}", "elder", elder.id, fields=["reason"])
    tell_helper(uow, helper, "helper.paired", pairing=kind.value)
    plan_anew(uow, helper.id)
    return made


def end_pair(uow: UnitOfWork, pairing_id: UUID) -> None:
    """The agreement no longer holds. Raises: NotFound."""
    found = _get(uow, pairing_id)
    helper = get_scoped(uow, Helper, found.helper_id)
    found.ended_at = uow.now
    uow.session.add(found)
    write_down(uow, "end_pair", "elder", found.elder_id)
    tell_helper(uow, helper, "helper.unpaired", pairing=found.kind.value)


def read_reason(uow: UnitOfWork, pairing_id: UUID, purpose: str) -> SealedReason:
    """The sealed reason; who looked, and what for, is written down and shown.

    Raises:
        NotFound: no such agreement within reach.
        ReasonSealed: not for this role.
    """
    found = _get(uow, pairing_id)
    get_scoped(uow, Helper, found.helper_id)
    if uow.actor.role not in MAY_READ_REASONS:
        raise ReasonSealed
    write_down(uow, _LOOK, "pairing", found.id, purpose=purpose)
    uow.session.flush()
    looks = list_looks(uow.session, found.id, _LOOK)
    titles = titles_of(uow.session, [found.set_by, *(one.account_id for one in looks)])
    reason = unseal(uow.session, [found.id], ["reason"])[found.id].get("reason", "")
    return SealedReason(
        reason=reason,
        set_at=found.set_at,
        set_by=titles.get(found.set_by, ""),
        looks=[
            Look(at=one.at, who=titles.get(one.account_id, ""), purpose=one.purpose)
            for one in looks
        ],
    )


def _get(uow: UnitOfWork, pairing_id: UUID) -> Pairing:
    query = select(Pairing).where(Pairing.id == pairing_id).with_for_update()
    if found := uow.session.exec(query).first():
        return found
    raise NotFound("没有找到这条约定。")
