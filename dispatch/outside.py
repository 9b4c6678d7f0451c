"""Calling somebody outside the house: looked up once, called there, followed nowhere.

A name is looked up once and every address that it has must be one that may be called
(`dispatch/inside.py`); then just these are called. Looking it up again for the call
would let a name be harmless when it is asked about and inside when it is called.
"""

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Final

import httpx

from dispatch.inside import Allowed

_PORTS: Final = {"http": 80, "https": 443}
_NOBODY_THERE: Final = (httpx.ConnectError, httpx.ConnectTimeout)


class LeadsInside(Exception):
    """The address leads inside, to where nobody allowed us to call."""


@dataclass(frozen=True)
class Said:
    """The answer's status, and as much of its body as was wanted."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Call:
    """One request; `most_bytes` of the answer's body are read, and no more."""

    method: str
    url: str
    headers: Mapping[str, str]
    seconds: float
    body: bytes = b""
    most_bytes: int = 0


def make_call(call: Call, allowed: Allowed) -> Said:
    """Call once. An answer that points elsewhere is an answer, not a way.

    The machine's own proxy is not asked: it would look the name up by itself.

    Raises:
        LeadsInside, httpx.HTTPError, httpx.InvalidURL, UnicodeError
    """
    url = httpx.URL(call.url)
    places = _look_up(url, allowed)
    for at in places[:-1]:
        with suppress(*_NOBODY_THERE):
            return _call_at(call, url, at)
    return _call_at(call, url, places[-1])


def _look_up(url: httpx.URL, allowed: Allowed) -> list[str]:
    host, port = url.raw_host.decode(), url.port or _PORTS.get(url.scheme)
    if port is None:
        raise httpx.UnsupportedProtocol(url.scheme)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as trouble:
        raise httpx.ConnectError(type(trouble).__name__) from trouble
    places = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not all(allowed.may_call(host, ip_address(at)) for at in places):
        raise LeadsInside
    return places


def _call_at(call: Call, url: httpx.URL, at: str) -> Said:
    """At this very place, in the host's name: so its certificate must be, too."""
    headers = {**call.headers, "Host": url.netloc.decode()}
    with (
        httpx.Client(verify=_trust(), trust_env=False, timeout=call.seconds) as client,
        client.stream(
            call.method,
            url.copy_with(host=at),
            content=call.body or None,
            headers=headers,
            extensions={"sni_hostname": url.raw_host.decode()},
        ) as answer,
    ):
        return Said(answer.status_code, _some(answer, call.most_bytes))


def _some(answer: httpx.Response, most_bytes: int) -> bytes:
    if not most_bytes:
        return b""
    had = bytearray()
    for piece in answer.iter_bytes():
        had += piece
        if len(had) >= most_bytes:
            break
    return bytes(had[:most_bytes])


@cache
def _trust() -> ssl.SSLContext:
    """Whom we believe: the usual authorities, or those that SSL_CERT_FILE names."""
    return httpx.create_ssl_context()
