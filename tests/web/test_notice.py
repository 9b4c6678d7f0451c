"""The public notice: open to anybody while it runs, and gone afterwards."""

from datetime import timedelta

from dispatch.access.tries import LOOKS_FROM_ONE_PLACE, Tries
from dispatch.subsidy.months.steps import Step
from tests.engines import ON_ONE_ENGINE
from tests.subsidy.closed_month import AFTER, MONTH, Officials, close_drawers, eat_lunch
from tests.web.conftest import House


@ON_ONE_ENGINE
def test_a_notice_is_read_by_anybody_until_its_days_are_over(house: House) -> None:
    town = house.town
    eat_lunch(town)
    close_drawers(town)
    town.at(AFTER)
    officials = Officials(town)
    officials.sign(Step.CONFIRM, town.staff)
    officials.sign(Step.REVIEW, officials.street)
    with house.enter(None) as stranger:
        assert "现在没有公示" in stranger.get("/notice").text
        officials.sign(Step.PUBLISH, officials.district)
        home = stranger.get("/notice")
        where = home.text.split('class="choice" href="')[1].split('"')[0]
        page, first = stranger.get(where), stranger.get(f"{where}.pdf")
        assert where.startswith(f"/notice/{MONTH}/")
        assert "王**" in page.text
        assert "¥5.00" in page.text
        assert not any(told in page.text for told in ("小英", "低保", "DB", "138"))
        assert "no-store" in page.headers["cache-control"]
        assert first.content.startswith(b"%PDF")
        assert stranger.get(f"{where}.pdf").content == first.content
        town.at(AFTER + timedelta(days=8))
        for path in (where, f"{where}.pdf"):
            gone = stranger.get(path)
            assert gone.status_code == 404
            assert "公示期满" in gone.text
        assert where not in stranger.get("/notice").text
        tries: Tries = house.app.state.tries
        for _ in range(LOOKS_FROM_ONE_PLACE - 8 - 3):
            tries.count_look("127.0.0.1")
        looks = [stranger.get("/notice").status_code for _ in range(6)]
        assert looks == [200] * 3 + [429] * 3
        assert "查看得太频繁" in stranger.get("/notice").text
