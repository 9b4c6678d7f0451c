"""The guard before each door: which roles it lets in, as the app itself has it."""

from collections.abc import Iterator

from fastapi import FastAPI, routing
from fastapi.dependencies.models import Dependant

from web.deps import Only


def guards_of(app: FastAPI) -> dict[str, Only | None]:
    """By route the guard that stands before it, however deep; None: there is none."""
    return {
        f"{verb} {route.path}": next(_guards(route.dependant), None)
        for route in app.routes
        if isinstance(route, routing.APIRoute) and route.include_in_schema
        for verb in route.methods or ()
    }


def _guards(dependant: Dependant) -> Iterator[Only]:
    if isinstance(dependant.call, Only):
        yield dependant.call
    for one in dependant.dependencies:
        yield from _guards(one)
