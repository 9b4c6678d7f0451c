"""Consents: to what an elder said yes or no, in which words, and who said it.

Every answer is a row of its own; the last one stands. A no, or no answer, never
costs a service: nothing that is ordered, carried or paid asks here first, except
what the elder would have to agree to, such as a bag on the handle.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import BadInput
from dispatch.log.events import record
from dispatch.people.elders import Elder
from dispatch.store.columns import Instant, word
from dispatch.store.unit_of_work import UnitOfWork


class ProofMissing(BadInput):
    """监护人代为同意，须写明凭证（如监护证明、书面同意书编号），没有保存。"""

    code = "proof_missing"


class Purpose(StrEnum):
    """What is agreed to, each by itself (单独同意)."""

    PHOTO = "photo"  # 服务照片
    HEALTH = "health"  # 健康信息
    FAMILY = "family"  # 家属查看、代订
    CONTACTLESS = "contactless"  # 挂门把手等无接触送餐
    KEY = "key"  # 钥匙托管
    RECORDING = "recording"  # 通话录音


class Said(StrEnum):
    """An answer."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Voice(StrEnum):
    """Whose answer it is."""

    ELDER = "elder"
    GUARDIAN = "guardian"


class Consent(SQLModel, table=True):
    """One answer to one purpose in one version of its words."""

    __tablename__ = "consent"
    __table_args__ = (
        UniqueConstraint("elder_id", "seq", name="one_answer_each"),
        CheckConstraint(
            "voice <> 'guardian' OR said <> 'given' OR length(proof) > 0",
            name="guardians_prove",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id")
    seq: int = Field(ge=1)
    purpose: Purpose = Field(sa_type=word(Purpose))
    version: str = Field(max_length=20)  # of the text that was read out
    said: Said = Field(sa_type=word(Said))
    voice: Voice = Field(sa_type=word(Voice))
    means: str = Field(max_length=20)  # signature, voice, finger, paper
    proof: str = Field(default="", max_length=120)
    witness: str = Field(default="", max_length=40)
    at: datetime = Field(sa_type=Instant)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")


def list_consents(session: Session, elder_id: UUID) -> list[Consent]:
    """Every answer of an elder, first to last."""
    query = select(Consent).where(Consent.elder_id == elder_id)
    return list(session.exec(query.order_by(col(Consent.seq))))


def standing_consents(session: Session, elder_id: UUID) -> dict[Purpose, Consent]:
    """The answer that stands, by purpose."""
    return {one.purpose: one for one in list_consents(session, elder_id)}


def consents_to(session: Session, elder_id: UUID, purpose: Purpose) -> bool:
    """The elder, or their guardian, agrees to this now."""
    stands = standing_consents(session, elder_id).get(purpose)
    return stands is not None and stands.said is Said.GIVEN


def who_consents(
    session: Session, elder_ids: Collection[UUID], purpose: Purpose
) -> set[UUID]:
    """Who of these agrees to this now; one query."""
    query = (
        select(Consent)
        .where(col(Consent.elder_id).in_(elder_ids), Consent.purpose == purpose)
        .order_by(col(Consent.seq))
    )
    last = {one.elder_id: one.said for one in session.exec(query)}
    return {elder_id for elder_id, said in last.items() if said is Said.GIVEN}


def answer(
    uow: UnitOfWork,
    elder: Elder,
    purpose: Purpose,
    said: Said,
    *,
    version: str,
    voice: Voice = Voice.ELDER,
    means: str = "signature",
    proof: str = "",
    witness: str = "",
) -> Consent:
    """Keep an answer. The caller holds the elder's row.

    Raises:
        ProofMissing: a guardian agrees without proof.
    """
    if voice is Voice.GUARDIAN and said is Said.GIVEN and not proof.strip():
        raise ProofMissing
    kept = Consent(
        elder_id=elder.id,
        seq=len(list_consents(uow.session, elder.id)) + 1,
        purpose=purpose,
        version=version,
        said=said,
        voice=voice,
        means=means,
        proof=proof.strip(),
        witness=witness,
        at=uow.now,
        account_id=uow.actor.account_id,
    )
    uow.session.add(kept)
    if purpose is Purpose.PHOTO:
        elder.photo_consent = said is Said.GIVEN
    elif purpose is Purpose.CONTACTLESS:
        elder.contactless_agreed = said is Said.GIVEN
    uow.session.add(elder)
    uow.session.flush()
    record(
        uow,
        "elder.consent",
        "elder",
        elder.id,
        facts={"purpose": purpose.value, "said": said.value, "voice": voice.value},
        station_id=elder.station_id,
    )
    return kept
