"""The ledger's accounts: whose money it is, and with whom it stands."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel

from dispatch.store.columns import word
from dispatch.store.engine import insert_of


class AccountKind(StrEnum):
    """What an account holds. All but a payer's and an elder's purse are of a station.

    A debit (fen above 0) is money that came in or is owed to the station.
    """

    INCOME = "income"  # what meals and services cost, fees included
    SELF = "self"  # what elders paid
    ADVANCE = "advance"  # a subsidy that the station advanced and a payer owes it
    DUE = "due"  # a subsidy that a payer owes without an advance
    EXTERNAL = "external"  # what an insurance or the like owes for an order
    DIFFERENCE = "difference"  # promised at payment and not granted, or the reverse
    SUPPORT = "support"  # what the station's operator earned beside its prices
    CLAIM = "claim"  # corrected afterwards: below 0 owed to an elder, above 0 by them
    PAID = "paid"  # what a payer has paid out, to all stations together
    CUSTODY = "custody"  # elders' own money that the station keeps apart
    PURSE = "purse"  # an elder's part of that money, below 0: it is theirs


OWED: Final = (AccountKind.ADVANCE, AccountKind.DUE)  # subsidies for a payer to pay
_OF_A_PAYER: Final = (*OWED, AccountKind.EXTERNAL, AccountKind.PAID)
_OF_NO_STATION: Final = (AccountKind.PAID, AccountKind.PURSE)
_OF_AN_ELDER: Final = (AccountKind.CLAIM, AccountKind.PURSE)


def _among(kinds: tuple[AccountKind, ...]) -> str:
    return "kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))


ACCOUNT_RULES: Final = {
    "payers_owe": f"(payer IS NOT NULL) = ({_among(_OF_A_PAYER)})",
    "stations_hold": f"(station_id IS NULL) = ({_among(_OF_NO_STATION)})",
    "elders_own": f"(elder_id IS NOT NULL) = ({_among(_OF_AN_ELDER)})",
    "operators_earn": "operator_id IS NULL OR kind = 'support'",
}


class LedgerAccount(SQLModel, table=True):
    """One account. Its code says kind, payer, elder, operator and station."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        *(CheckConstraint(rule, name=name) for name, rule in ACCOUNT_RULES.items()),
        {"sqlite_with_rowid": False},
    )

    code: str = Field(primary_key=True, max_length=120)
    kind: AccountKind = Field(sa_type=word(AccountKind))
    payer: str | None = Field(default=None, max_length=64)
    station_id: UUID | None = Field(default=None, foreign_key="station.id", index=True)
    elder_id: UUID | None = Field(default=None, foreign_key="elder.id")
    operator_id: UUID | None = Field(default=None, foreign_key="operator.id")


@dataclass(frozen=True)
class Amount:
    """Fen for one account of the entry's station; 0 is left out."""

    kind: AccountKind
    fen: int
    payer: str | None = None
    subsidy: str | None = None
    elder_id: UUID | None = None
    operator_id: UUID | None = None

    def negated(self) -> "Amount":
        return replace(self, fen=-self.fen)


def account_of(session: Session, station_id: UUID, amount: Amount) -> str:
    """The code of the amount's account, opened when it is the first of its kind."""
    at = None if amount.kind in _OF_NO_STATION else station_id
    whose = (amount.payer, amount.elder_id, amount.operator_id, at)
    code = ":".join([amount.kind.value, *(str(each) for each in whose if each)])
    if session.get(LedgerAccount, code) is None:
        opened = insert_of(session)(LedgerAccount).values(
            code=code,
            kind=amount.kind,
            payer=amount.payer,
            station_id=at,
            elder_id=amount.elder_id,
            operator_id=amount.operator_id,
        )
        session.execute(opened.on_conflict_do_nothing())
    return code
