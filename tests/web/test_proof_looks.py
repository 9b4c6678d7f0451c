"""Who looked at the proofs of an order stands in the audit, by whichever door."""

from uuid import UUID

from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.log.audit import Audit
from dispatch.quality.auditing import DrawDraft, draw_sample, fix_frame
from dispatch.quality.draws import DrawOf
from dispatch.store.unit_of_work import in_one_transaction
from tests.engines import ON_ONE_ENGINE
from tests.little_town import ELEVEN
from tests.subsidy.ledger_town import entitled, hand_over, order_lunch, pay_all
from tests.web.conftest import House


@ON_ONE_ENGINE
def test_a_look_by_each_door_is_kept(house: House) -> None:
    town = house.town
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)
    district = town.add_account("district", Role.DISTRICT)
    draft = DrawDraft("十一月评估", DrawOf.ORDERS, 1, ("甲", "乙"), "2026-11")
    fixed = in_one_transaction(
        town.engine, lambda uow: fix_frame(uow, draft).id, actor=district
    )
    in_one_transaction(
        town.engine, lambda uow: draw_sample(uow, fixed, "03-11-17"), actor=district
    )

    lookers = {
        Role.AUDITOR: f"/api/proofs/orders/{order.id}",
        Role.EVALUATOR: f"/api/quality/draws/{fixed}/proofs/{order.number}",
    }
    looked: list[tuple[UUID | None, str]] = []
    for role, path in lookers.items():
        actor = town.add_account(role.value, role)
        with house.enter(actor) as client:
            answer = client.get(path)
        assert answer.status_code == 200, answer.text
        looked.append((actor.account_id, "show_proofs"))

    with Session(town.engine) as session:
        kept = select(Audit.account_id, Audit.action)
        proofs = session.exec(kept.where(Audit.object_id == order.elder_id)).all()
    assert sorted(map(str, proofs)) == sorted(map(str, looked))
