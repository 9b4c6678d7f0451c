"""An elder's code is whose box it is, and no proof of having been there."""

import pytest
from sqlmodel import Session, select

from dispatch.subsidy.anomalies.anomaly import Anomaly
from dispatch.subsidy.anomalies.finding import AnomalyRule, Level
from tests.field.phone import Phone
from tests.field.walk import AT_DOOR, HALF_PAST, make_walk
from tests.little_town import LittleTown
from tests.subsidy.ledger_town import entitled, live_grants, pay_all

AT_HOME = AT_DOOR | {"lat": 36.71}  # of the helper, five kilometres from the door


@pytest.mark.proves("F55")
def test_a_code_used_from_elsewhere_is_flagged_and_its_subsidy_waits(
    town: LittleTown,
) -> None:
    walk = make_walk(town, entitled(town), entitled(town))
    phone = Phone(walk)
    for n, pos in enumerate((AT_HOME, AT_DOOR)):
        pay_all(town, walk.order(n))
        code = {"to": "self", "code": walk.elder(n).number}
        phone.hand(HALF_PAST, n, pos=pos, detail=code)
    far, _ = phone.sync(HALF_PAST)

    assert "position_elsewhere" in walk.flags(far.id)
    with Session(town.engine) as session:
        [doubt] = session.exec(select(Anomaly)).all()
    assert (doubt.rule, doubt.level) == (AnomalyRule.ELSEWHERE, Level.HOLD)
    assert {order_id for order_id, _ in live_grants(town)} == {walk.orders[1]}
