"""Which process this is: a pid alone may be somebody else's by tomorrow."""

import json
import os
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Identity:
    """A process by its pid and the moment it started (in the system's own words)."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Self:
        """The process that has this pid now; `started` is empty if there is none."""
        return cls(pid, start_of(pid))

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """What `write` left in the file, or None if it says nothing readable."""
        try:
            kept = json.loads(file.read_text())
            return cls(int(kept["pid"]), str(kept["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, file: Path) -> None:
        """Put it into the file in one piece."""
        part = file.with_name(f"{file.name}.{os.getpid()}")
        part.write_text(json.dumps(asdict(self)))
        part.replace(file)

    def is_alive(self) -> bool:
        """Whether that very process still runs (a zombie does not)."""
        return self.started != "" and start_of(self.pid) == self.started


def start_of(pid: int) -> str:
    """When the process started, as text to compare; empty if it does not run."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The program's name, in brackets, may itself hold blanks and brackets.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in "ZX" else fields[19]
    shown = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True
    )
    return shown.stdout.strip()
