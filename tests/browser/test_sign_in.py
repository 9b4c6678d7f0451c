"""The first page, and the office's sums."""

import time
from base64 import b32decode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import expect
from sqlmodel import Session

from dispatch.access.accounts import Account, Role, hash_password
from dispatch.reports.kinds import KINDS
from dispatch.subsidy.anomalies.nights import screen_night
from tests.browser.conftest import PHONE, House
from tests.little_town import ELEVEN, TODAY
from tests.subsidy.ledger_town import do, entitled, hand_over, order_lunch, pay_all
from tests.subsidy.test_anomalies import in_hospital


def test_a_wrong_password_is_told_and_the_right_one_opens_the_page(
    house: House,
) -> None:
    said: list[str] = []
    with Session(house.town.engine) as session:
        account = session.get_one(Account, house.town.staff.account_id)
        account.password_hash = hash_password("a long enough one")
        login = account.login
        session.add(account)
        session.commit()

    with house.visit(None, "/", PHONE) as page:
        page.on("console", lambda line: said.append(f"{line.text} {line.location}"))
        page.reload()
        page.get_by_test_id("login").fill(login)
        assert said == []  # to be nobody yet is no error
        page.get_by_test_id("password").fill("wrong")
        page.get_by_test_id("sign-in").click()
        expect(page.get_by_test_id("refusal")).to_contain_text("账号或密码不对")
        page.get_by_test_id("password").fill("a long enough one")
        page.get_by_test_id("sign-in").click()
        page.wait_for_url("**/station")
        expect(page.get_by_test_id("today")).to_be_visible()
        page.goto("/account")
        page.get_by_test_id("factor-password").fill("a long enough one")
        page.get_by_test_id("begin").click()
        key = page.get_by_test_id("key").inner_text().replace(" ", "")
        app = TOTP(b32decode(key), 6, SHA1(), 30)  # noqa: S303
        page.get_by_test_id("digits").fill(app.generate(time.time()).decode())
        page.get_by_test_id("prove").click()
        recovery = page.get_by_test_id("codes").locator("code").first.inner_text()
        page.get_by_test_id("codes-kept").click()
        expect(page.get_by_test_id("factor-state")).to_contain_text("还有 10 个备用码")
        expect(page.get_by_test_id("session")).to_contain_text("这台设备")
        page.get_by_test_id("sign-out").click()
        page.get_by_test_id("login").fill(login)
        page.get_by_test_id("password").fill("a long enough one")
        page.get_by_test_id("sign-in").click()
        page.get_by_test_id("code").fill(recovery)
        page.get_by_test_id("sign-in").click()
        page.wait_for_url("**/station")


def test_a_stranger_is_led_to_the_first_page(house: House) -> None:
    with house.visit(None, "/office") as page:
        page.wait_for_url(f"{house.address}/")
        expect(page.get_by_test_id("sign-in")).to_be_visible()


def test_the_office_sees_sums_that_tie_and_speaks_english_too(house: House) -> None:
    officer = house.town.add_account("office", Role.DISTRICT)
    lunch = order_lunch(house.town, entitled(house.town))
    house.town.at(ELEVEN)
    pay_all(house.town, lunch)
    hand_over(house.town, lunch)

    with house.visit(officer, "/office") as page:
        expect(page.get_by_test_id("ties")).to_have_attribute("data-ok", "true")
        expect(page.get_by_test_id("promise").first).to_be_visible()
        page.get_by_test_id("view-reports").click()
        for name in KINDS:
            page.get_by_test_id("report-name").select_option(name)
            shown = page.get_by_test_id("report")
            expect(shown).to_have_attribute("data-name", name)
            expect(page.get_by_test_id("report-table").first).to_be_visible()
        page.get_by_test_id("report-name").select_option("payout")
        expect(page.get_by_test_id("report-line").last).to_contain_text("5.00")
        with page.expect_download() as kept:
            page.get_by_test_id("report-pdf").click()
        assert kept.value.suggested_filename == f"补贴拨款表-{TODAY:%Y-%m}.pdf"
        page.get_by_test_id("report-name").select_option("usage")
        page.get_by_test_id("report-drill").first.click()
        expect(page.get_by_test_id("line")).to_have_count(0)
        page.get_by_test_id("purpose-audit").click()
        expect(page.get_by_test_id("line")).to_contain_text("基本养老服务对象就餐补贴")
        page.get_by_test_id("line-proof").click()
        expect(page.get_by_test_id("line-behind")).to_contain_text("收款：现金")
        in_hospital(house.town)
        do(house.town, screen_night, TODAY)
        page.get_by_test_id("view-queue").click()
        expect(page.get_by_test_id("anomaly")).to_contain_text("暂扣 5.00")
        page.get_by_test_id("words").fill("请假条属实")
        page.get_by_test_id("clear").click()
        page.get_by_test_id("clear").click()
        expect(page.get_by_test_id("anomaly")).to_have_count(0)
        page.get_by_test_id("view-usage").click()
        page.get_by_test_id("language").click()
        expect(page.get_by_test_id("ties")).to_contain_text("all equal")
