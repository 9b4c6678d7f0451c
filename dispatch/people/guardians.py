"""Guardians: a helper under age goes out only with a guardian's consent."""

from collections.abc import Collection
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

OF_AGE: Final = 18
MAY_BE_EMPLOYED: Final = 16
HIDDEN_BELOW: Final = 14  # their data are sensitive as such


class Guardian(SQLModel, table=True):
    """Who consents for one helper under age; name and phone are in the vault."""

    __tablename__ = "guardian"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    helper_id: UUID = Field(foreign_key="helper.id", unique=True)
    relation: str = Field(max_length=20)
    consented_on: date
    withdrawn_on: date | None = None  # from this day on

    def consents_on(self, on: date) -> bool:
        """The consent holds on this day."""
        withdrawn = self.withdrawn_on is not None and self.withdrawn_on <= on
        return self.consented_on <= on and not withdrawn


def list_guardians(
    session: Session, helper_ids: Collection[UUID]
) -> dict[UUID, Guardian]:
    """The guardians of these helpers, by helper."""
    query = select(Guardian).where(col(Guardian.helper_id).in_(list(helper_ids)))
    return {each.helper_id: each for each in session.exec(query)}
