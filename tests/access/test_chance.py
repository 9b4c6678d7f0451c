"""What opens something is drawn by chance: 128 bits and more, and no time in it."""

import re
from base64 import b32decode, urlsafe_b64decode
from collections.abc import Callable
from typing import Final
from uuid import uuid4

import pytest

from dispatch.access.accounts import Account, open_session
from dispatch.access.elder_links import give_link
from dispatch.access.second_factor import draw_factor
from dispatch.access.tickets import give_ticket
from dispatch.counter.tokens import CODE_BEGINS, code_of
from dispatch.exchange.webhooks import new_secret, save_webhook
from dispatch.field.passes import give_pass
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.engines import ON_ONE_ENGINE
from tests.field.walk import make_walk
from tests.little_town import LittleTown
from tests.test_house import ROOT

DRAWN: Final = 8
BY_THE_CLOCK: Final = re.compile(
    r"^\s*(import random|from random )|uuid[167]\b|getrandbits|time_ns\(\)",
    re.MULTILINE,
)
# Retries are spread; what is made up is drawn from its seed.
NO_SECRETS: Final = (
    "dispatch/store/unit_of_work.py",
    "dispatch/demo",
    "dispatch/chaos",
)


@ON_ONE_ENGINE
@pytest.mark.proves("S17")
def test_each_code_and_ticket_has_128_bits_of_chance(town: LittleTown) -> None:
    elder_id = town.add_elder()
    walk = make_walk(town, town.add_elder())

    def draw(uow: UnitOfWork) -> dict[str, list[bytes]]:
        account = uow.session.get_one(Account, town.dispatcher.account_id)
        token, _ = open_session(uow.session, account)
        hook, _ = save_webhook(uow, "收件方", "https://example.org/in", ["order"])
        ways: dict[str, Callable[[], bytes]] = {
            "session": lambda: url64(open_session(uow.session, account)[0]),
            "form": lambda: url64(open_session(uow.session, account)[1]),
            "feed ticket": lambda: url64(give_ticket(uow, token)),
            "day pass": lambda: url64(give_pass(uow, walk.round_id)),
            "elder's link": lambda: url64(give_link(uow, elder_id)[1]),
            "webhook": lambda: url64(new_secret(uow, hook.id)),
            "app's key": lambda: b32decode(draw_factor(uow, account).key),
            "pickup code": lambda: bytes.fromhex(
                code_of(uuid4()).removeprefix(CODE_BEGINS)
            ),
        }
        return {name: [way() for _ in range(DRAWN)] for name, way in ways.items()}

    drawn = in_one_transaction(town.engine, draw, actor=town.dispatcher)
    for name, codes in drawn.items():
        assert min(map(len, codes)) * 8 >= 128, name
        assert len({code[:4] for code in codes}) == DRAWN, name
        assert len({code[6] >> 4 for code in codes}) > 1, name  # no UUID's version


def url64(code: str) -> bytes:
    return urlsafe_b64decode(code + "=" * (-len(code) % 4))


@pytest.mark.proves("S17")
def test_nothing_that_opens_is_drawn_from_a_seed_or_the_clock() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for room in ("dispatch", "web")
        for path in sorted((ROOT / room).rglob("*.py"))
        if BY_THE_CLOCK.search(path.read_text(encoding="utf-8"))
    ]
    assert [one for one in found if not one.startswith(NO_SECRETS)] == []
