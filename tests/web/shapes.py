"""What an answer holds, held against the shape that its door promises."""

from collections.abc import Iterator
from typing import Any

from tests.web.asking import Spec

OPEN = "…"  # the names in it are data: anything may stand here


def promised(spec: Spec, route: str) -> Spec | None:
    """The shape of a door's good answer; None if it names none, or is no JSON."""
    method, path = route.split()
    answers = spec["paths"][path][method.lower()]["responses"]
    good: Spec = next((answers[code] for code in answers if code.startswith("2")), {})
    schema: Spec | None = (
        good.get("content", {}).get("application/json", {}).get("schema")
    )
    return schema or None


def choices(spec: Spec, shape: Spec) -> Iterator[Spec]:
    """Each plain shape that this one may be."""
    if "$ref" in shape:
        yield from choices(spec, named(spec, shape["$ref"]))
    elif several := [*shape.get("anyOf", ()), *shape.get("oneOf", ())]:
        for one in several:
            yield from choices(spec, one)
    else:
        yield shape


def named(spec: Spec, reference: str) -> Spec:
    found: Spec = spec["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return found


def beyond(spec: Spec, shape: Spec, said: Any, path: str = "") -> Iterator[str]:
    """The way to each name in what is said that the shape does not hold."""
    if isinstance(said, list):
        items = [one["items"] for one in choices(spec, shape) if "items" in one]
        for each in said:
            for one in items[:1]:
                yield from beyond(spec, one, each, f"{path}[]")
    elif isinstance(said, dict):
        objects = [one for one in choices(spec, shape) if _is_object(one)]
        for name, value in said.items():
            inner = [found for one in objects if (found := _inner(one, name))]
            if not inner:
                yield f"{path}.{name}"
            elif OPEN not in inner[0]:
                yield from beyond(spec, inner[0], value, f"{path}.{name}")


def _is_object(shape: Spec) -> bool:
    return shape.get("type") == "object" or not shape


def _inner(shape: Spec, name: str) -> Spec | None:
    if name in shape.get("properties", {}):
        found: Spec = shape["properties"][name]
        return found or {OPEN: True}
    more = shape.get("additionalProperties", not shape)
    if more is True or more == {}:
        return {OPEN: True}
    return more or None


def reached(spec: Spec, shape: Spec) -> Iterator[str]:
    """The names of all shapes within a shape, itself among them."""
    found, left = set[str](), list[Any]([shape])
    while left:
        one = left.pop()
        if isinstance(one, list):
            left += one
        elif isinstance(one, dict):
            if reference := one.get("$ref"):
                name = str(reference).rsplit("/", 1)[1]
                if name not in found:
                    found.add(name)
                    left.append(named(spec, str(reference)))
            left += [each for each in one.values() if isinstance(each, dict | list)]
    yield from sorted(found)
