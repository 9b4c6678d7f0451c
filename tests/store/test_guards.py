"""What is written once cannot be changed, whoever speaks SQL."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from dispatch.log.audit import write_down
from dispatch.log.events import record
from dispatch.store.unit_of_work import unit_of_work


@pytest.mark.parametrize("table", ["event", "audit"])
@pytest.mark.parametrize("act", ["UPDATE {} SET role = 'x'", "DELETE FROM {}"])
def test_history_cannot_be_rewritten(engine: Engine, table: str, act: str) -> None:
    with unit_of_work(engine) as uow:
        record(uow, "order.placed", "order", uuid4())
        write_down(uow, "reveal", "elder", uuid4(), fields=["phone"])
    with pytest.raises(DatabaseError, match="只能追加"), engine.begin() as connection:
        connection.execute(text(act.format(table)))
