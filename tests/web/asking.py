"""A door asked without a port between: the app is called as a server would call it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import FastAPI
from sqlmodel import Session

from dispatch.clock import read_clock
from dispatch.store.database import Database
from dispatch.store.unit_of_work import SYSTEM, Actor, UnitOfWork

T = TypeVar("T")
Spec = Mapping[str, Any]
Ids = Callable[[str], str]  # what stands for a name: usually somebody's row
NAMED: Final = re.compile(r"\{(\w+)\}")
_ID: Final = "_id"
# A word that fits a pattern.
_FITS: Final[Mapping[str, str]] = {
    r"^20\d{2}-(0[1-9]|1[0-2])$": "2026-11",
    r"^20\d{2}(-(0[1-9]|1[0-2])|-W[0-5]\d)?$": "2026-11",
    r"^(AN\d\d|CB|CP)$": "AN01",
    r"^[A-Z][0-9]?$": "A",
    r"^[0-9A-Z]{18}$": "A" * 18,
    r"^\d+$": "1" * 6,
    r"^[A-Z0-9_]+$": "MEAL_DELIVERY",
    r"^[A-Z0-9-]+$": "A" * 8,
    r"^[a-z_]+$": "words",
    **dict.fromkeys((r"^[0-9+ -]{5,20}$", r"^[0-9+ -]*$"), "13800000000"),
    **dict.fromkeys((r"^[0-9+\-() ]*$", r"^[\d +-]*$"), "13800000000"),
    **{f"^[0-9a-f]{{{many}}}$": "0" * many for many in (16, 32, 64)},
    "^[0-9a-fA-F]{4}$": "0000",
}
_PLAIN: Final[Mapping[str, str]] = {
    "date": "2026-11-20",
    "date-time": "2026-11-20T00:00:00Z",
}


class Untouched(Database):
    """A database in which whatever is done is done, and taken back before the commit:
    each door finds it as the one before it did."""

    def change(self, do: Callable[[UnitOfWork], T], actor: Actor = SYSTEM) -> T:
        with Session(self.engine, expire_on_commit=False) as session:
            done = do(UnitOfWork(session, read_clock(session), actor))
            session.flush()
        return done  # closed without a commit


@dataclass(frozen=True)
class Heard:
    """An answer: its status, its kind and its words."""

    status: int
    kind: str
    body: bytes

    def content(self) -> Any:
        """What it says, if it is JSON; else None."""
        is_json = self.kind.startswith("application/json")
        return json.loads(self.body) if is_json and self.body else None


@dataclass(frozen=True)
class Form:
    """What goes along with a request: the query, the body and the body's kind."""

    query: Mapping[str, Any]
    kind: str
    body: bytes


