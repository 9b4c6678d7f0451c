"""The demo's guided tour between its page and its player: two small files in the home.

The player runs beside the supervisor, in another process than the web, so that it
outlives whatever the tour kills. Neither file exists in an ordinary house.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from sqlmodel import select

from dispatch.access.accounts import STAFF_HOURS, Account, open_session
from dispatch.access.greeting import HOMES
from dispatch.errors import NotFound
from dispatch.settings import settings
from dispatch.store.unit_of_work import UnitOfWork

SCENES: Final = ("morning", "plan", "leave", "kill")
AGAIN: Final = "again"
SITE: Final = "liuzhu.localhost"  # the page; each pane is a name under it
PANES: Final = ("station", "coordinator", "courier", "family", "office")
SESSION_HOURS: Final = STAFF_HOURS


@dataclass(frozen=True)
class Seat:
    """Who sits before one pane; a family has no login, their `home` is the link."""

    pane: str
    login: str
    home: str


@dataclass(frozen=True)
class Counted:
    """One thing counted before and after the processes were killed."""

    what: str
    before: int
    after: int


@dataclass(frozen=True)
class Killed:
    """One process of the house, by its process ids before and after."""

    name: str
    before: int
    after: int


@dataclass(frozen=True)
class TourBoard:
    """How far the tour is. `played` are the scenes that are over, `doing` the one
    that is being played, `broken` why it cannot go on."""

    played: list[str] = field(default_factory=list)
    doing: str = ""
    broken: str = ""
    seats: list[Seat] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    counted: list[Counted] = field(default_factory=list)
    killed: list[Killed] = field(default_factory=list)

    @classmethod
    def read(cls) -> Self | None:
        """What the player wrote last; None where no tour is on."""
        try:
            kept = json.loads(_file("board").read_text())
        except (OSError, ValueError):
            return None
        for name, kind in (("seats", Seat), ("counted", Counted), ("killed", Killed)):
            kept[name] = [kind(**one) for one in kept[name]]
        return cls(**kept)

    def write(self) -> None:
        """Show it to whoever looks, in one piece."""
        _put("board", asdict(self))


def is_on() -> bool:
    """Whether this installation is a demo that shows its tour."""
    return settings().stage == "demo" and _file("board").exists()


def board() -> TourBoard:
    """Raises: NotFound, where no tour is on."""
    found = TourBoard.read() if settings().stage == "demo" else None
    if found is None:
        raise NotFound
    return found


def wish(scene: str) -> TourBoard:
    """Ask the player for everything up to this scene. Raises: NotFound."""
    standing = board()
    if scene not in (*SCENES, AGAIN):
        raise NotFound
    _put("wish", {"scene": scene})
    return standing


def begin() -> None:
    """A new telling: nothing is played, nothing is wished for."""
    _file("wish").unlink(missing_ok=True)
    TourBoard().write()


def end() -> None:
    """No tour is on any more."""
    for part in ("wish", "board"):
        _file(part).unlink(missing_ok=True)


def wished() -> str:
    """The scene that the page asked for last."""
    try:
        return str(json.loads(_file("wish").read_text())["scene"])
    except (OSError, ValueError, KeyError):
        return SCENES[0]


def take_seat(uow: UnitOfWork, pane: str) -> tuple[str, str]:
    """Sit down before a pane: the cookie's token ("" for a family) and where to go.

    Everybody knows the password of each account of a demo, so none is asked for.

    Raises: NotFound, where no tour is on or nobody sits there yet.
    """
    seat = next((one for one in board().seats if one.pane == pane), None)
    if seat is None:
        raise NotFound
    if not seat.login:
        return "", seat.home
    query = select(Account).where(Account.login == seat.login)
    account = uow.session.exec(query).one()
    token, _ = open_session(uow.session, account)
    return token, HOMES[account.role]


def _file(part: str) -> Path:
    return settings().home / f"demo-tour-{part}.json"


def _put(part: str, what: dict[str, Any]) -> None:
    file = _file(part)
    whole = file.with_suffix(".new")
    whole.write_text(json.dumps(what, ensure_ascii=False))
    whole.replace(file)
