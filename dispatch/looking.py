"""Looking again and again beside a process's main work, in a thread of its own."""

import threading
from collections.abc import Callable
from traceback import format_tb

import structlog

log = structlog.get_logger()


def look_on(look: Callable[[], object], seconds: float, over: threading.Event) -> None:
    """Look, wait, look again, until it is over.

    Nothing ends it but the process: a thread that died would be missed by nobody.
    The log learns where trouble was; words and values may be a person's.
    """
    while not over.is_set():
        try:
            look()
        except Exception as trouble:  # noqa: BLE001 - looked at again next time
            where = format_tb(trouble.__traceback__)
            log.warning("a look failed", error=type(trouble).__name__, where=where)
        over.wait(seconds)
