"""Safety cases: opened by a closed door or a cry, ended only by a person's outcome."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotFound
from dispatch.store.columns import Instant, narrow, word

LET_GO: Final = "let_go"  # the step by which a helper at the door hears: go on


class CaseKind(StrEnum):
    NO_ANSWER = "no_answer"
    OVERDUE = "overdue"  # a stop long past its time, without the phone's help
    ALONE = "alone"  # of two helpers one does not come, and the other may be there
    BATCH_ILLNESS = "batch_illness"  # two who ate of one batch fell ill
    SOS_HELPER = "sos_helper"  # a helper calls for help
    SOS_ELDER = "sos_elder"  # an elder does, or somebody for them
    CONDITION = "condition"  # an elder is not as they were
    ALLEGATION = "allegation"  # somebody was wronged; the accused point sees nothing


# Kinds that are about a person, not about an order.
WITHOUT_ORDER: Final = frozenset(
    {
        CaseKind.SOS_HELPER,
        CaseKind.SOS_ELDER,
        CaseKind.CONDITION,
        CaseKind.ALLEGATION,
    }
)


class Rung(StrEnum):
    """The ladder, first to last."""

    PHONE_ELDER = "phone_elder"
    CONTACTS = "contacts"
    NEIGHBOUR = "neighbour"  # or whoever holds the key
    SECOND_VISIT = "second_visit"
    POLICE_120 = "police_120"
    PHONE_HELPER = "phone_helper"
    LOOK_INTO = "look_into"  # somebody goes into it and says what was found
    OFFICE = "office"  # the office above


class CaseOutcome(StrEnum):
    SEEN_WELL = "seen_well"
    HOSPITAL = "hospital"
    AWAY = "away"
    POLICE_120 = "police_120"
    DECEASED = "deceased"
    HELPER_SAFE = "helper_safe"
    HELPER_HURT = "helper_hurt"
    CARED_FOR = "cared_for"  # the care was changed, or a doctor took over
    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"


_OF_ELDERS: Final = frozenset(
    {
        CaseOutcome.SEEN_WELL,
        CaseOutcome.HOSPITAL,
        CaseOutcome.AWAY,
        CaseOutcome.POLICE_120,
        CaseOutcome.DECEASED,
    }
)
_OF_HELPERS: Final = frozenset(
    {CaseOutcome.HELPER_SAFE, CaseOutcome.HELPER_HURT, CaseOutcome.POLICE_120}
)
_OF_ALLEGATIONS: Final = frozenset({CaseOutcome.UPHELD, CaseOutcome.NOT_UPHELD})
OUTCOMES: Final[dict[CaseKind, frozenset[CaseOutcome]]] = {
    **dict.fromkeys(CaseKind, _OF_ELDERS),
    CaseKind.SOS_HELPER: _OF_HELPERS,
    CaseKind.CONDITION: _OF_ELDERS | {CaseOutcome.CARED_FOR},
    CaseKind.ALLEGATION: _OF_ALLEGATIONS,
}


class Case(SQLModel, table=True):
    """One case. Its deadline is a row here: the sweep climbs the ladder by it."""

    __tablename__ = "safety_case"
    __table_args__ = (
        narrow(
            "one_open_case",
            *("order_id", "kind"),
            where="closed_at IS NULL",
            unique=True,
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name="closed_by_outcome"
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by_a_person"
        ),
        CheckConstraint(
            "elder_id IS NOT NULL OR helper_id IS NOT NULL", name="about_somebody"
        ),
        CheckConstraint(
            "order_id IS NOT NULL OR kind IN"
            " ('sos_helper', 'sos_elder', 'condition', 'allegation')",
            name="about_an_order",
        ),
        CheckConstraint(
            "kind <> 'allegation' OR (station_id IS NULL AND order_id IS NULL)",
            name="sealed_from_stations",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: CaseKind = Field(sa_type=word(CaseKind))
    order_id: UUID | None = Field(default=None, foreign_key="orders.id", index=True)
    elder_id: UUID | None = Field(default=None, foreign_key="elder.id", index=True)
    station_id: UUID | None = Field(default=None, foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    happened_at: datetime = Field(sa_type=Instant)  # may be before we heard of it
    opened_at: datetime = Field(sa_type=Instant)
    rung: Rung = Field(sa_type=word(Rung))
    deadline_at: datetime = Field(sa_type=Instant)
    owner: str = Field(max_length=40)  # who must act now, by name or duty
    outcome: CaseOutcome | None = Field(default=None, sa_type=word(CaseOutcome))
    closed_by: UUID | None = Field(default=None, foreign_key="account.id")
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class CaseRung(SQLModel, table=True):
    """One rung of one case's ladder: who is to be asked, and until when.

    The rungs that are not reached yet carry the times that they would have; the one
    that stands is the first without `done_at`.
    """

    __tablename__ = "case_rung"
    __table_args__ = (
        UniqueConstraint("case_id", "seq", name="one_rung_each"),
        CheckConstraint(
            "(done_at IS NULL) OR (outcome IS NOT NULL)", name="rung_done_by_outcome"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="safety_case.id")
    seq: int = Field(ge=1)
    rung: Rung = Field(sa_type=word(Rung))
    contact_id: UUID | None = None  # may be forgotten while the case is kept
    who: str = Field(max_length=40)  # a relation or a duty, never a name
    deadline_at: datetime = Field(sa_type=Instant)
    acknowledged_by: UUID | None = Field(default=None, foreign_key="account.id")
    outcome: str | None = Field(default=None, max_length=24)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


class CaseStep(SQLModel, table=True):
    """Something done, or missed, on one rung."""

    __tablename__ = "case_step"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="safety_case.id", index=True)
    rung: Rung = Field(sa_type=word(Rung))
    outcome: str = Field(max_length=24)  # reached, no_reply, missed, sent, …
    words: str = Field(default="", max_length=300)
    account_id: UUID | None = None
    at: datetime = Field(sa_type=Instant)


def get_case(session: Session, case_id: UUID, *, lock: bool = False) -> Case:
    """Raises: NotFound."""
    case = session.get(
        Case, case_id, with_for_update=lock or None, populate_existing=lock
    )
    if case is None:
        raise NotFound("没有找到这个安全事件。")
    return case


def list_cases_of(session: Session, order_id: UUID) -> list[Case]:
    """The cases of an order, the last one first."""
    query = select(Case).where(Case.order_id == order_id)
    return list(session.exec(query.order_by(col(Case.opened_at).desc(), col(Case.id))))


def list_rungs(session: Session, case_id: UUID) -> list[CaseRung]:
    """The ladder of a case, first to last."""
    query = select(CaseRung).where(CaseRung.case_id == case_id)
    return list(session.exec(query.order_by(col(CaseRung.seq))))


def standing_rung(ladder: list[CaseRung]) -> CaseRung:
    """The rung that somebody must act on now; the last one stands for ever.

    Raises:
        NotFound: a ladder without rungs, which no case should have.
    """
    if not ladder:
        raise NotFound("这个安全事件没有处置步骤，请联系技术人员。")
    return next((rung for rung in ladder if rung.done_at is None), ladder[-1])


def list_steps(session: Session, case_id: UUID) -> list[CaseStep]:
    """What was done in a case, first to last."""
    query = select(CaseStep).where(CaseStep.case_id == case_id)
    return list(session.exec(query.order_by(col(CaseStep.at), col(CaseStep.id))))
