"""Sheets of contacts, helpers, stations, dishes, orders, and of registries."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, func, select

from dispatch.access.accounts import Role
from dispatch.catalogue.dishes import Dish
from dispatch.exchange.bringing import confirm_sheet, try_sheet
from dispatch.exchange.runs import ImportRun
from dispatch.exchange.trying import SheetFile
from dispatch.orders.deciding import accept, reject
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Order, OrderState
from dispatch.people.drafting import StationMissing
from dispatch.people.elders import Contact, Elder
from dispatch.people.helpers import Helper
from dispatch.people.places import Station
from dispatch.people.proposals import Proposal, ProposalKind, ProposalState
from dispatch.people.showing import list_elders
from dispatch.people.vault import blind_index, find_owners, seal, unseal
from dispatch.store.database import Database
from dispatch.store.unit_of_work import Actor
from tests.exchange.conftest import sheet_of
from tests.little_town import STREET, TODAY, LittleTown

NUMBERS = ("119900194403010029", "119900194403010045", "119900194403010061")


def brought(
    database: Database, by: Actor, kind: str, *rows: Sequence[Any]
) -> ImportRun:
    """Tried and confirmed; the second time, too, everything is the same."""
    file = SheetFile(kind, f"{kind}.xlsx", sheet_of(*rows), source="金民工程")
    run = try_sheet(database, file, by)
    confirm_sheet(database, run.id, by)
    again = try_sheet(database, file, by)
    assert (again.creates, again.updates) == (0, 0), again.verdicts
    return run


def many(database: Database, table: type[SQLModel]) -> int:
    with Session(database.engine) as session:
        return session.exec(select(func.count()).select_from(table)).one()


def numbered(town: LittleTown, number: str, **about: Any) -> Any:
    elder_id = town.add_elder(**about)
    with Session(town.engine) as session:
        seal(session, elder_id, {"id_number": number})
        session.commit()
    return elder_id


def named(run: ImportRun) -> list[tuple[object, object]]:
    return [(each["cell"], each["fault"]) for each in run.findings]


def test_contacts_find_their_elder_and_take_their_rank(
    town: LittleTown, database: Database
) -> None:
    elder_id = numbered(town, NUMBERS[0])
    town.add_contact(elder_id)

    run = brought(
        database,
        town.staff,
        "contacts",
        ["老人身份证号", "联系人", "关系", "联系人电话", "可代取"],
        [NUMBERS[0], "李女儿", "女儿", "13900000000", "是"],
        [NUMBERS[0], "王邻居", "邻居", "01066660000", ""],
        [NUMBERS[1], "张三", "儿子", "13900000001", ""],
    )

    assert (run.creates, run.updates, named(run)) == (1, 1, [("A4", "unknown_person")])
    with Session(database.engine) as session:
        rows = session.exec(select(Contact).order_by(Contact.rank)).all()  # type: ignore[arg-type]
        assert [(one.rank, one.may_collect) for one in rows] == [(1, True), (2, False)]


def test_helpers_are_enrolled_once(town: LittleTown, database: Database) -> None:
    run = brought(
        database,
        town.staff,
        "helpers",
        ["姓名", "电话", "人员类型", "出行方式", "技能"],
        ["赵一", "13700000001", "送餐员", "电动车", ""],
        ["钱二", "13700000002", "志愿者", "飞机", ""],
    )

    assert (run.creates, named(run)) == (1, [("D3", "unknown_word")])
    assert many(database, Helper) == 1


def test_stations_and_dishes_come_in(town: LittleTown, database: Database) -> None:
    office = town.add_account("office", Role.DISTRICT)
    heads = [
        "驿站编号",
        "驿站名称",
        "街道",
        "供餐厨房",
        "电话",
        "经度",
        "纬度",
        "坐标系",
    ]
    stations = brought(
        database,
        office,
        "stations",
        heads,
        [
            "S7",
            "七号驿站",
            "清河街道",
            "清河中央厨房",
            "01066660000",
            117.0,
            36.6,
            "高德",
        ],
        [
            "S8",
            "八号驿站",
            "没有街道",
            "清河中央厨房",
            "01066660000",
            36.6,
            117.0,
            "高德",
        ],
    )
    dishes = brought(
        database,
        office,
        "dishes",
        ["菜名", "厨房", "原料", "过敏原", "适合", "质地"],
        ["蒸蛋", "清河中央厨房", "鸡蛋、葱", "鸡蛋", "软食、低盐", "软食"],
    )

    assert named(stations) == [("G3", "bad_coordinates"), ("C3", "unknown_place")]
    assert (stations.creates, many(database, Station)) == (1, 2)
    assert (dishes.creates, many(database, Dish)) == (1, 1)


def test_orders_are_tried_by_every_rule_and_placed_once(
    town: LittleTown, database: Database
) -> None:
    numbered(town, NUMBERS[0])
    numbered(town, NUMBERS[1], died_on=date(2026, 11, 1))
    file = SheetFile(
        "orders",
        "o.xlsx",
        sheet_of(
            ["日期", "餐次", "用餐方式", "老人身份证号"],
            [TODAY.isoformat(), "午餐", "自取", NUMBERS[0]],
            [TODAY.isoformat(), "午餐", "自取", NUMBERS[1]],
        ),
    )

    run = try_sheet(database, file, town.staff)
    placed = many(database, Order)
    confirm_sheet(database, run.id, town.staff)
    again = try_sheet(database, file, town.staff)

    assert (placed, many(database, Order)) == (0, 1)
    assert named(run) == [("A3", "refused")]
    assert again.sames == 1


def test_what_a_registry_tells_waits_for_a_person(
    town: LittleTown, database: Database
) -> None:
    elder_id = numbered(town, NUMBERS[0])
    office = town.add_account("office", Role.STREET, street_code=STREET)

    run = brought(
        database,
        office,
        "matches",
        ["身份证号", "姓名", "事件", "日期", "来源"],
        [NUMBERS[0], "王小英", "死亡", "2026-11-02", "殡葬信息"],
        [NUMBERS[1], "某某", "死亡", "2026-11-02", "殡葬信息"],
    )

    assert (run.creates, named(run)) == (1, [("A3", "unknown_person")])
    with Session(database.engine) as session:
        (said,) = session.exec(select(Proposal)).all()
        assert (said.kind, said.state) == (ProposalKind.DECEASED, ProposalState.OPEN)
        assert session.get_one(Elder, elder_id).died_on is None


def test_tickets_of_the_hotline_are_entered_once(
    town: LittleTown, database: Database
) -> None:
    office = town.add_account("office", Role.STREET, street_code=STREET)
    sheet = (
        ["工单编号", "受理日期", "诉求内容", "被反映站点", "订单号"],
        ["GD-1", "2026-11-19", "饭是凉的", "s1驿站", ""],
        ["GD-2", "2026-11-19", "没有送来", "", "1120-L-NOBODY"],
        ["GD-3", "2026-11-19", "没人接电话", "", ""],
    )

    run = brought(database, office, "complaints", *sheet)
    again = brought(database, office, "complaints", *sheet)

    assert (run.creates, named(run)) == (2, [("A3", "refused")])
    assert (again.creates, again.sames) == (0, 2)


def test_a_whole_roster_tells_who_is_new_gone_or_otherwise(
    town: LittleTown, database: Database
) -> None:
    numbered(town, NUMBERS[0])
    numbered(town, NUMBERS[1])
    office = town.add_account("office", Role.DISTRICT)

    run = brought(
        database,
        office,
        "roster",
        ["姓名", "身份证号", "救助类别", "死亡日期"],
        ["王小英", NUMBERS[0], "低保", "2026-11-03"],
        ["新来人", NUMBERS[2], "", ""],
    )

    assert (run.creates, run.updates, run.faulty) == (1, 1, 0)
    with Session(database.engine) as session:
        kinds = sorted(one.kind for one in session.exec(select(Proposal)))
        assert kinds == ["deceased", "fact", "gone", "new"]
        assert {one.relief for one in session.exec(select(Elder))} == {None}


def test_somebody_new_on_a_roster_gets_a_file_whose_address_is_missing(
    town: LittleTown, database: Database
) -> None:
    office = town.add_account("office", Role.DISTRICT)
    head = ["姓名", "身份证号", "救助类别", "能力等级", "户籍"]
    rows = [
        ["新来人", NUMBERS[2], "低保", "重度", ""],
        ["不是人", NUMBERS[1], "", "", ""],
    ]
    brought(database, office, "roster", head, *rows)
    with Session(database.engine) as session:
        told = {one.subject: one.id for one in session.exec(select(Proposal))}
    new, wrong = (told[blind_index("id_number", NUMBERS[n])] for n in (2, 1))

    with pytest.raises(StationMissing):
        database.change(lambda uow: accept(uow, new, "查实"), office)
    here = {"station_id": town.station_id}
    made = database.change(lambda uow: accept(uow, new, "查实", **here), office)
    database.change(lambda uow: reject(uow, wrong, "查无此人"), office)

    draft = database.read(
        lambda uow: list_elders(uow, draft=True, limit=9, offset=0), town.staff
    )
    assert [(row.name, row.located) for row in draft.elders] == [("新来人", False)]
    with Session(database.engine) as session:
        elder = session.get_one(Elder, made.elder_id)
        assert (elder.relief, elder.ability_level, elder.sex) == ("DB", 3, "F")
        assert find_owners(session, "id_number", NUMBERS[2]) == [elder.id]
        for proposal_id in (new, wrong):
            assert unseal(session, [proposal_id], ["name", "told_number"]) == {
                proposal_id: {}
            }
    again = database.change(lambda uow: place_order(uow, town.lunch(elder.id), key="k"))
    assert (again.state, again.reason) == (OrderState.BLOCKED, "no_location")
