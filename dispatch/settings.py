"""Everything an operator may change; `docs/reference/settings.md` is tested for it."""

import os
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dispatch.inside import Allowed

CHECKOUT = Path(__file__).resolve().parent.parent
SECRETS = Path("/run/secrets")  # where containers find DISPATCH_… as files
STOCK_SECRET = "change-me"  # noqa: S105 - the value that is refused outside the demo

Seconds = Annotated[float, Field(gt=0)]


class Settings(BaseSettings):
    """Read from the environment (`DISPATCH_…`); starts with nothing set."""

    model_config = SettingsConfigDict(
        env_prefix="DISPATCH_",
        extra="ignore",
        frozen=True,
        secrets_dir=SECRETS if SECRETS.is_dir() else None,
    )

    stage: Literal["demo", "test", "live"] = Field(
        "live", description="demo shows its sign-ins and obeys a simulated clock"
    )
    home: Path = Field(
        CHECKOUT / ".dispatch", description="the folder of all state that we keep"
    )
    database_url: str | None = Field(
        None, description="SQLAlchemy address; default is SQLite under home"
    )
    redis_url: str | None = Field(
        None, description="Redis or Valkey; default is the bundled Valkey"
    )
    keys_file: Path | None = Field(
        None, description="encryption keys; default is keys.json under home"
    )
    backups: Path | None = Field(
        None, description="folder that backups go to; empty: none are made by itself"
    )
    keys_copy: Path | None = Field(
        None, description="folder, apart from the backups, for copies of the keys"
    )
    backup_minutes: int = Field(
        0, ge=0, description="between two backups; 0: 5 on SQLite, a day on PostgreSQL"
    )
    postgres_programs: Path | None = Field(
        None, description="folder of PostgreSQL's programs; default: looked for"
    )
    secret: SecretStr = Field(
        SecretStr(STOCK_SECRET), description="signs tickets and QR codes"
    )
    second_factor: bool | None = Field(
        None, description="officials sign in with an app's code, too; default: if live"
    )
    host: str = Field("127.0.0.1", description="address that the web listens on")
    port: int = Field(8600, ge=1, le=65535, description="port of the web")
    origins: str = Field(
        "", description="allowed page origins, comma separated; default: own address"
    )
    solve_seconds: Seconds = Field(10, le=300, description="time for one plan")
    solver_threads: int = Field(0, ge=0, le=64, description="0: all cores")
    solver_memory_mb: int = Field(4096, ge=256, description="memory of one solver")
    part_tasks: int = Field(
        3000, ge=10, description="larger plans are cut, and solved by all workers"
    )
    lease_seconds: Seconds = Field(8, description="a planner silent so long is dead")
    heartbeat_seconds: Seconds = Field(2, description="a planner says it lives")
    sweep_seconds: Seconds = Field(3, description="look for what was lost")
    pack_minutes: int = Field(
        30,
        ge=0,
        le=600,
        description="paper packs are made so long before boxes are ready",
    )
    photo_days: int = Field(
        730, ge=1, description="pictures from doors are thrown away after so long"
    )
    stored_value: bool = Field(
        False, description="points keep elders' own money for meals (饭票)"
    )
    purse_most_fen: int = Field(
        100_000, ge=0, description="the most that one elder may have kept, in fen"
    )
    print_command: str = Field(
        "", description="prints a PDF from its standard input; empty: people print"
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="opens /metrics from elsewhere; empty: nowhere else"
    )
    fail_points: str = Field(
        "", description="where the bench has processes fail; never in a live house"
    )

    sms_url: str = Field(
        "", description="gateway that takes messages as signed requests; empty: none"
    )
    sms_secret: SecretStr = Field(
        SecretStr(""), description="signs what goes to the gateway of messages"
    )
    group_url: SecretStr = Field(
        SecretStr(""), description="robot of the duty's chat (企业微信, 钉钉, 飞书)"
    )

    inner_hosts: str = Field(
        "", description="hosts and networks inside that may be called, comma separated"
    )

    geocoder: Literal["", "nominatim", "amap", "tianditu"] = Field(
        "", description="finds places by address; empty: nobody outside is asked"
    )
    geocoder_key: SecretStr = Field(
        SecretStr(""), description="the key of amap or tianditu"
    )
    geocoder_domain: str = Field(
        "", description="a server of one's own for it; default: the service's"
    )

    @model_validator(mode="after")
    def _live_needs_a_real_secret(self) -> Self:
        if self.stage == "live" and self.secret.get_secret_value() == STOCK_SECRET:
            raise ValueError("set DISPATCH_SECRET before going live")
        return self

    @model_validator(mode="after")
    def _live_fails_by_itself_alone(self) -> Self:
        if self.stage == "live" and self.fail_points:
            raise ValueError("DISPATCH_FAIL_POINTS is for the bench only")
        return self

    @model_validator(mode="after")
    def _inner_hosts_can_be_read(self) -> Self:
        Allowed.of(self.inner_hosts)
        return self

    @property
    def asks_second_factor(self) -> bool:
        """Whether officials need a code of an app besides their password."""
        told = self.second_factor
        return self.stage == "live" if told is None else told

    @property
    def database(self) -> str:
        """The database's address, SQLite under home unless told otherwise."""
        return self.database_url or f"sqlite:///{self.home / 'liuzhu.db'}"

    @property
    def keys(self) -> Path:
        """Where the encryption keys are, under home unless told otherwise."""
        return self.keys_file or self.home / "keys.json"


DEMO_MARK = "demo.json"  # in a home: what is there was made up by a demo


def home_folder() -> Path:
    """Where state lives, also for a command that needs no secret to run."""
    return Path(os.environ.get("DISPATCH_HOME") or CHECKOUT / ".dispatch")


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
