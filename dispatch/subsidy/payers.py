"""Payers, and which of the five who share the cost each of them stands for."""

from enum import StrEnum
from typing import Final

from sqlmodel import Field, Session, SQLModel, select

from dispatch.store.columns import word


class Source(StrEnum):
    """五方: who bears a part of the price in the end."""

    PERSON = "person"  # 个人
    ENTERPRISE = "enterprise"  # 企业
    GOVERNMENT = "government"  # 政府
    COLLECTIVE = "collective"  # 集体
    SOCIETY = "society"  # 社会


class Payer(SQLModel, table=True):
    """Somebody who pays subsidies or parts of orders, as the rules first named them."""

    __tablename__ = "payer"

    id: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=60)
    source: Source = Field(sa_type=word(Source))


# Who pays in nearly every district: named where no rules have done so.
_KNOWN: Final = {
    "district_finance": ("区财政", Source.GOVERNMENT),
    "national_coupon": ("国家消费券", Source.GOVERNMENT),
    "ltci": ("长护险", Source.SOCIETY),
}


def list_payers(session: Session) -> dict[str, Payer]:
    """Every payer that adopted rules have named, and the known ones."""
    known = {
        id_: Payer(id=id_, name=name, source=source)
        for id_, (name, source) in _KNOWN.items()
    }
    return known | {payer.id: payer for payer in session.exec(select(Payer))}
