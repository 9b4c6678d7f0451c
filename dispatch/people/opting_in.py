"""Opting in: an elder lets one of their contacts act for them, and takes it back."""

from collections.abc import Collection
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.errors import BadInput, NotFound
from dispatch.log.audit import write_down
from dispatch.people.consents import Purpose, Said, Voice, answer
from dispatch.people.elders import Contact, Elder
from dispatch.people.family import (
    FamilyDeed,
    FamilyOptIn,
    GivenBy,
    Told,
    find_opt_in,
)
from dispatch.store.unit_of_work import UnitOfWork

WORDS_VERSION = "family-2"  # of the text that is read out to the elder


class NothingAgreed(BadInput):
    """请至少选一项老人同意的事，没有保存。"""

    code = "nothing_agreed"


def opt_in(
    uow: UnitOfWork,
    elder_id: UUID,
    contact_id: UUID,
    deeds: Collection[FamilyDeed],
    *,
    told: Told = Told.NEVER,
    proof: str = "",
) -> FamilyOptIn:
    """Keep the elder's word; with a proof it is the guardian's. It replaces the last.

    Raises:
        NothingAgreed: no deed, and told of nothing.
        NotFound: no such elder within reach, or not their contact.
        ProofMissing: a guardian without proof.
    """
    if not deeds and told is Told.NEVER:
        raise NothingAgreed
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    contact = uow.session.get(Contact, contact_id)
    if contact is None or contact.elder_id != elder.id:
        raise NotFound("没有找到这位联系人。")
    if standing := find_opt_in(uow.session, contact_id):
        _withdraw(uow, standing)
    voice = Voice.GUARDIAN if proof.strip() else Voice.ELDER
    answer(
        uow,
        elder,
        Purpose.FAMILY,
        Said.GIVEN,
        version=WORDS_VERSION,
        voice=voice,
        means="paper" if proof.strip() else "voice",
        proof=proof,
    )
    kept = FamilyOptIn(
        elder_id=elder.id,
        contact_id=contact.id,
        may_order=FamilyDeed.ORDER in deeds,
        may_pause=FamilyDeed.PAUSE in deeds,
        may_message=FamilyDeed.MESSAGE in deeds,
        may_see=FamilyDeed.SEE in deeds,
        told=told,
        given_by=GivenBy(voice.value),
        proof=proof.strip(),
        account_id=uow.actor.account_id,
        given_at=uow.now,
    )
    uow.session.add(kept)
    uow.session.flush()
    write_down(
        uow, "opt_in", "elder", elder.id, fields=sorted([*deeds, f"told_{told.value}"])
    )
    return kept


def opt_out(uow: UnitOfWork, elder_id: UUID, contact_id: UUID) -> None:
    """Take it back; orders already placed stand. Taking it back again does nothing.

    Raises:
        NotFound: no such elder within reach, or not their contact.
    """
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    standing = find_opt_in(uow.session, contact_id)
    if standing is None:
        return
    if standing.elder_id != elder.id:
        raise NotFound("没有找到这位联系人。")
    _withdraw(uow, standing)
    write_down(uow, "opt_out", "elder", elder.id)


def _withdraw(uow: UnitOfWork, standing: FamilyOptIn) -> None:
    standing.withdrawn_at = uow.now
    uow.session.add(standing)
    uow.session.flush()
