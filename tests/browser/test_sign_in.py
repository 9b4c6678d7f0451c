"""The first page, and the office's sums."""

from playwright.sync_api import expect
from sqlmodel import Session

from dispatch.access.accounts import Account, Role, hash_password
from tests.browser.conftest import PHONE, House


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


def test_a_stranger_is_led_to_the_first_page(house: House) -> None:
    with house.visit(None, "/office") as page:
        page.wait_for_url(f"{house.address}/")
        expect(page.get_by_test_id("sign-in")).to_be_visible()


def test_the_office_sees_sums_that_tie_and_speaks_english_too(house: House) -> None:
    officer = house.town.add_account("office", Role.DISTRICT)

    with house.visit(officer, "/office") as page:
        expect(page.get_by_test_id("ties")).to_have_attribute("data-ok", "true")
        expect(page.get_by_test_id("promise").first).to_be_visible()
        page.get_by_test_id("language").click()
        expect(page.get_by_test_id("ties")).to_contain_text("all equal")
