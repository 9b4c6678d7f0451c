"""Forms as they leave the house: complete, masked, without a formula."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.exchange import in_full
from dispatch.exchange.exporting import ReasonMissing, Wish, export
from dispatch.exchange.files import read_table
from dispatch.exchange.forms import FORMS
from dispatch.exchange.forms.rows import Span
from dispatch.exchange.in_full import TooManyInFull, TooManyLists
from dispatch.exchange.profiles import BadProfile, save_profile
from dispatch.log.audit import Audit
from dispatch.orders.ordering import place_order
from dispatch.people.vault import seal
from dispatch.store.database import Database
from tests.exchange.conftest import sheet_of
from tests.little_town import TODAY, LittleTown

DAY = Span(TODAY, TODAY)


def texts(content: bytes) -> list[list[object]]:
    return [list(row) for row in read_table(content).rows]


def test_each_of_the_eleven_forms_leaves_as_a_workbook(
    town: LittleTown, database: Database
) -> None:
    elder_id = town.add_elder()
    database.change(
        lambda uow: place_order(uow, town.lunch(elder_id), key="one"), town.staff
    )

    for word, form in FORMS.items():
        name, content = database.change(
            lambda uow, word=word: export(uow, Wish(word, DAY)),  # type: ignore[misc]
            town.staff,
        )
        head, titles, *rows = texts(content)
        assert name.startswith(form.title)
        assert f"截至 {TODAY} 08:00" in str(head[0])
        assert titles == [title for _, title in form.columns]
        assert len(rows) == (word in {"meals", "elder_files", "station_month"})
    assert len(FORMS) == 11


@pytest.mark.proves("F75", "F102")
def test_persons_are_masked_unless_a_reason_is_given_and_kept(
    town: LittleTown, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    elder_id = town.add_elder("欧阳小英")
    with Session(town.engine) as session:
        seal(session, elder_id, {"id_number": "119900194403010029"})
        session.commit()
    office = town.add_account("office", Role.DISTRICT)

    def rows(**about: object) -> str:
        wish = Wish("elder_files", DAY, **about)  # type: ignore[arg-type]
        _, content = database.change(lambda uow: export(uow, wish), office)
        return str(texts(content))

    masked = rows()
    with pytest.raises(ReasonMissing):
        rows(plain=True)
    plain = rows(plain=True, reason="金民工程报送")
    monkeypatch.setattr(in_full, "MOST_A_DAY", 1)
    with pytest.raises(TooManyLists) as refusal:
        rows(plain=True, reason="再来一次")
    assert refusal.value.facts == {"again_seconds": 24 * 3600}
    monkeypatch.setattr(in_full, "MOST_A_DAY", 2)
    monkeypatch.setattr(in_full, "MOST_IN_FULL", 0)
    with pytest.raises(TooManyInFull):
        rows(plain=True, reason="全部带走")
    assert rows() == masked
    everybody = Wish("elder_files", DAY, plain=True, reason="换系统")
    assert database.change(lambda uow: export(uow, everybody))  # on the machine itself

    assert "欧阳小英" not in masked
    assert "119900194403010029" not in masked
    assert "13800000000" not in masked
    assert "2单元502" not in masked
    for told in ("欧阳小英", "119900194403010029", "13800000000", "2单元502"):
        assert told in plain
    with Session(town.engine) as session:
        looks = session.exec(select(Audit).where(Audit.action == "export_full")).all()
        opened = [one for one in looks if one.fields and one.account_id]
    assert [one.fields for one in opened] == [["address", "id_number", "name", "phone"]]
    assert "金民工程报送" in opened[0].purpose


@pytest.mark.proves("F74")
def test_nothing_that_anybody_typed_becomes_a_formula(
    town: LittleTown, database: Database
) -> None:
    town.add_elder('=HYPERLINK("http://x")', allergies=["@花生", "-鱼"])
    template = sheet_of(["某区表"], ["序号", "姓名", "过敏", "签字"])
    wish = Wish("elder_files", DAY)

    for mine in (None, template):
        _, content = database.change(
            lambda uow, mine=mine: export(uow, wish, mine),  # type: ignore[misc]
            town.staff,
        )
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
        assert [cell for cell in cells if cell.data_type == "f"] == []
        assert '=HYPERLINK("http://x")' in [cell.value for cell in cells]


def test_a_districts_own_template_is_filled_where_it_names_our_columns(
    town: LittleTown, database: Database
) -> None:
    town.add_elder()
    template = sheet_of(["某区老人台账"], ["序号", "姓名", "出生日期", "负责人"])

    _, content = database.change(
        lambda uow: export(uow, Wish("elder_files", DAY), template), town.staff
    )

    assert texts(content)[0][0] == "某区老人台账"
    assert texts(content)[2][1:3] == ["王小英", date(1944, 3, 1)]


def test_a_profile_gives_our_fields_their_headers_and_codes(
    town: LittleTown, database: Database
) -> None:
    town.add_elder()
    office = town.add_account("office", Role.DISTRICT)
    columns: list[dict[str, Any]] = [
        {"header": "XB", "field": "sex", "codes": {"女": "2", "男": "1"}},
        {"header": "BZ", "field": ""},
        {"header": "CSRQ", "field": "born_on"},
        {"header": "LB", "field": "categories", "codes": {"老老人": "9"}},
        {"header": "SZ", "field": "dementia", "codes": {"否": "0", "是": "1"}},
    ]
    known = FORMS["elder_files"].fields

    profile = database.change(
        lambda uow: save_profile(uow, "金民", "elder_files", columns, known), office
    )
    wish = Wish("elder_files", DAY, profile_id=profile.id)
    _, content = database.change(lambda uow: export(uow, wish), office)

    assert texts(content)[1:3] == [
        ["XB", "BZ", "CSRQ", "LB", "SZ"],
        ["2", "", date(1944, 3, 1), "高龄 80+、9", "0"],
    ]
    with pytest.raises(BadProfile):
        database.change(
            lambda uow: save_profile(
                uow, "x", "meals", [{"header": "A", "field": "nothing"}], known
            ),
            office,
        )
