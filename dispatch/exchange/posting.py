"""Posting to other systems: one signed request, and why it did not arrive."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from dispatch.clock import wall_now
from dispatch.inside import NOBODY, Allowed
from dispatch.outside import Call, LeadsInside, make_call

_PATIENCE_SECONDS: Final = 5.0
# The last is what a host says that cannot be looked up: an empty part, a long one.
_NO_ANSWER: Final = (httpx.HTTPError, httpx.InvalidURL, UnicodeError, LeadsInside)
SIGNATURE: Final = "X-Liuzhu-Signature"

Post = Callable[[str, bytes, Mapping[str, str]], int]  # → the status of the answer


@dataclass(frozen=True)
class Trouble:
    """Why something did not arrive, in a word; `away`: nobody answered at all."""

    word: str
    away: bool


def post_json(
    url: str, body: bytes, secret: str | None, post: Post | None = None
) -> Trouble | None:
    """Send a body once, signed if there is a secret; an answer of 2xx is an arrival.

    Args:
        post: how; without it nobody inside the network is called.

    Returns:
        what went wrong, whatever the address; None when it arrived.
    """
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers[SIGNATURE] = sign(secret, int(wall_now().timestamp()), body)
    try:
        status = (post or poster())(url, body, headers)
    except _NO_ANSWER as trouble:
        return Trouble(type(trouble).__name__, away=True)
    return None if 200 <= status < 300 else Trouble(f"status {status}", away=False)


def sign(secret: str, at: int, body: bytes) -> str:
    """What the receiver reckons, too: HMAC-SHA256 over the second and the body."""
    plain = f"{at}.".encode() + body
    digest = hmac.new(secret.encode(), plain, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def poster(allowed: Allowed = NOBODY) -> Post:
    """Posts to whoever is outside, and inside to whom the operator allows."""

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        return make_call(
            Call("POST", url, headers, _PATIENCE_SECONDS, body), allowed
        ).status

    return post


def read_address(url: str) -> tuple[str, str]:
    """The scheme and the host of an address to which something can be posted.

    Raises:
        ValueError: it is no address, has no host, or a port that is none.
    """
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL as trouble:
        raise ValueError(str(trouble)) from trouble
    host = read.raw_host.decode()
    if not host.encode("idna") or not 0 <= (read.port or 0) <= 65535:
        raise ValueError(url)
    return read.scheme, host
