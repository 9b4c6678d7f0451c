"""The compose file is right, as far as that can be told without an engine.

Its shape is held against a schema, its names against each other and against the
settings; then each service of ours runs its own command and its own health check,
as a real process on loopback, with PostgreSQL and Valkey beside it.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml
from redis import Redis
from redis.exceptions import NoPermissionError

from dispatch.chaos.stack import free_port
from dispatch.embedded import tether
from dispatch.settings import Settings
from tests.postgres import PostgresServer

ROOT: Final = Path(__file__).resolve().parent.parent
COMPOSE: Final[dict[str, Any]] = yaml.safe_load(
    (ROOT / "docker-compose.yml").read_text()
)
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
OURS: Final = [name for name, service in SERVICES.items() if "build" in service]
RUNNING: Final = [name for name in OURS if "healthcheck" in SERVICES[name]]
PATIENCE_SECONDS: Final = 180

WORDS: Final = {"type": "array", "items": {"type": "string"}, "minItems": 1}
TIME: Final = {"type": "string", "pattern": r"^\d+s$"}
SCHEMA: Final = {
    "type": "object",
    "required": ["services"],
    "propertyNames": {"pattern": "^(services|secrets|networks|volumes|x-.+)$"},
    "properties": {
        "services": {"additionalProperties": {"$ref": "#/$defs/service"}},
        "secrets": {
            "additionalProperties": {
                "required": ["file"],
                "properties": {"file": {"pattern": r"^\./secrets/"}},
                "additionalProperties": False,
            }
        },
    },
    "$defs": {
        "service": {
            "type": "object",
            "required": ["image", "restart"],
            "properties": {
                "image": {"type": "string"},
                "build": {"type": "string"},
                "restart": {"enum": ["no", "unless-stopped"]},
                "init": {"type": "boolean"},
                "command": WORDS,
                "environment": {"additionalProperties": {"type": "string"}},
                "secrets": WORDS,
                "volumes": WORDS,
                "networks": WORDS,
                "ports": WORDS,
                "mem_limit": {"pattern": r"^\d+[gm]$"},
                "shm_size": {"pattern": r"^\d+[gm]$"},
                "stop_grace_period": TIME,
                "depends_on": {
                    "additionalProperties": {
                        "required": ["condition"],
                        "properties": {
                            "condition": {
                                "enum": [
                                    "service_healthy",
                                    "service_completed_successfully",
                                ]
                            }
                        },
                    }
                },
                "healthcheck": {
                    "required": ["test", "interval", "timeout", "retries"],
                    "properties": {
                        "test": {**WORDS, "prefixItems": [{"const": "CMD"}]},
                        "interval": TIME,
                        "timeout": TIME,
                        "start_period": TIME,
                        "retries": {"type": "integer", "minimum": 1},
                    },
                    "additionalProperties": False,
                },
            },
            "additionalProperties": False,
        }
    },
}


def test_the_file_has_the_shape_of_a_compose_file() -> None:
    jsonschema.validate(COMPOSE, SCHEMA)


def test_the_services_are_those_of_the_product() -> None:
    assert {*SERVICES} == {"database", "redis", "migrate", "front", *RUNNING}
    assert RUNNING == ["web", "relay", "schedule", "work", "weeks"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_names_is_there(name: str) -> None:
    service = SERVICES[name]
    volumes = {words.split(":")[0] for words in service.get("volumes", [])}
    kept = {volume for volume in volumes if not volume.startswith("./")}

    assert {*service.get("secrets", [])} <= {*COMPOSE["secrets"]}
    assert {*service.get("networks", [])} <= {*COMPOSE["networks"]}
    assert kept <= {*COMPOSE["volumes"]}
    assert all((ROOT / file).is_file() for file in volumes - kept)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_only_for_what_can_come(name: str) -> None:
    for other, needs in SERVICES[name].get("depends_on", {}).items():
        waits_for_health = needs["condition"] == "service_healthy"
        assert waits_for_health == ("healthcheck" in SERVICES[other])


@pytest.mark.parametrize("name", OURS)
def test_every_setting_that_is_given_exists(name: str) -> None:
    given = {*SERVICES[name]["environment"], *map(str.upper, SERVICES[name]["secrets"])}
    known = {f"DISPATCH_{field.upper()}" for field in Settings.model_fields}

    assert {word for word in given if word.startswith("DISPATCH_")} <= known


def test_only_the_front_is_open_to_the_world() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == [
        "front"
    ]
    outside = {name for name in SERVICES if "outside" in SERVICES[name]["networks"]}
    assert outside == {"web", "relay", "front"}


def test_planners_can_be_many() -> None:
    assert not {"container_name", "ports"} & {*SERVICES["work"]}


def test_the_front_speaks_to_the_web_where_it_listens() -> None:
    port = SERVICES["web"]["environment"]["DISPATCH_PORT"]

    assert f"reverse_proxy web:{port}" in (ROOT / "Caddyfile").read_text()


def test_what_the_image_copies_is_in_the_checkout() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ")]
    own = [word for words in copied if "--from" not in words[0] for word in words]

    assert own
    assert [word for word in own if not (ROOT / word).exists()] == []


def redis_rules() -> dict[str, list[str]]:
    """What each user of Redis may do, by the words at the top of the file."""
    top = (ROOT / "docker-compose.yml").read_text()
    (printed,) = re.findall(r"printf '(user default .*)\\n'", top)
    users = [line.split()[1:] for line in printed.split("\\n")]
    return {name: rules for name, *rules in users}


@pytest.fixture
def our_redis(redis_url: str) -> Iterator[str]:
    """The address for a user who may do what the compose file lets ours do."""
    password = "of-this-test"
    rules = [word.replace("%s", password) for word in redis_rules()["liuzhu"]]
    with Redis.from_url(redis_url) as redis:
        redis.execute_command("ACL", "SETUSER", "liuzhu", *rules)
        yield redis_url.replace("://", f"://liuzhu:{password}@")
        redis.acl_deluser("liuzhu")


@pytest.mark.proves("F98")
def test_who_has_no_password_may_ask_redis_only_whether_it_lives(
    our_redis: str,
) -> None:
    with Redis.from_url(our_redis) as redis:
        redis.ping()
        for words in (("FLUSHALL",), ("CONFIG", "GET", "*"), ("KEYS", "*"), ("SAVE",)):
            with pytest.raises(NoPermissionError):
                redis.execute_command(*words)
    assert redis_rules()["default"][2:] == [
        "resetkeys",
        "resetchannels",
        "-@all",
        "+ping",
    ]


def image_words(instruction: str) -> list[str]:
    """What the image's last ENTRYPOINT or CMD says."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    found = [line for line in lines if line.startswith(f"{instruction} [")]
    words: list[str] = json.loads(found[-1].removeprefix(instruction))
    return words


