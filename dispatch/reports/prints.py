"""Prints: the reports of closed months, kept as they were first printed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, select

from dispatch.store.columns import Instant, word


class PrintForm(StrEnum):
    XLSX = "xlsx"
    PDF = "pdf"


class ReportPrint(SQLModel, table=True):
    """One file of a closed period. Its content is encrypted: names may stand in it.

    `reach` is whose part of the district it shows, `hidden` whether small cells are
    left out. A second print of the same is this one.
    """

    __tablename__ = "report_print"
    __table_args__ = (
        UniqueConstraint("name", "period", "form", "reach", "hidden", name="one_print"),
        CheckConstraint("length(sha256) = 64", name="a_hash"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(max_length=40)
    period: str = Field(max_length=7)
    form: PrintForm = Field(sa_type=word(PrintForm))
    reach: str = Field(max_length=40)
    hidden: bool
    sha256: str = Field(max_length=64)
    key_id: str = Field(max_length=16)
    sealed: bytes
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")


def find_print(
    session: Session, which: tuple[str, str, PrintForm, str, bool]
) -> ReportPrint | None:
    """The print that was kept of a name, period, form and reach, hidden or not."""
    name, period, form, reach, hidden = which
    query = select(ReportPrint).where(
        ReportPrint.name == name,
        ReportPrint.period == period,
        ReportPrint.form == form,
        ReportPrint.reach == reach,
        ReportPrint.hidden == hidden,
    )
    return session.exec(query).first()
