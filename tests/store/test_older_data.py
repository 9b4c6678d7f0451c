"""Data of an earlier version is brought to this one and is whole."""

from alembic import command
from sqlmodel import Session, select

from dispatch.log.feed import number_outbox
from dispatch.orders.orders import Order
from dispatch.promises import Status, check_promises
from dispatch.store.migrate import _config, differences, upgrade
from dispatch.store.unit_of_work import in_one_transaction
from tests.engines import ON_ONE_ENGINE
from tests.little_town import LittleTown
from tests.planning.lunch_wave import order_lunch

EARLIER = "2026_11_22_0963"


@ON_ONE_ENGINE
def test_orders_of_an_earlier_version_are_whole_after_the_upgrade(
    town: LittleTown,
) -> None:
    order_id = order_lunch(town)
    with town.engine.connect() as connection:
        command.downgrade(_config(connection), EARLIER)
        connection.commit()
    assert differences(town.engine)

    upgrade(town.engine.url.render_as_string(hide_password=False))

    in_one_transaction(town.engine, number_outbox)  # as the relay does when it starts
    assert differences(town.engine) == []
    with Session(town.engine) as session:
        assert session.exec(select(Order.id)).one() == order_id
        broken = [one for one in check_promises(session) if one.broken]
        assert [one.n for one in broken if one.status is Status.BROKEN] == []
