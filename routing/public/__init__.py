"""Files that others made: the benchmark formats of the literature.

A format is recognised by what stands in the file, not by its name. Each is one module
with `is_…` and `…_from`, and one line in FORMATS.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from routing.errors import BadProblem
from routing.files import read_problem
from routing.public.li_lim import is_li_lim, li_lim_from
from routing.public.lines import Lines, read_lines
from routing.public.mankowska import is_mankowska, mankowska_from
from routing.public.solomon import is_solomon, solomon_from
from routing.public.source import OwnFile, PlaneFile, Source

__all__ = ["FORMATS", "Format", "OwnFile", "PlaneFile", "Source", "read_source"]


class Format(NamedTuple):
    """How one public format is recognised and read."""

    name: str
    recognises: Callable[[Lines], bool]
    read: Callable[[Lines], Source]


FORMATS: Final = (
    Format("Solomon / Gehring & Homberger", is_solomon, solomon_from),
    Format("Li & Lim", is_li_lim, li_lim_from),
    Format("Mankowska HHCRSP", is_mankowska, mankowska_from),
)


def read_source(path: Path) -> Source:
    """Read our own JSON, or, from a `.txt` file, one of the public formats.

    Raises:
        BadProblem: not a format known here, half-written, or a number that makes no
            sense; the message names the field, or the line.
    """
    if path.suffix.lower() != ".txt":
        return OwnFile(read_problem(path))
    lines = read_lines(path)
    for each in FORMATS:
        if each.recognises(lines):
            return each.read(lines)
    known = ", ".join(each.name for each in FORMATS)
    first = lines.lines[0].number if len(lines) else 1
    raise BadProblem(
        f"line {first}", f"{path.name} begins like none of the formats known: {known}"
    )
