"""Export profiles: which field of ours stands under which header of theirs.

A district, 金民工程 or a supervisor each want other columns in another order, with
their own codes. Staff edit the table; nobody changes code for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel, col, select

from dispatch.errors import BadInput, NotFound
from dispatch.store.columns import Instant, Json, facts
from dispatch.store.unit_of_work import UnitOfWork


class BadProfile(BadInput):
    """导出格式有误（没有这一列，或表头重复），没有保存。"""

    code = "bad_profile"


class ExportProfile(SQLModel, table=True):
    """One mapping: `columns` is a list of {header, field, codes}."""

    __tablename__ = "export_profile"
    __table_args__ = (UniqueConstraint("name", name="one_profile"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(max_length=40)
    form: str = Field(max_length=24)  # whose rows it takes
    columns: list[Json] = Field(sa_column=Column(facts(), nullable=False))
    changed_at: datetime = Field(sa_type=Instant)
    changed_by: UUID | None = Field(default=None, foreign_key="account.id")


def list_profiles(uow: UnitOfWork) -> list[ExportProfile]:
    """Every profile, by name."""
    query = select(ExportProfile).order_by(col(ExportProfile.name))
    return list(uow.session.exec(query))


def get_profile(uow: UnitOfWork, profile_id: UUID) -> ExportProfile:
    """Raises: NotFound."""
    if found := uow.session.get(ExportProfile, profile_id):
        return found
    raise NotFound("没有找到这个导出格式。")


def save_profile(
    uow: UnitOfWork, name: str, form: str, columns: Sequence[Json], known: set[str]
) -> ExportProfile:
    """Keep a profile under its name, replacing what was there.

    Args:
        columns: each {header, field, codes}; a field is one of `known`, or "" for an
            empty column; codes translate what we say into what they want.

    Raises:
        BadProfile
    """
    heads = [str(each["header"]).strip() for each in columns]
    fields = {str(each["field"]) for each in columns} - {""}
    if not heads or "" in heads or len(set(heads)) < len(heads) or fields - known:
        raise BadProfile
    query = select(ExportProfile).where(ExportProfile.name == name).with_for_update()
    kept = uow.session.exec(query).first()
    kept = kept or ExportProfile(name=name, form=form, columns=[], changed_at=uow.now)
    kept.form, kept.columns = form, [dict(each) for each in columns]
    kept.changed_at, kept.changed_by = uow.now, uow.actor.account_id
    uow.session.add(kept)
    uow.session.flush()
    return kept


@dataclass(frozen=True)
class ProfileRow:
    """One profile as people see it."""

    id: UUID
    name: str
    form: str
    columns: list[Json]
    changed_at: datetime


def show_profiles(uow: UnitOfWork) -> list[ProfileRow]:
    """Every profile, by name."""
    return [show_profile(one) for one in list_profiles(uow)]


def show_profile(kept: ExportProfile) -> ProfileRow:
    """One profile."""
    return ProfileRow(kept.id, kept.name, kept.form, kept.columns, kept.changed_at)
