"""Where an order came from: by which way, by whose hand, with whose agreement."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel

from dispatch.store.columns import word


class Source(StrEnum):
    """The way by which an order came in."""

    PHONE = "phone"  # 电话: the elder rang the station
    COUNTER = "counter"  # 柜台
    FAMILY = "family"  # 家属: only with the elder's opt-in
    ELDER = "elder"  # 本人: on the page with large type
    STANDING = "standing"  # 常订: made by the nightly run from a plan
    SHEET = "sheet"  # 表格: read from a list
    WALK_IN = "walk_in"  # 现场加餐
    DUTY = "duty"  # 到期应办: made by the nightly run, or by its key on the page


class Agreed(StrEnum):
    """How we know that the elder wants it."""

    SELF = "self"  # they pressed the button themselves
    SPOKEN = "spoken"  # they said so to the account that typed it in
    OPT_IN = "opt_in"  # they agreed that this contact orders for them
    PLAN = "plan"  # they agreed to the standing plan
    LISTED = "listed"  # they stand on a list that somebody handed in
    DUTY = "duty"  # it is owed to them by the district's rules; they may refuse it


AGREED_BY: dict[Source, Agreed] = {
    Source.PHONE: Agreed.SPOKEN,
    Source.COUNTER: Agreed.SPOKEN,
    Source.WALK_IN: Agreed.SPOKEN,
    Source.FAMILY: Agreed.OPT_IN,
    Source.ELDER: Agreed.SELF,
    Source.STANDING: Agreed.PLAN,
    Source.SHEET: Agreed.LISTED,
    Source.DUTY: Agreed.DUTY,
}


class Origin(SQLModel, table=True):
    """One order's origin, written with the order and never changed.

    `account_id` is who typed it in; it is empty for the nightly run and for an elder
    or a family member, who have a link and no account. Orders from before this table
    have no row.
    """

    __tablename__ = "order_origin"
    __table_args__ = (
        CheckConstraint(
            "(source = 'standing') = (plan_id IS NOT NULL)", name="standing_has_plan"
        ),
        CheckConstraint(
            "(agreed = 'opt_in') = (opt_in_id IS NOT NULL)", name="opt_in_is_named"
        ),
        CheckConstraint(
            "(source = 'family') = (agreed = 'opt_in')", name="family_needs_opt_in"
        ),
    )

    order_id: UUID = Field(foreign_key="orders.id", primary_key=True)
    source: Source = Field(sa_type=word(Source))
    agreed: Agreed = Field(sa_type=word(Agreed))
    role: str = Field(max_length=16)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    link_id: UUID | None = Field(default=None, foreign_key="elder_link.id")
    opt_in_id: UUID | None = Field(default=None, foreign_key="family_opt_in.id")
    plan_id: UUID | None = Field(
        default=None, foreign_key="standing_plan.id", index=True
    )


def find_origin(session: Session, order_id: UUID) -> Origin | None:
    """Where this order came from, if it was written down."""
    return session.get(Origin, order_id)
