"""The station brings its list in: looked through, corrected, confirmed, on file."""

from pathlib import Path

from playwright.sync_api import expect
from sqlmodel import Session, select

from benchmarks.rosters import draw_roster
from dispatch.access.accounts import Role
from dispatch.exchange.profiles import ExportProfile
from dispatch.exchange.webhooks import Webhook
from tests.browser.conftest import PHONE, House


def test_a_list_is_looked_through_confirmed_and_sent_out(
    house: House, tmp_path: Path
) -> None:
    """Each fault by its cell; nothing on file until the second press; then a form."""
    list_ = tmp_path / "老人名单.xlsx"
    list_.write_bytes(draw_roster(40, ["s1"], faulty=4).xlsx())
    with house.visit(house.town.staff, "/station#sheets") as page:
        page.get_by_test_id("file").set_input_files(list_)
        rows = page.get_by_test_id("verdicts").locator("tbody tr")
        expect(rows.first).to_contain_text("B12")
        expect(rows.first).to_contain_text("校验不对")
        page.get_by_test_id("confirm").click()
        page.get_by_test_id("confirm").click()
        expect(page.get_by_test_id("written")).to_be_visible()
        page.get_by_test_id("run-back").click()
        expect(page.get_by_test_id("history")).to_contain_text("已导入")

        page.get_by_test_id("tab-export").click()
        page.get_by_test_id("form").select_option("elder_files")
        with page.expect_download() as download:
            page.get_by_test_id("export-go").click()
        assert download.value.suggested_filename.startswith("一人一档首页")

    with house.visit(house.town.staff, "/station#sheets", PHONE) as page:
        page.get_by_test_id("file").set_input_files(tmp_path / "老人名单.xlsx")
        expect(page.get_by_test_id("run")).to_contain_text("以前已导入过")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
        page.get_by_test_id("run-back").click()
        broken = tmp_path / "图片.xlsx"
        broken.write_bytes(b"\x89PNG\x00\x01")
        page.get_by_test_id("file").set_input_files(broken)
        expect(page.get_by_test_id("refusal")).to_contain_text("不是表格")
    assert house.complaints == []


def test_a_district_maps_codes_and_tells_another_system(house: House) -> None:
    """A profile with codes is kept and loaded; a webhook's secret is shown once."""
    office = house.town.add_account("office", Role.DISTRICT)
    with house.visit(office, "/office#sheets") as page:
        page.get_by_test_id("tab-export").click()
        page.get_by_test_id("form").select_option("elder_files")
        page.get_by_test_id("profile").locator("summary").click()
        page.get_by_test_id("codes-of-sex").click()
        page.get_by_test_id("all-words").click()
        for at, code in enumerate(("2", "1")):
            page.get_by_test_id("their-code").nth(at).fill(code)
        page.get_by_test_id("profile-name").fill("金民报送")
        page.get_by_test_id("profile-save").click()
        expect(page.get_by_test_id("profile-told")).to_be_visible()
        page.get_by_test_id("profile-load").click()
        expect(page.get_by_test_id("codes-of-sex")).to_contain_text("2 条")

        page.get_by_test_id("tab-hooks").click()
        page.get_by_test_id("new-hook").click()
        page.get_by_test_id("hook-name").fill("区平台")
        page.get_by_test_id("hook-url").fill("https://example.invalid/hook")
        page.get_by_test_id("hook-save").click()
        secret = page.get_by_test_id("hook-secret").locator("code").inner_text()
        assert len(secret) >= 24
        page.get_by_test_id("hook-deliveries").click()
        expect(page.get_by_test_id("deliveries")).to_contain_text("还没有推送过")

    with Session(house.town.engine) as session:
        [kept] = session.exec(select(ExportProfile)).all()
        [codes] = [one["codes"] for one in kept.columns if one["field"] == "sex"]
        assert codes == {"女": "2", "男": "1"}
        assert session.exec(select(Webhook.kinds)).one() == ["order"]
