"""Rule files that hold from one day to another, of one folder and one shape."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Protocol, TypeVar

from dispatch.settings import settings
from dispatch.subsidy.policy_files import read_words


class Dated(Protocol):
    """What the version of a file says of its days; both are within."""

    @property
    def effective_from(self) -> date: ...

    @property
    def effective_to(self) -> date: ...


class DatedFile(Protocol):
    @property
    def version(self) -> Dated: ...


T = TypeVar("T")
D = TypeVar("D", bound=DatedFile)
Read = Callable[[str, str], T]


def file_on(on: date, folder: str, demo: Path, read: Read[D]) -> D:
    """The file of a day; where none holds, the one that begins last.

    Raises:
        BadFile: a file cannot be read, or does not make sense.
    """
    files = [file for _, file in files_in(folder, demo, read)]
    files.sort(key=lambda file: file.version.effective_from)
    holding = [
        file
        for file in files
        if file.version.effective_from <= on <= file.version.effective_to
    ]
    return (holding or files)[-1]


def files_in(folder: str, demo: Path, read: Read[T]) -> list[tuple[Path, T]]:
    """The files of a folder under the home folder, by name, else the demo
    district's; each is read again only once it has changed.

    Args:
        read: what makes of a file's words and its name what they say.

    Raises:
        BadFile: a file cannot be read, or does not make sense.
    """
    home = settings().home / folder
    paths = sorted(home.glob("*.toml")) if home.is_dir() else []
    return [
        (path, _read(read, path, path.stat().st_mtime_ns)) for path in paths or [demo]
    ]


@lru_cache(maxsize=96)
def _read(read: Read[T], path: Path, _changed_at: int) -> T:
    return read(read_words(path), str(path))
