"""Other systems are told what happened: signed, in order, until it arrives."""

import hashlib
import hmac
import json
from collections.abc import Mapping

import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.exchange.telling import SIGNATURE, tell_webhooks
from dispatch.exchange.webhooks import BadWebhook, Webhook, save_webhook
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
    database.change(lambda u: save_webhook(u, "区平台", URL, SECRET, ["order"]), office)
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
    database.change(lambda u: save_webhook(u, "区平台", URL, SECRET, ["order"]), office)
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


@pytest.mark.parametrize(
    ("url", "secret"),
    [("http://example.invalid/x", SECRET), (URL, "short"), ("file:///etc", SECRET)],
)
def test_an_open_line_or_a_short_secret_is_refused(
    town: LittleTown, database: Database, url: str, secret: str
) -> None:
    with pytest.raises(BadWebhook):
        database.change(lambda uow: save_webhook(uow, "x", url, secret, ["order"]))
