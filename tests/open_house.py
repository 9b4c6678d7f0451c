"""The web room in a thread of this process, and somebody's session before its doors."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session

from dispatch.access.accounts import Account, open_session
from dispatch.store.unit_of_work import Actor
from web.__main__ import listen


@contextmanager
def serving(app: FastAPI, **more: Any) -> Iterator[str]:
    """Its address, on a port that is its own; further words go to Uvicorn."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", access_log=False, **more
    )
    server = uvicorn.Server(config)
    listening = listen(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def session_of(engine: Engine, actor: Actor) -> tuple[str, str]:
    """The cookie of somebody who is signed in, and its token for forms."""
    with Session(engine) as session:
        tokens = open_session(session, session.get_one(Account, actor.account_id))
        session.commit()
    return tokens
