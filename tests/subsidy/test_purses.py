"""Stored value: off, and where it is on the elder's own money to the fen."""

import pytest
from sqlalchemy.exc import IntegrityError

from dispatch.counter.paying import pay
from dispatch.counter.payments import PayMethod
from dispatch.settings import settings
from dispatch.subsidy.ledger import AccountKind, Amount, Entry, EntryKind, post
from dispatch.subsidy.purses import (
    Purse,
    PurseTooEmpty,
    PurseTooFull,
    StoredValueOff,
    move_purse,
    show_purse,
)
from tests.little_town import ELEVEN, STREET, TODAY, LittleTown
from tests.subsidy.ledger_town import bill, do, give_back, order_lunch


def test_stored_value_is_off_and_where_on_never_overdrawn(
    town: LittleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    elder = town.add_elder()
    with pytest.raises(StoredValueOff):
        do(town, move_purse, elder, 2000, key="a")
    with pytest.raises(StoredValueOff):
        do(town, show_purse, elder)
    monkeypatch.setenv("DISPATCH_STORED_VALUE", "1")
    settings.cache_clear()
    try:
        assert do(town, move_purse, elder, 2000, key="b") == 2000
        assert do(town, move_purse, elder, 2000, key="b") == 2000
        with pytest.raises(PurseTooFull):
            do(town, move_purse, elder, 99_000, key="c")
        order = order_lunch(town, elder)
        town.at(ELEVEN)
        fen = bill(town, order).self_fen
        do(town, pay, order.id, PayMethod.STORED, fen, key="d")
        assert do(town, show_purse, elder) == Purse(2000 - fen, 100_000)
        with pytest.raises(PurseTooEmpty):
            do(town, move_purse, elder, -2000, key="e")
        give_back(town, order)
        assert do(town, move_purse, elder, -2000, key="f") == 0
        overdraw = Entry(
            business_key="purse:x",
            kind=EntryKind.PURSE,
            period="2026-11",
            service_on=TODAY,
            elder_id=elder,
            station_id=town.station_id,
            street_code=STREET,
            made_at=ELEVEN,
        )
        both = [
            Amount(AccountKind.CUSTODY, -1),
            Amount(AccountKind.PURSE, 1, elder_id=elder),
        ]
        with pytest.raises(IntegrityError, match="储值余额不足"):
            do(town, post, overdraw, both)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
