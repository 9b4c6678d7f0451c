"""Requests that nobody would send: each part of a fitting one, bent in turn.

Drawn from a seed. What is bent stays close to what fits, so that it gets past the first
look: one field is wrong, and the others are right.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from tests.web.asking import NAMED, Doors, Form, Heard, Ids
from tests.web.matrix import NOT_ASKED, Matrix, ids_at
from tests.web.who_may import WHO_MAY

_LONG: Final = "长" * 5_000
# As they stand in JSON: Python's own writer would refuse some.
VALUES: Final = (
    *("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e308", "1e-400", "-0.0"),
    *("9" * 5_000, "9" * 19, "-" + "9" * 18, "9223372036854775808", "2147483648"),
    *("-1", "0", "0.1", "true", "null", "[]", "{}", "[null]", '{"": null}', '""'),
    *('" "', '"-"', '"\\u0000"', '"\\ud800"', '"\\u202e\\u2066"', f'"{_LONG}"'),
    *("[" * 5_000 + "]" * 5_000, '{"a":' * 3_000 + "1" + "}" * 3_000),
    *('"9999-12-31"', '"0001-01-01"', '"2026-02-29"', '"2026-13-01T25:61:61Z"'),
    *('"9999-12-31T23:59:59-14:00"', '"1e5"', '"NaN"', '"../../etc/passwd"'),
    *('"00000000-0000-0000-0000-000000000000"', '"\'; --"', '"%00%s{0}"', '"＝１"'),
)
BODIES: Final = (
    *(b"", b"null", b"[]", b'""', b"0", b"{", b"NaN", b"\xff\xfe{", b"\xef\xbb\xbf{}"),
    *(b"[" * 100_000, b'{"a":' * 50_000, b'{"":' + b"9" * 5_000 + b"}", b"{}{}"),
    *(b"PK\x03\x04", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"a,b\n1,2\n", b"\x00" * 64),
)
WORDS: Final = (
    *("", "NaN", "Infinity", "1e400", "9" * 400, "-1", "0", "true", "\x00", "\ud800"),
    *("长" * 300, "%s%n{0}", "' OR 1=1 --", "9999-12-31", "0001-01-01", "2026-W53"),
    *("../../etc/passwd", "[]", "\u202e", "٣", "１２", "2026-11-20T00:00:00+99:99"),
)
_NEVER_IN_A_PATH: Final = str.maketrans("", "", "/?#\x00\ud800")


@dataclass(frozen=True)
class Try:
    """One made-up request, told so that it can be sent again by hand."""

    route: str
    role: str
    told: str
    form: Form
    path: Mapping[str, str] = field(default_factory=dict)  # what stands in it instead

    async def send(self, matrix: Matrix) -> Heard:
        ids = ids_at(self.route, matrix.own)

        def bent(asked: str) -> str:
            return self.path.get(asked) or ids(asked)

        session = matrix.sessions[self.role]
        return await matrix.doors.send(self.route, session, bent, self.form)


def tries_of(matrix: Matrix, route: str, rng: Random, *, each: int) -> Iterator[Try]:
    """Bend every part of a route's request `each` times, as one role or another."""
    roles = sorted(WHO_MAY[route] & matrix.sessions.keys())
    ids, doors = ids_at(route, matrix.own), matrix.doors
    form = doors.form(route, ids)
    for _ in range(each):
        role = rng.choice(roles)
        for name in NAMED.findall(route):
            word = rng.choice(WORDS).translate(_NEVER_IN_A_PATH) or "-"
            yield Try(route, role, f"path {name}", form, {name: word})
        for name in doors.asked(route):
            word = rng.choice(WORDS).replace("\ud800", "?")
            bent = Form({**form.query, name: word}, form.kind, form.body)
            yield Try(route, role, f"?{name}={word[:20]!r}", bent)
        for told, body in _bodies(doors, route, ids, rng):
            yield Try(route, role, told, Form(form.query, form.kind, body))


def _bodies(
    doors: Doors, route: str, ids: Ids, rng: Random
) -> Iterator[tuple[str, bytes]]:
    form, fields = doors.form(route, ids), doors.fields(route, ids)
    if not form.body:
        return
    body = rng.choice(BODIES)
    yield f"body {body[:20]!r}", body
    for name in fields:
        word = rng.choice(VALUES)
        rest = {key: value for key, value in fields.items() if key != name}
        yield f"{name}: {word[:30]}", _with(rest, name, word)
        if rng.random() < 0.2:  # the name twice: the last one counts
            yield f"{name} twice: {word[:30]}", _with(fields, name, word)


def _with(fields: dict[str, Any], name: str, word: str) -> bytes:
    """A body of these fields, and behind them one more, as it stands."""
    rest = json.dumps(fields, ensure_ascii=False)[1:-1]
    return f"{{{rest}{', ' if rest else ''}{json.dumps(name)}: {word}}}".encode()


def bent_tries(matrix: Matrix, rng: Random, *, each: int) -> Iterator[Try]:
    """The same of every route."""
    for route in WHO_MAY:
        if route not in NOT_ASKED:
            yield from tries_of(matrix, route, rng, each=each)


async def broken_by(matrix: Matrix, tries: Iterable[Try]) -> tuple[int, list[str]]:
    """How many requests were made up, and those that broke something."""
    tried, broken = 0, []
    for one in tries:
        heard, tried = await one.send(matrix), tried + 1
        if heard.status >= 500:
            broken.append(f"{one.role} {one.route} {one.told}: {heard.status}")
    return tried, broken