@pytest.fixture
def surroundings(
    postgres_server: PostgresServer, our_redis: str, tmp_path: Path
) -> dict[str, str]:
    """The environment of the containers, with loopback in place of their network."""
    port = free_port()
    environment = {
        **SERVICES["web"]["environment"],
        "DISPATCH_HOME": str(tmp_path),
        "DISPATCH_REDIS_URL": our_redis,
        "DISPATCH_DATABASE_URL": postgres_server.create(f"compose_{port}"),
        "DISPATCH_SECRET": "a secret of this test",
        "DISPATCH_KEYS_FILE": str(tmp_path / "keys.json"),
        "DISPATCH_ORIGINS": f"http://127.0.0.1:{port}",
        "DISPATCH_HOST": "127.0.0.1",
        "DISPATCH_PORT": str(port),
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, **environment, "PATH": path}


def run(words: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, env=env, cwd=ROOT, capture_output=True, text=True)


def started(name: str, env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    words = [*image_words("ENTRYPOINT"), *SERVICES[name]["command"]]
    with log.open("ab") as file:
        return tether.start(words, file, env=env, cwd=ROOT)


def is_healthy(name: str, env: dict[str, str]) -> bool:
    return run(SERVICES[name]["healthcheck"]["test"][1:], env).returncode == 0


def test_every_service_of_ours_starts_and_gets_healthy(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    keys = run([*image_words("ENTRYPOINT"), "make-keys"], surroundings)
    (tmp_path / "keys.json").write_text(keys.stdout)
    migrate = [*image_words("ENTRYPOINT"), *SERVICES["migrate"]["command"]]
    migrated = run(migrate, surroundings)
    assert migrated.returncode == 0, migrated.stderr
    assert not is_healthy("relay", surroundings)

    log = tmp_path / "compose.log"
    processes = {name: started(name, surroundings, log) for name in RUNNING}
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        for name in RUNNING:
            while not is_healthy(name, surroundings):
                assert time.monotonic() < deadline, (name, log.read_text()[-4000:])
                time.sleep(1)  # each look is a process of its own
        assert [name for name in RUNNING if processes[name].poll() is not None] == []
    finally:
        ends = list(stop(processes.values()))
    orderly = {0, -signal.SIGTERM}  # uvicorn ends by the signal, when all is done
    assert {*ends} <= orderly, log.read_text()[-4000:]


def stop(processes: Any) -> Iterator[int]:
    """End them as an engine does: SIGTERM, then patience."""
    for process in processes:
        process.terminate()
    for process in processes:
        yield process.wait(PATIENCE_SECONDS)


def test_the_image_serves_when_told_nothing() -> None:
    assert image_words("CMD") == SERVICES["web"]["command"]
    assert shlex.join(image_words("ENTRYPOINT")) == "python3 -m dispatch"
