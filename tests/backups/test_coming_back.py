"""A backup is made while the house runs, comes back elsewhere, and proves whole."""

import json
import signal
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Engine, event, text
from sqlmodel import Session, func, select

from dispatch.access.accounts import Account, open_session
from dispatch.access.tickets import give_ticket
from dispatch.backups.copying import COPY, CopyFailed
from dispatch.backups.drilling import drill
from dispatch.backups.making import HOME, make_backup
from dispatch.backups.runs import RunKind, find_last
from dispatch.backups.shelf import MANIFEST, read_manifest
from dispatch.cli import cli
from dispatch.log.feed import feed_position
from dispatch.orders.orders import Order
from dispatch.people.vault import keys, new_keys
from dispatch.planning.leases import Hold, renew, take
from dispatch.planning.waves import PlanRequest
from dispatch.settings import Settings, settings
from dispatch.store.engine import make_engine
from dispatch.store.unit_of_work import UnitOfWork
from tests.engines import ON_ONE_ENGINE
from tests.little_town import EIGHT, LittleTown
from tests.planning.lunch_wave import ask, order_lunch

SHELF, KEYS = "shelf", "keys-apart"


@pytest.fixture
def house(
    town: LittleTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A town with a lunch, a planner at work, somebody signed in whose page was about
    to follow the feed; all in one home, the keys under a name of their own."""
    keys()
    order_lunch(town)
    assert take(town.engine, ask(town)) is not None
    with Session(town.engine) as session:
        account = session.exec(select(Account).limit(1)).one()
        token, _ = open_session(session, account)
        give_ticket(UnitOfWork(session, EIGHT, town.staff), token)
        session.commit()
    home = tmp_path / "home"
    home.mkdir()
    home.joinpath("secrets.json").write_bytes(settings().keys.read_bytes())
    tmp_path.joinpath("elsewhere").write_bytes(b"roads")
    home.joinpath("roads.npz").symlink_to(tmp_path / "elsewhere")
    for name, told in {
        "HOME": home,
        "KEYS_FILE": home / "secrets.json",
        "DATABASE_URL": town.engine.url.render_as_string(hide_password=False),
        "BACKUPS": tmp_path / SHELF,
        "KEYS_COPY": tmp_path / KEYS,
    }.items():
        monkeypatch.setenv(f"DISPATCH_{name}", str(told))
    settings.cache_clear()
    return settings()


@pytest.fixture(autouse=True)
def _forget_settings() -> Iterator[None]:
    yield
    settings.cache_clear()


def run(*words: str | Path, answer: str = "") -> Result:
    return CliRunner().invoke(cli, [*map(str, words)], input=answer)


def told(result: Result) -> dict[str, object]:
    told: dict[str, object] = json.loads(result.stdout.strip().splitlines()[-1])
    return told


@ON_ONE_ENGINE
@pytest.mark.proves("F32")
def test_what_comes_back_is_whole_and_begins_anew(
    town: LittleTown,
    house: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    made = run("backup")
    order_lunch(town)  # after the backup: this one is lost, and said to be
    with Session(town.engine) as session:
        epoch, head = feed_position(session)
    back = run("restore", "--into", "new")

    assert (made.exit_code, back.exit_code) == (0, 0), back.output
    assert told(back)["broken"] == []
    assert (told(back)["leases"], told(back)["sessions"]) == (1, 2)
    assert told(back)["into"] == str(tmp_path / "new")
    assert "is gone" in back.stderr
    assert (tmp_path / "new" / "roads.npz").read_bytes() == b"roads"
    engine = make_engine(f"sqlite:///{tmp_path / 'new' / COPY}")
    with Session(engine) as session:
        new_epoch, new_head = feed_position(session)
        assert new_epoch != epoch
        assert new_head >= head
        assert session.exec(select(func.count()).select_from(Order)).one() == 1
        request = session.exec(select(PlanRequest)).one()
        run_of = find_last(session, RunKind.RESTORE)
        assert run_of is not None
        assert run_of.passed
    late = Hold(PlanRequest, request.id, request.fence - 1, request.attempt)
    assert renew(engine, late) is False
    engine.dispose()


@ON_ONE_ENGINE
def test_the_keys_lie_apart_and_data_never_comes_over_data(
    house: Settings, tmp_path: Path
) -> None:
    assert run("backup").exit_code == 0
    shelf = tmp_path / SHELF
    inside = [file for file in shelf.rglob("*") if file.is_file()]
    secret = json.loads(house.keys.read_text())["keys"]["k1"]
    assert not any(secret.encode() in file.read_bytes() for file in inside)
    within = house.home / "rules" / "shelf"
    again = [run("backup", "--shelf", within) for _ in range(2)]
    assert [one.exit_code for one in again] == [0, 0], again[-1].output
    for archive in (*shelf.glob(f"*/{HOME}"), *within.glob(f"*/{HOME}")):
        with tarfile.open(archive) as tar:
            assert {*tar.getnames()} <= {"roads.npz", "rules"}
    assert [*(tmp_path / KEYS).glob("keys-*.json")]
    occupied = tmp_path / "occupied"
    occupied.mkdir()
    (occupied / "precious").touch()

    refused = run("restore", "--into", occupied)
    no = run("restore", "--into", occupied, "--replace", answer="n\n")
    assert refused.exit_code == no.exit_code == 1
    assert [*occupied.iterdir()] == [occupied / "precious"]
    yes = run("restore", "--into", occupied, "--replace", answer="y\n")
    assert yes.exit_code == 0, yes.output
    (aside,) = tmp_path.glob("occupied.before-*")
    assert (aside / "precious").exists()


def test_a_backup_that_failed_leaves_nothing_on_the_shelf(tmp_path: Path) -> None:
    gone = {"database_url": f"sqlite:///{tmp_path / 'gone.db'}", "home": tmp_path}
    chosen = Settings.model_validate({"stage": "test", **gone})

    with pytest.raises(CopyFailed):
        make_backup(chosen, tmp_path / SHELF)

    assert [*(tmp_path / SHELF).iterdir()] == []


@ON_ONE_ENGINE
def test_a_backup_that_is_told_to_stop_leaves_a_row_and_nothing_else(
    town: LittleTown, house: Settings, tmp_path: Path
) -> None:
    def stop(connection: Connection) -> None:
        if ".part" in str(connection.engine.url):  # the copy is there, half described
            signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    event.listen(Engine, "begin", stop)
    try:
        ended = run("backup")
    finally:
        event.remove(Engine, "begin", stop)
        signal.signal(signal.SIGTERM, before)

    assert ended.exit_code == 128 + signal.SIGTERM
    assert [*(tmp_path / SHELF).iterdir()] == []
    with Session(town.engine) as session:
        failed = find_last(session, RunKind.BACKUP)
        assert failed is not None
        assert (failed.passed, failed.words) == (False, "SystemExit: 143")


@ON_ONE_ENGINE
@pytest.mark.proves("F32")
def test_a_drill_touches_nothing_and_says_what_is_wrong(
    town: LittleTown, house: Settings, tmp_path: Path
) -> None:
    shelf = tmp_path / SHELF
    none = drill(house, shelf)
    make_backup(house, shelf)
    assert run("backup").exit_code == 0  # another, with the keys' copy
    with Session(town.engine) as session:
        before = feed_position(session)
    fine = run("drill")
    with Session(town.engine) as session:
        assert feed_position(session) == before
        passed = find_last(session, RunKind.DRILL, passed=True)
        assert passed is not None
    assert none.run.passed is False
    assert (fine.exit_code, told(fine)["lost_seconds"]) == (0, 0), fine.output

    latest = sorted(shelf.glob(f"*/{MANIFEST}"))[-1].parent
    (copied,) = (tmp_path / KEYS).glob("keys-*.json")
    copied.write_text(new_keys())
    keyless = drill(house, shelf)
    copy = latest / COPY
    copy.write_bytes(copy.read_bytes()[:-1] + b"?")
    bent = drill(house, shelf)
    assert "no copy of the keys" in keyless.broken[0]
    assert "is not as it was written" in bent.broken[0]
    with Session(town.engine) as session:
        failed = find_last(session, RunKind.DRILL)
        assert failed is not None
        assert not failed.passed
        assert "liuzhu.db" in failed.words
        assert read_manifest(latest).events > 0
        revision = session.connection().execute(text("select * from alembic_version"))
        assert revision.scalar_one() == read_manifest(latest).revision
