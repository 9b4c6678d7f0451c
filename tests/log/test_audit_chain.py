"""The audit's chain: whoever changes a look, or takes one away, is found."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from dispatch.log.audit import Audit, write_down
from dispatch.log.audit_chain import COLUMNS, seal_waiting, verify_audit
from dispatch.store.unit_of_work import unit_of_work
from tests.bending import check_each_is_named


def _broken(session: Session) -> list[str]:
    return verify_audit(session)[1]


@pytest.mark.proves("S23")
def test_a_changed_look_is_named_with_its_column(engine: Engine) -> None:
    for _ in range(3):
        with unit_of_work(engine) as uow:
            write_down(
                uow, "reveal", "elder", uuid4(), fields=["phone"], purpose="回访"
            )
    with unit_of_work(engine) as uow:
        assert seal_waiting(uow) == 3
        assert seal_waiting(uow) == 0
    with Session(engine) as session:
        assert verify_audit(session) == (3, [])
    assert set(COLUMNS) == set(Audit.model_fields)
    called = {"audit": "audit", "audit_seal": "audit_seal"}
    every = [("audit", name) for name in COLUMNS]
    every += [("audit_seal", name) for name in ("number", "audit_id", "checks", "hash")]
    check_each_is_named(engine, called, every, _broken)
