"""The doors that made-up people use: the HTTP of everybody, signed in by account."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

import httpx

from dispatch.demo.accounts import PASSWORD
from dispatch.promises.history import history_file

_TRIES: Final = 14
_LONGEST_PAUSE_SECONDS: Final = 3.0
_AT_ONCE: Final = 12
_SECONDS: Final = 60.0
_KEYS: Final = UUID("6c697a68-7500-4000-8000-000000000001")
Json = dict[str, Any]


class Trouble(Exception):
    """A door answered in a way that its contract does not know."""


class Notes:
    """What the people of the day were told, written down as it comes."""

    def __init__(self, home: Path) -> None:
        self._file = history_file(home)
        self.answers: Counter[str] = Counter()
        self.troubles: list[str] = []

    def note(self, **line: object) -> None:
        with self._file.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(line, default=str) + "\n")

    def trouble(self, words: str) -> None:
        self.troubles.append(words)


class Street:
    """The way to the house: one address, and so many requests at once."""

    def __init__(self, address: str, notes: Notes) -> None:
        self.address = address
        self.notes = notes
        self.room = asyncio.Semaphore(_AT_ONCE)
        limits = httpx.Limits(max_connections=_AT_ONCE + 4)
        self._transport = httpx.AsyncHTTPTransport(limits=limits)

    def client(self) -> httpx.AsyncClient:
        """A browser of somebody's own, on the shared line."""
        return httpx.AsyncClient(
            base_url=self.address, transport=_Shared(self._transport), timeout=_SECONDS
        )

    async def close(self) -> None:
        await self._transport.aclose()


class _Shared(httpx.AsyncBaseTransport):
    """One pool of connections for many browsers, that none of them closes."""

    def __init__(self, inner: httpx.AsyncHTTPTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._inner.handle_async_request(request)


class Door:
    """Somebody signed in. `ask` gives the answer's JSON, `None` when refused."""

    def __init__(self, street: Street, login: str) -> None:
        self.login = login
        self.me: Json = {}
        self._street = street
        self._client = street.client()
        self._lock = asyncio.Lock()
        self._keys = 0

    @property
    def address(self) -> str:
        return self._street.address

    @property
    def notes(self) -> Notes:
        return self._street.notes

    @property
    def cookies(self) -> str:
        """What a browser sends along when it opens a socket."""
        return "; ".join(
            f"{name}={value}" for name, value in self._client.cookies.items()
        )

    async def sign_in(self) -> Json:
        """Once; further calls find who it is."""
        async with self._lock:
            if not self.me:
                form = {"login": self.login, "password": PASSWORD}
                answer = await self._send("POST", "/api/sign-in", json=form)
                if answer.status_code != 200:
                    raise Trouble(f"{self.login} cannot sign in: {answer.text}")
                self.me = answer.json()
        return self.me

    def key(self) -> str:
        """A new idempotency key, the same in each run of the day."""
        self._keys += 1
        return str(uuid5(_KEYS, f"{self.login} {self._keys}"))

    async def get(self, path: str, **query: object) -> Any:
        """Read something; raises Trouble when it cannot be read."""
        params = {
            name: str(value) for name, value in query.items() if value is not None
        }
        await self.sign_in()
        answer = await self._send("GET", path, params=params)
        if answer.status_code != 200:
            raise Trouble(
                f"{self.login} GET {path}: {answer.status_code} {answer.text}"
            )
        return answer.json()

    async def status_of(self, path: str) -> int:
        """Only how the house answers."""
        await self.sign_in()
        return (await self._send("GET", path)).status_code

    async def post(
        self,
        path: str,
        body: Json,
        *,
        key: str | None = None,
        expected: tuple[int, ...] = (),
    ) -> tuple[int, Json]:
        """Do something; refusals are answers like others, failures are noted."""
        me = await self.sign_in()
        headers = {"X-CSRF": me["csrf"]}
        if key:
            headers["Idempotency-Key"] = key
        answer = await self._send("POST", path, json=body, headers=headers)
        status = answer.status_code
        odd = status >= 500 or status in (400, 401, 403, 404, 405, 422)
        if odd and status not in expected:
            self.notes.trouble(
                f"{self.login} POST {path}: {status} {answer.text[:300]}"
            )
        return status, answer.json() if answer.content else {}

    async def _send(self, method: str, path: str, **how: Any) -> httpx.Response:
        """Again and again with the same key while the house is not there."""
        for attempt in range(1, _TRIES + 1):
            try:
                async with self._street.room:
                    answer = await self._client.request(method, path, **how)
                if answer.status_code != 503 or attempt == _TRIES:
                    self.notes.answers[f"{method} {answer.status_code}"] += 1
                    return answer
            except httpx.TransportError:
                if attempt == _TRIES:
                    raise
            await asyncio.sleep(min(_LONGEST_PAUSE_SECONDS, 0.2 * 2**attempt))
        raise AssertionError("unreachable")
