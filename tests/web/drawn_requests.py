"""Requests as Schemathesis draws them from the document of our routes.

Where what is drawn names somebody's thing, ours is put in its place: a number that
nobody has gets no further than the door.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.web.asking import Form, Ids
from tests.web.made_up import Try
from tests.web.matrix import NOT_ASKED, Matrix, ids_at
from tests.web.who_may import WHO_MAY

_ALL: Final = list(HealthCheck)


def drawn_tries(matrix: Matrix, number: int, each: int) -> Iterator[Try]:
    """So many fitting and so many unfitting requests of every route, by a number; the
    roles that may knock take turns."""
    schema = schemathesis.openapi.from_dict(dict(matrix.doors.spec))
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), "our document is one that can be read"
        operation = found.ok()
        route = f"{operation.method.upper()} {operation.path}"
        roles = sorted(WHO_MAY[route] & matrix.sessions.keys())
        if route in NOT_ASKED:
            continue
        ids = ids_at(route, matrix.own)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            strategy = operation.as_strategy(generation_mode=mode)
            for n, case in enumerate(_draw(strategy, number, each)):
                told = f"{mode.value} {n} of {number}"
                yield _as_try(route, roles[n % len(roles)], told, case, ids)


def _draw(strategy: Any, number: int, each: int) -> list[Any]:
    drawn: list[Any] = []

    @seed(number)
    @settings(
        max_examples=each,
        database=None,
        deadline=None,
        suppress_health_check=_ALL,
        phases=[Phase.generate],
    )
    @given(strategy)
    def take(case: Any) -> None:
        drawn.append(case)

    with suppress(Unsatisfiable):  # nothing of this route can be wrong
        take()
    return drawn


def _as_try(route: str, role: str, told: str, case: Any, ids: Ids) -> Try:
    path = {
        name: ids(name) if name.endswith("_id") else str(value)
        for name, value in (case.path_parameters or {}).items()
    }
    query = {
        name: _ours(name, value, ids) for name, value in (case.query or {}).items()
    }
    kind, body = case.media_type or "application/json", case.body
    if not isinstance(body, bytes):
        sent = "" if "NotSet" in type(body).__name__ else json.dumps(_with(body, ids))
        body = sent.encode("utf-8", "replace")
    return Try(route, role, told, Form(query, kind, body), path)


def _with(said: Any, ids: Ids) -> Any:
    if isinstance(said, list):
        return [_with(one, ids) for one in said]
    if isinstance(said, dict):
        return {
            name: _ours(name, _with(value, ids), ids) for name, value in said.items()
        }
    return said


def _ours(name: str, value: Any, ids: Ids) -> Any:
    return ids(name) if name.endswith("_id") and isinstance(value, str) else value
