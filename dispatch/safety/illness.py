"""Illness: what somebody told of an elder, and the cases that came of a batch."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from dispatch.store.columns import Instant, facts


class Symptom(StrEnum):
    VOMITING = "vomiting"
    DIARRHOEA = "diarrhoea"
    BELLY_PAIN = "belly_pain"
    FEVER = "fever"
    OTHER = "other"


class Illness(SQLModel, table=True):
    """One elder felt ill from a moment on. Words of ours only: this is health data."""

    __tablename__ = "illness"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    symptoms: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    fell_ill_at: datetime = Field(sa_type=Instant)
    told_at: datetime = Field(sa_type=Instant)
    told_to: UUID | None = Field(default=None, foreign_key="account.id")


class BatchCase(SQLModel, table=True):
    """This safety case is about this batch."""

    __tablename__ = "batch_case"

    case_id: UUID = Field(foreign_key="safety_case.id", primary_key=True)
    batch_id: UUID = Field(foreign_key="batch.id", index=True)
