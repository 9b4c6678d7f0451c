"""What stands around every request: a reference, safe headers, own pages only.

Plain ASGI, because a middleware that wraps the answer hides disconnects and loses
what runs after it.
"""

import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from dispatch.settings import settings
from dispatch.store.fail_points import fail_point
from web.errors import error_answer, failure_answer
from web.tour_hosts import may_be_framed_by

log = logging.getLogger("liuzhu.web")
Page = Callable[[WebSocket], Awaitable[None]]

MAX_BODY_BYTES: Final = 1_000_000
UPLOADS: Final[Mapping[str, int]] = {"/api/imports": 20_100_000}  # whole files
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
_HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class EveryRequest:
    """Gives each request its reference, its headers, its line in the log, and an
    answer even when something breaks; refuses other sites' pages. Sockets go straight
    to their pages, by path."""

    def __init__(self, app: ASGIApp, sockets: Mapping[str, Page]) -> None:
        self.app = app
        self._sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            page = self._sockets.get(scope.get("path", ""))
            if page and scope["type"] == "websocket":
                await page(WebSocket(scope, receive, send))
            else:
                await self.app(scope, receive, send)
            return
        scope["liuzhu_reference"] = secrets.token_hex(4)
        began, status = time.monotonic(), 0

        async def send_safely(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                fail_point("web.answering")  # all is committed, nobody told
                status = message["status"]
                _add_headers(scope, message)
            await send(message)

        try:
            if is_foreign(scope):
                request = Request(scope)
                words = "请求来自其他网站，已拒绝，没有保存。"
                answer = error_answer(request, 403, "foreign_origin", words)
                await answer(scope, receive, send_safely)
            elif _holds_nul(scope):
                request = Request(scope)
                words = "请求的内容读不出来，没有保存。"
                answer = error_answer(request, 400, "malformed", words)
                await answer(scope, receive, send_safely)
            else:
                most = UPLOADS.get(scope["path"], MAX_BODY_BYTES)
                await self.app(scope, _limited(receive, most), send_safely)
        except Exception as error:  # noqa: BLE001 - the last place that can answer
            failed = failure_answer(Request(scope), error)
            if not status:
                await failed(scope, receive, send_safely)
        finally:
            _log(scope, status, time.monotonic() - began)


def _holds_nul(scope: Scope) -> bool:
    """A sign in the address that neither PostgreSQL nor a file's name can hold."""
    return "\0" in scope["path"] or b"%00" in scope["query_string"]


def _limited(receive: Receive, left: int) -> Receive:
    """The same body, until it is too large."""

    async def receive_some() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    return receive_some


def is_foreign(scope: Scope) -> bool:
    """An unsafe request that a page of another site made the browser send."""
    if scope.get("method") in _SAFE_METHODS:
        return False
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is not None:
        return not is_own_origin(origin, headers.get("host", ""))
    return headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}


def is_own_origin(origin: str, host: str) -> bool:
    """The origin is one that the operator allows, else the address asked for."""
    allowed = [one.strip() for one in settings().origins.split(",") if one.strip()]
    if allowed:
        return origin in allowed
    parts = urlsplit(origin)
    return parts.scheme in {"http", "https"} and bool(host) and parts.netloc == host


def _add_headers(scope: Scope, message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)  # a page of forms has a word of its own
    framed = may_be_framed_by(Headers(scope=scope).get("host", ""))
    policy = f"{_POLICY}; frame-ancestors {framed}"
    headers.setdefault("Content-Security-Policy", policy)
    if scope["path"].startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
    if scope.get("scheme") == "https":
        headers["Strict-Transport-Security"] = "max-age=31536000"


def _log(scope: Scope, status: int, seconds: float) -> None:
    """The route's pattern, never the address: an address may hold anything."""
    route = getattr(scope.get("route"), "path", "-")
    log.info(
        "%s %s %s %d %.0f ms",
        scope["liuzhu_reference"],
        scope["method"],
        route,
        status,
        seconds * 1000,
    )
