"""Addresses that lead inside are not called, unless the operator lists them."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from typing import Any, Final

import pytest
from geopy.exc import GeocoderUnavailable
from pydantic import ValidationError

from dispatch.exchange.posting import Trouble, post_json, poster
from dispatch.exchange.webhooks import InnerAddress, save_webhook
from dispatch.inside import NOBODY, Allowed
from dispatch.outside import Call, LeadsInside, make_call
from dispatch.people.geocoding import Line
from dispatch.safety.sending import Gateways
from dispatch.settings import CHECKOUT, Settings
from dispatch.store.unit_of_work import SYSTEM, UnitOfWork
from tests.little_town import EIGHT

SECRET: Final = "a-secret-of-at-least-24-letters"
BY_NUMBER: Final = (
    *("127.0.0.1", "[::1]", "169.254.169.254", "2130706433", "0x7f000001", "0177.1"),
    *("127.1", "0", "0.0.0.1", "[::]", "10.1.2.3", "172.16.0.9", "192.168.1.1"),
    *("100.64.0.1", "224.0.0.1", "255.255.255.255", "[fe80::1]", "[fd00::1]"),
    *("[ff02::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"),
    *("[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "[::ffff:a9fe:a9fe]"),
    *("168.63.129.16", "[::ffff:a83f:8110]", "[64:ff9b::a83f:8110]", "[fec0::1]"),
)
CALLERS: Final = re.compile(
    r"^ *(?:import|from) (?:httpx|requests|urllib3|aiohttp|http\.client"
    r"|urllib\.request|websockets)\b",
    re.MULTILINE,
)
# The way out and those who go it; the others speak to our own processes here.
SPEAKERS: Final = {
    *("dispatch/outside.py", "dispatch/exchange/posting.py"),
    *("dispatch/people/geocoding.py", "dispatch/running.py"),
    *("dispatch/chaos/callers.py", "dispatch/demo/desk.py", "dispatch/demo/doors.py"),
}


@contextmanager
def receiver(status: int = 200, **headers: str) -> Iterator[tuple[int, list[str]]]:
    """Somebody on this machine: its port, and in whose name it was called."""
    called: list[str] = []

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            called.append(self.headers["Host"])
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the server's own names

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Hears) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port, called
        finally:
            server.shutdown()
            thread.join()


def naming(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The outside world's names: each look-up gets the next answer, then the last."""
    asked: list[str] = []
    really = socket.getaddrinfo

    def look_up(host: str, port: int, *how: Any, **more: Any) -> list[Any]:
        if host.replace(".", "").isdigit():  # the place itself, to be called
            return really(host, port, *how, **more)
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (at, port)) for at in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def said(url: str, allowed: Allowed = NOBODY) -> str:
    """In a word what became of a post to it."""
    trouble = post_json(url, b"{}", SECRET, poster(allowed))
    return trouble.word if isinstance(trouble, Trouble) else "arrived"


@pytest.mark.proves("S19", "F96")
@pytest.mark.parametrize("host", [*BY_NUMBER, "localhost"])
def test_an_address_inside_is_neither_kept_nor_called(host: str) -> None:
    assert said(f"https://{host}:9/") == "LeadsInside"
    for_nobody: Any = None  # refused before anything is looked for
    with pytest.raises(InnerAddress):
        save_webhook(
            UnitOfWork(for_nobody, EIGHT, SYSTEM),
            *("x", f"https://{host}/", ["order"], SECRET),
        )


@pytest.mark.proves("S19", "F96")
def test_a_name_is_looked_up_once_and_all_that_it_is_must_be_outside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for inside in ("127.0.0.1", "10.0.0.8", "169.254.169.254"):
        asked = naming(monkeypatch, ["93.184.215.14", inside])
        assert said("https://hook.example.cn/") == "LeadsInside"
        assert asked == ["hook.example.cn"]
    with receiver() as (port, called):
        asked = naming(monkeypatch, ["127.0.0.1"], ["127.0.0.9"])
        allowed = Allowed.of("127.0.0.1")
        assert said(f"http://hook.example.cn:{port}/x", allowed) == "arrived"
    assert asked == ["hook.example.cn"]
    assert called == [f"hook.example.cn:{port}"]


@pytest.mark.proves("S19", "F96")
def test_an_answer_that_points_inside_is_not_followed() -> None:
    with receiver() as (inner, reached):
        there = f"http://127.0.0.1:{inner}/keys"
        with receiver(302, Location=there) as (port, called):
            here = Allowed.of("127.0.0.0/8")
            assert said(f"http://127.0.0.1:{port}/", here) == "status 302"
            line = Line(proxies=None, ssl_context=None, allowed=here)
            with pytest.raises(OSError, match="status 302"):
                line.get_json(f"http://127.0.0.1:{port}/", timeout=5, headers={})
    assert (len(called), reached) == (2, [])
    closed = Line(proxies=None, ssl_context=None, allowed=NOBODY)
    with pytest.raises(GeocoderUnavailable, match="LeadsInside"):
        closed.get_text("http://169.254.169.254/", timeout=5, headers={})


def test_what_the_operator_lists_may_be_called_and_nothing_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allowed = Allowed.of(" Bus.Qinghe.example , 10.20.0.0/16,fd00:1::/32")
    naming(monkeypatch, ["10.99.0.1"])
    call = Call("GET", "https://bus.qinghe.example:1/", {}, 0.05)
    with pytest.raises(Exception, match=r"may not call 10\.99\.0\.1|Connect"):
        make_call(call, allowed)  # as far as the suite lets it
    for url, fits in {
        "https://10.20.3.4/": True,
        "https://[fd00:1::9]/": True,
        "https://10.21.0.1/": False,
        "https://127.0.0.1/": False,
        "https://localhost./": False,
    }.items():
        host = url.removeprefix("https://").rstrip("/").strip("[]")
        assert allowed.may_name(host) is fits, url
    naming(monkeypatch, ["10.99.0.1"])
    with pytest.raises(LeadsInside):
        make_call(Call("GET", "https://other.example/", {}, 0.05), allowed)
    with pytest.raises(ValidationError):
        Settings(stage="test", inner_hosts="10.20.0.1/16")


def test_what_the_operators_own_settings_name_is_listed_by_that() -> None:
    own = Settings(stage="test", sms_url="https://sms.inner.example/x")
    allowed = Gateways.of(own).allowed
    inner = ip_address("10.0.0.7")

    assert allowed.may_call("sms.inner.example", inner)
    assert not allowed.may_call("other.inner.example", inner)


@pytest.mark.proves("S19", "F96")
def test_the_house_has_one_way_out() -> None:
    """Whoever needs another one makes it refuse what leads inside, too."""
    found = {
        str(file.relative_to(CHECKOUT))
        for room in ("dispatch", "web", "routing")
        for file in (CHECKOUT / room).rglob("*.py")
        if CALLERS.search(file.read_text(encoding="utf-8"))
    }
    assert found == SPEAKERS