@dataclass(frozen=True)
class Doors:
    """Every door of an app, each with a form that fits it."""

    app: FastAPI
    spec: Spec
    words: str = ""  # for every free text, also where none is asked for

    def routes(self) -> set[str]:
        """Every route but the pages, as `METHOD /path`."""
        paths = self.spec["paths"]
        return {
            f"{verb.upper()} {path}" for path, doors in paths.items() for verb in doors
        }

    def names(self, route: str) -> set[str]:
        """Whose things a door asks for, in its path, its query or its form."""
        found = set(NAMED.findall(route))

        def note(name: str) -> str:
            found.add(name)
            return ""

        self._form(route, note)
        return {name for name in found if name.endswith(_ID)}

    async def ask(self, route: str, session: tuple[str, str] | None, ids: Ids) -> Heard:
        """Knock with a fitting form about these things."""
        return await self.send(route, session, ids, self.form(route, ids))

    async def send(
        self, route: str, session: tuple[str, str] | None, ids: Ids, form: Form
    ) -> Heard:
        """Knock with this very form."""
        method, path = route.split()
        path = NAMED.sub(lambda found: ids(found[1]), path)
        headers = [
            (b"host", b"liuzhu.test"),
            (b"content-type", form.kind.encode()),
            (b"idempotency-key", b"matrix"),
        ]
        if session is not None:
            headers.append((b"cookie", f"liuzhu_session={session[0]}".encode()))
            headers.append((b"x-csrf", session[1].encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": urlencode(form.query, doseq=True).encode(),
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("liuzhu.test", 80),
        }
        begun: list[tuple[int, str]] = []
        pieces: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": form.body, "more_body": False}

        async def send(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                told = dict(message["headers"])
                kind = told.get(b"content-type", b"").decode()
                begun.append((message["status"], kind))
            pieces.append(message.get("body", b""))

        await self.app(scope, receive, send)
        return Heard(*begun[0], b"".join(pieces))

    def form(self, route: str, ids: Ids) -> Form:
        """A form that fits, about these things."""
        query, kind, body = self._form(route, ids)
        return Form(query, kind, body)

    def asked(self, route: str) -> list[str]:
        """Every name that its query may hold."""
        method, path = route.split()
        said = self.spec["paths"][path][method.lower()].get("parameters", ())
        return [one["name"] for one in said if one["in"] == "query"]

    def fields(self, route: str, ids: Ids) -> dict[str, Any]:
        """Every field that its form may hold, as it fits; none for other bodies."""
        method, path = route.split()
        body = self.spec["paths"][path][method.lower()].get("requestBody", {})
        schema = body.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return {}
        shape = self._resolved(schema)
        return {
            name: self._fitting(one, name, ids)
            for name, one in shape.get("properties", {}).items()
        }

    def _resolved(self, schema: Spec) -> Spec:
        """The shape itself, where another one is named; of several the first."""
        while True:
            if "$ref" in schema:
                called = schema["$ref"].rsplit("/", 1)[1]
                schema = self.spec["components"]["schemas"][called]
            elif choices := (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
                schema = choices[0]
            else:
                return schema

    def _form(self, route: str, ids: Ids) -> tuple[dict[str, Any], str, bytes]:
        """The least that a door asks for, and all that may name somebody's thing: its
        query, its body and the body's type."""
        method, path = route.split()
        said = self.spec["paths"][path][method.lower()]
        query = {
            one["name"]: self._fitting(one["schema"], one["name"], ids)
            for one in said.get("parameters", ())
            if one["in"] == "query"
            and (
                one.get("required")
                or _names(one["name"])
                or self._is_free(one["schema"])
            )
        }
        if "requestBody" not in said:
            return query, "application/json", b""
        ((kind, content),) = said["requestBody"]["content"].items()
        if kind != "application/json":
            return query, kind, b"-"
        form = self._fitting(content["schema"], "", ids)
        return query, kind, json.dumps(form).encode()

    def _is_free(self, schema: Spec) -> bool:
        """A text of which nothing is asked, in a round that fills each of them."""
        said = {"enum", "format", "pattern"} & set(schema)
        return bool(self.words) and schema.get("type") == "string" and not said

    def _fitting(self, schema: Spec, name: str, ids: Ids) -> Any:
        if "$ref" in schema:
            called = schema["$ref"].rsplit("/", 1)[1]
            return self._fitting(self.spec["components"]["schemas"][called], name, ids)
        for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            return self._fitting(choice, name, ids)
        if "enum" in schema or "const" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        match schema.get("type"):
            case "object":
                needed = schema.get("required", ())
                return {
                    key: self._fitting(one, key, ids)
                    for key, one in schema.get("properties", {}).items()
                    if key in needed or _names(key) or self._is_free(one)
                }
            case "array":
                one = self._fitting(schema["items"], name, ids)
                return [one] * schema.get("minItems", 0)
            case "integer" | "number":
                above = schema.get("exclusiveMinimum", 0) + 1
                return max(schema.get("minimum", 1), above)
            case "boolean":
                return True
            case _ if self._is_free(schema):
                return self.words[: schema.get("maxLength")]
            case _:
                return _word(schema, name, ids)


def _names(key: str) -> bool:
    return key.endswith(_ID)


def _word(schema: Spec, name: str, ids: Ids) -> str:
    if schema.get("format") == "uuid":
        return ids(name) or str(UUID(int=7))
    if plain := _PLAIN.get(str(schema.get("format"))):
        return plain
    if "pattern" in schema:
        shortest = int(schema.get("minLength", 1))
        return _FITS.get(str(schema["pattern"]), "1" * max(1, shortest))
    return "话" * max(2, int(schema.get("minLength", 1)))
