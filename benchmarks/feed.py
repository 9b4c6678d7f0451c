"""How soon open pages hear what happened, and what a storm or a deaf page does to that.

    python3 benchmarks/feed.py [SOCKETS [SECONDS [STORM]]]

A web process and a relay of their own on a new SQLite file; 20 events a second are
written as the product writes them, each timed from before its transaction to the moment
at which a page has it. Pages are open sockets of one process, each with a session; its
collector rests as they listen, and the writer's first, cold second is not counted.
"""

import asyncio
import gc
import json
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from uuid import UUID

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.pages import PROTOCOL, Pages  # noqa: E402

EVENTS_A_SECOND: Final = 20
_AT_ONCE: Final = 50
_WRITER: Final = """
import sys, threading, time
from uuid import uuid4
import dispatch.store.tables
from dispatch.log.events import record
from dispatch.relaying import relay_on
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import in_one_transaction
engine, stop = make_engine(sys.argv[1]), threading.Event()
relay = threading.Thread(target=relay_on, args=(engine, lambda _: None, stop))
relay.start()
begin, gap = time.monotonic(), 1 / float(sys.argv[3])
number = 0
while time.monotonic() - begin < float(sys.argv[2]):
    wave, at = uuid4(), time.monotonic()
    in_one_transaction(engine, lambda uow: record(uow, "wave.asked", "wave", wave))
    print(wave, at, flush=True)
    number += 1
    time.sleep(max(0, begin + number * gap - time.monotonic()))
time.sleep(2)
stop.set()
relay.join()
"""


def main() -> int:
    usual = ["300", "30", "2000"]
    words = [*sys.argv[1:], *usual[len(sys.argv) - 1 :]]
    sockets, seconds, storm = map(int, words)
    with tempfile.TemporaryDirectory(prefix="liuzhu-feed-") as folder:
        os.environ |= {"DISPATCH_HOME": folder, "DISPATCH_STAGE": "test"}
        measured = asyncio.run(measure(Path(folder), sockets, seconds, storm))
    sys.stdout.write(json.dumps(measured) + "\n")
    return 0


async def measure(folder: Path, sockets: int, seconds: int, storm: int) -> Any:
    """Latency, a page that never reads, then the storm."""
    from dispatch.chaos.stack import free_port
    from dispatch.store.database import Database
    from dispatch.store.engine import make_engine
    from dispatch.store.migrate import upgrade

    url = f"sqlite:///{folder / 'feed.db'}"
    upgrade(url)
    database = Database(make_engine(url))
    tokens = _sessions(database, max(sockets, storm))
    port = free_port()
    told = {"DISPATCH_DATABASE_URL": url, "DISPATCH_PORT": str(port)}
    web = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "web", env={**os.environ, **told}, cwd=ROOT
    )
    try:
        await _until_ready(port, web)
        pages = Pages(port, database, tokens[:sockets])
        came = await pages.all(_AT_ONCE)
        spent, began = _cpu_seconds(web.pid), time.monotonic()
        calm = await _listen(pages, url, seconds)
        share = (_cpu_seconds(web.pid) - spent) / (time.monotonic() - began)
        deaf = asyncio.create_task(asyncio.to_thread(_never_read, pages, tokens[0]))
        noisy = await _listen(pages, url, 25)
        await pages.drop()
        pages.tokens = tokens[:storm]
        began = time.monotonic()
        back = await pages.all(storm, spread=0.5)
        live = time.monotonic() - began
        return {
            "sockets": sockets,
            "load": round(os.getloadavg()[0], 1),
            "opened_all_seconds": round(max(came), 2),
            "calm": calm,
            "web_of_one_core": round(share, 2),
            "beside_a_deaf_page": noisy,
            "deaf_gone_seconds": round(await deaf, 1),
            "storm": storm,
            "storm_live": len(pages.open),
            "storm_all_live_seconds": round(live, 1),
            "storm_p95_seconds": round(_share(back, 0.95), 1),
        }
    finally:
        web.send_signal(signal.SIGTERM)
        await web.wait()
        database.close()


async def _listen(pages: Pages, url: str, seconds: int) -> Any:
    """Write events for so long; how late each page heard of each, in milliseconds."""
    pages.heard()
    words = _WRITER, url, str(seconds + 1), str(EVENTS_A_SECOND)
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", *words, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    gc.disable()
    said, _ = await writer.communicate()
    gc.enable()
    lines = (line.split() for line in said.decode().splitlines()[EVENTS_A_SECOND:])
    sent = {name: float(at) for name, at in lines}
    late = [1000 * (at - sent[name]) for name, at in pages.heard() if name in sent]
    return {
        "events": len(sent),
        "heard": len(late),
        "missed": len(sent) * len(pages.tokens) - len(late),
        "p50_ms": round(_share(late, 0.5)),
        "p99_ms": round(_share(late, 0.99)),
        "max_ms": round(max(late, default=0)),
    }


def _never_read(pages: Pages, token: str) -> float:
    """Open a socket, ask for news, read nothing; seconds until the server lets go."""
    from websockets.sync.client import connect
    from websockets.typing import Origin, Subprotocol

    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.connect(("127.0.0.1", pages.port))
    link = connect(
        f"ws://127.0.0.1:{pages.port}/api/feed",
        sock=small,
        origin=Origin(f"http://127.0.0.1:{pages.port}"),
        subprotocols=[Subprotocol(PROTOCOL), Subprotocol(f"t.{pages._ticket(token)}")],
        additional_headers={"Cookie": f"liuzhu_session={token}"},
        compression=None,
        max_queue=1,
        ping_interval=None,
        legacy=True,
    )
    hello = json.loads(link.recv())
    asked = {"epoch": hello["epoch"], "seq": max(0, hello["head"] - 480)}
    began = time.monotonic()
    link.send(json.dumps({"t": "resume", **asked}))
    own = f":{small.getsockname()[1]:04X}"
    while time.monotonic() - began < 60 and _server_holds(own):
        time.sleep(0.2)
    return time.monotonic() - began


def _server_holds(port: str) -> bool:
    """The server's end of a connection from this port still stands."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    established = "01"
    return any(
        remote.endswith(port) and state == established
        for _, _, remote, state, *_ in map(str.split, lines)
    )


def _cpu_seconds(pid: int) -> float:
    """What a process has had of the processors."""
    told = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _sessions(database: Any, count: int) -> list[str]:
    """So many people of the district who are signed in."""
    import hashlib
    from datetime import timedelta

    from dispatch.access.accounts import Account, Role, SignedIn
    from dispatch.clock import wall_now

    tokens = [f"page-{number}" for number in range(count)]

    def do(uow: Any) -> None:
        account = Account(login="all", password_hash="-", role=Role.DISTRICT, title="-")
        uow.session.add(account)
        uow.session.flush()
        uow.session.add_all(_session(each, account.id) for each in tokens)

    def _session(token: str, account_id: UUID) -> Any:
        digest = hashlib.sha256(token.encode()).hexdigest()
        until = wall_now() + timedelta(hours=2)
        return SignedIn(
            token_sha256=digest, account_id=account_id, csrf="-", expires_at=until
        )

    database.change(do)
    return tokens


def _share(values: list[float], share: float) -> float:
    ranked = sorted(values) or [0.0]
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


async def _until_ready(port: int, web: asyncio.subprocess.Process) -> None:
    from dispatch.running import web_is_ready

    while not await asyncio.to_thread(web_is_ready, f"http://127.0.0.1:{port}"):
        if web.returncode is not None:
            raise SystemExit("the web process does not start")
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
