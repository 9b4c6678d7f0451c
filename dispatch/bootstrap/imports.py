"""Imports without the garbage collector, which would only look at what stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_for_good() -> Iterator[None]:
    """What is imported here is never looked at again by the collector.

    A process of ours imports some thousand classes: a quarter of its start went into
    looking for garbage among them, and later part of every full collection.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
