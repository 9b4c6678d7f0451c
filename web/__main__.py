"""`python -m web`: the web process."""

import gc
import socket
import sys
from typing import Any, Final

import uvicorn

from dispatch.bootstrap.imports import kept_for_good
from dispatch.settings import settings

LARGEST_MESSAGE_BYTES: Final = 16_384
DEAD_PEER_MS: Final = 15_000
SEND_BUFFER_BYTES: Final = 65_536
GRACE_SECONDS: Final = 5
# What is on its way to two thousand sockets is gone before anybody looks for garbage
# among it. At Python's own 700 it outlived two looks: full ones, of 230 ms, followed.
YOUNG_OBJECTS: Final = 50_000
TURN_SECONDS: Final = 0.0005  # of a thread: whoever has an answer waits no 5 ms for one
PING_SECONDS, PONG_SECONDS = 10.0, 8.0  # who reads nothing answers none: gone in 20 s

# Our own lines only: uvicorn's access log would write query strings.
LOGS: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "web.lines.OneLine",
            "fmt": "%(asctime)s %(levelname)s %(message)s",
        }
    },
    "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["err"], "level": "WARNING"},
    "loggers": {
        "liuzhu": {"handlers": ["err"], "level": "INFO", "propagate": False},
        "uvicorn": {"handlers": ["err"], "level": "WARNING", "propagate": False},
    },
}


def main() -> None:
    """Serve until told to stop."""
    with kept_for_good():  # the doors too: each full collection took 90 ms with them
        from web.app import create_app

        app = create_app()
    gc.set_threshold(YOUNG_OBJECTS)
    sys.setswitchinterval(TURN_SECONDS)
    config = uvicorn.Config(
        app,
        host=settings().host,
        port=settings().port,
        access_log=False,
        log_config=LOGS,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=5,
        ws_max_size=LARGEST_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listen(config)])


def listen(config: uvicorn.Config) -> socket.socket:
    """A listening socket whose connections die when the other end is gone.

    Without TCP_USER_TIMEOUT a phone that stops reading blocks its sender for ever.
    TCP_NODELAY is inherited by each connection; asyncio sets it only on sockets that
    name their protocol, and without it every answer waits 40 ms.
    """
    listening = config.bind_socket()
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    level, seconds = socket.IPPROTO_TCP, "TCP_USER_TIMEOUT"
    if hasattr(socket, seconds):
        listening.setsockopt(level, getattr(socket, seconds), DEAD_PEER_MS)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    return listening


if __name__ == "__main__":
    main()
