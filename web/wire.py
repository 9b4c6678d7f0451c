"""JSON in and out: strict when read, one spelling of times and ids when written."""

import json
from collections.abc import Callable, Coroutine
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, NoReturn
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_NUL = b"\\u0000"  # PostgreSQL keeps no such character in a text


class Answer(Response):
    """A JSON answer. Moments are written in UTC with Z, ids and dates as text."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return to_json(content).encode()


def to_json(content: Any) -> str:
    """One line of JSON; frozen dataclasses become objects. NaN is an error."""
    return json.dumps(
        content,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
        default=_plain,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, set | frozenset | tuple):
        return sorted(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def as_file(name: str) -> dict[str, str]:
    """The headers of a file that is kept, and never opened as a page of ours."""
    return {
        "Cache-Control": "no-store",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox",
    }


def as_picture(photo_id: UUID, media: str, content: bytes) -> Response:
    """A picture as a file: it is shown by the page that asked, and nowhere else."""
    name = f"{photo_id}.{media.rpartition('/')[2]}"
    return Response(content, media_type=media, headers=as_file(name))


class StrictRequest(Request):
    """A request whose JSON is JSON: no NaN, no endless numbers, no broken text."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = from_json(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """A route that reads its body strictly."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


class PhoneRequest(Request):
    """A phone's request: what cannot be kept is taken out of it, not refused.

    A phone that were refused would send the same batch for ever.
    """

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = _kept(_loads((await self.body()).replace(_NUL, b"")))
        return self._json


class PhoneRoute(APIRoute):
    """A route that makes the best of its body."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def patiently(request: Request) -> Response:
            return await handle(PhoneRequest(request.scope, request.receive))

        return patiently


def from_json(body: bytes) -> Any:
    """Read JSON as the standard has it.

    Raises:
        JSONDecodeError: it is not JSON, or holds what no database would keep.
    """
    if _NUL in body:
        _refuse("a NUL character")
    content = _loads(body)
    if _kept(content) != content:
        _refuse("half a character")
    return content


def _loads(body: bytes) -> Any:
    try:
        return json.loads(
            body, parse_constant=_refuse, parse_float=_finite, parse_int=_whole
        )
    except (UnicodeError, RecursionError) as error:
        raise json.JSONDecodeError("unreadable text", "", 0) from error


def _kept(content: Any) -> Any:
    """The same without halves of characters, which no database keeps."""
    if isinstance(content, str):
        return content.encode("utf-8", "replace").decode()
    if isinstance(content, list):
        return [_kept(one) for one in content]
    if isinstance(content, dict):
        return {_kept(name): _kept(one) for name, one in content.items()}
    return content


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        _refuse("a number without end")
    return number


def _whole(text: str) -> int:
    if len(text) > 19:
        _refuse("a number without end")
    return int(text)


def _refuse(what: str) -> NoReturn:
    raise json.JSONDecodeError(f"not JSON: {what}", "", 0)
