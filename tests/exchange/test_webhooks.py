"""Other systems are told what happened: signed, in order, until it arrives."""

import hashlib
import hmac
import json
from collections.abc import Mapping

import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.exchange.deliveries import list_deliveries
from dispatch.exchange.posting import SIGNATURE, Trouble, post_json, sign
from dispatch.exchange.telling import tell_webhooks
from dispatch.exchange.webhooks import (
    BadWebhook,
    Webhook,
    new_secret,
    resend,
    save_webhook,
)
from dispatch.log.feed import number_outbox
from dispatch.orders.ordering import place_order
from dispatch.store.database import Database
from tests.little_town import LittleTown

SECRET = "a-secret-of-at-least-24-letters"
URL = "https://example.invalid/hook"


class Receiver:
    """Somebody else's system: keeps what it gets, and may be down."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[bytes, Mapping[str, str]]] = []

    def post(self, _url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.got.append((body, headers))
        return self.status


def order(town: LittleTown, database: Database, key: str) -> None:
    elder_id = town.add_elder()
    database.change(
        lambda uow: place_order(uow, town.lunch(elder_id), key=key), town.staff
    )
    database.change(number_outbox)


def test_what_happens_is_told_signed_once_and_without_persons(
    town: LittleTown, database: Database
) -> None:
    office = town.add_account("office", Role.DISTRICT)
    order(town, database, "before")
    database.change(lambda u: save_webhook(u, "区平台", URL, ["order"], SECRET), office)
    order(town, database, "after")
    there = Receiver()

    tell_webhooks(database.engine, there.post)
    tell_webhooks(database.engine, there.post)

    ((body, headers),) = there.got
    at, said = (part.split("=")[1] for part in headers[SIGNATURE].split(","))
    mine = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256)
    assert said == mine.hexdigest()
    assert [one["kind"] for one in json.loads(body)["events"]] == ["order.placed"]
    assert "王小英" not in body.decode()


def test_whoever_was_down_hears_all_of_it_later(
    town: LittleTown, database: Database
) -> None:
    office = town.add_account("office", Role.DISTRICT)
    database.change(lambda u: save_webhook(u, "区平台", URL, ["order"], SECRET), office)
    order(town, database, "one")
    there = Receiver()
    there.status = 503

    tell_webhooks(database.engine, there.post)
    tell_webhooks(database.engine, there.post)  # not before its time
    with Session(database.engine) as session:
        hook = session.exec(select(Webhook)).one()
        assert (hook.tries, hook.last_error, len(there.got)) == (1, "status 503", 1)
        hook.next_at = None
        session.add(hook)
        session.commit()
    there.status = 200
    tell_webhooks(database.engine, there.post)

    assert there.got[0][0] == there.got[1][0]
    with Session(database.engine) as session:
        hook = session.exec(select(Webhook)).one()
        assert (hook.tries, hook.last_error) == (0, None)


def test_what_was_sent_is_listed_and_sent_again_in_order_on_wish(
    town: LittleTown, database: Database
) -> None:
    office = town.add_account("office", Role.DISTRICT)
    kept, secret = database.change(
        lambda u: save_webhook(u, "区平台", URL, ["order"]), office
    )
    there = Receiver()
    for status, key in ((503, "one"), (200, "two")):
        order(town, database, key)
        there.status = status
        tell_webhooks(database.engine, there.post)
        database.change(lambda u: resend(u, kept.id), office)
    tell_webhooks(database.engine, there.post)
    tries = database.read(lambda u: list_deliveries(u, kept.id), office)
    assert [(one.trouble, one.events) for one in tries] == [("", 2), ("status 503", 1)]

    database.change(lambda u: resend(u, kept.id, tries[0].id), office)
    again = database.change(lambda u: new_secret(u, kept.id), office)
    tell_webhooks(database.engine, there.post)

    assert there.got[-1][0] == there.got[-2][0]
    assert secret is not None
    assert secret != again
    body, headers = there.got[-1]
    at = headers[SIGNATURE].split(",")[0].removeprefix("t=")
    assert sign(again, int(at), body) == headers[SIGNATURE]
    _, same = database.change(
        lambda u: save_webhook(u, "区平台", f"{URL}/2", ["order"]), office
    )
    assert same is None


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://example.invalid/x", SECRET),
        (URL, "short"),
        ("file:///etc", SECRET),
        ("https://收.。cn/x", SECRET),
        ("https://h:port/", SECRET),
    ],
)
def test_an_open_line_or_a_short_secret_is_refused(
    town: LittleTown, database: Database, url: str, secret: str
) -> None:
    with pytest.raises(BadWebhook):
        database.change(lambda uow: save_webhook(uow, "x", url, ["order"], secret))


def test_an_address_that_is_none_is_a_trouble_not_an_end() -> None:
    for url in ("https://收.。cn/x", "https://h:port/", "https://a..b/"):
        trouble = post_json(url, b"{}", SECRET)
        assert isinstance(trouble, Trouble), url
        assert trouble.away
