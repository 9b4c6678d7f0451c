"""Mankowska's files: home care with services that hang together.

Every service is one task with the patient's number, and, where a patient has two, the
service's number behind a slash. Both are done by different people; that with the
smaller number begins first. Times in plans are thousandths of the file's unit.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from routing.errors import BadProblem, NotYetHonoured
from routing.linked.care import Care, CareVisit, Together
from routing.public.care_file import CareFile
from routing.public.lines import Line, Lines

_MOST: Final = 400_000.0  # of a number in these files; × 1,000 it is a second
_MOST_NODES: Final = 2_000


def is_mankowska(lines: Lines) -> bool:
    """The first line is the word `nbNodes`."""
    return lines.words(0) == ("nbNodes",)


def mankowska_from(lines: Lines) -> CareFile:
    """Raises: BadProblem, naming the line."""
    return CareFile(_Reading(lines).care())


class _Reading:
    """A walk through the file, from one heading to the next."""

    def __init__(self, lines: Lines) -> None:
        self.lines, self.index = lines, 0
        self.nodes = self._count("nbNodes", least=2)
        self.staff = self._count("nbVehi", least=1)
        self.services = self._count("nbServi", least=1)

    def care(self) -> Care:
        wanted = [self._flags(line) for line in self._table("r", self.nodes)]
        doubles = self._doubles()
        able = [self._flags(line) for line in self._table("a", self.staff)]
        for axis in ("x", "y"):
            self._row(axis)
        legs = np.array([self._numbers(line) for line in self._table("d", self.nodes)])
        stays = self._stays()
        least, most, opens, due = map(self._row, ("mind", "maxd", "e", "l"))
        if self.index < len(self.lines):
            raise self._line("the end").bad("something stands behind the last row")
        visits: list[CareVisit] = []
        together = []
        for patient in range(1, self.nodes - 1):
            services = np.flatnonzero(wanted[patient]).tolist()
            self._must_agree(patient, len(services), doubles)
            for service in services:
                name = (
                    f"{patient}/{service + 1}" if len(services) == 2 else f"{patient}"
                )
                stay = stays[patient, service]
                times = opens[patient], due[patient], stay
                visits.append(CareVisit(name, patient, service, *map(float, times)))
            if len(services) == 2:
                gap = float(least[patient]), float(most[patient])
                together.append(Together(len(visits) - 2, len(visits) - 1, *gap))
        staff = tuple(frozenset(np.flatnonzero(row).tolist()) for row in able)
        return Care(self.lines.name, legs, staff, tuple(visits), tuple(together))

    def _must_agree(self, patient: int, services: int, doubles: set[int]) -> None:
        if services not in (1, 2) or (services == 2) != (patient in doubles):
            raise BadProblem(
                f"r[{patient}]", f"{services} services, which is not what DS says"
            )

    def _doubles(self) -> set[int]:
        """Patients with two services; the file counts the depot as 1."""
        self._heading("DS")
        line = self._line("DS")
        if line.words == ("a",):
            return set()
        self.index += 1
        return {
            line.whole(n, "a patient", least=1, most=self.nodes) - 1
            for n in range(len(line.words))
        }

    def _stays(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
        """Per patient and service; the file also tells staff apart."""
        rows = list(self._table("p", self.nodes * self.staff))
        stays = np.array([self._numbers(line, self.services) for line in rows])
        stays = stays.reshape(self.nodes, self.staff, self.services)
        if (stays != stays[:, :1]).any():
            raise NotYetHonoured("p", "services that take some people longer")
        return stays[:, 0]

    def _count(self, name: str, *, least: int) -> int:
        self._heading(name)
        line = self._line(name)
        self.index += 1
        line.must_have(1)
        return line.whole(0, name, least=least, most=_MOST_NODES)

    def _heading(self, name: str) -> None:
        line = self._line(name)
        if line.words != (name,):
            raise line.bad(f"must be the heading {name!r}, not {line.words[0]!r}")
        self.index += 1

    def _line(self, what: str) -> Line:
        return self.lines.line(self.index, what)

    def _table(self, name: str, rows: int) -> Iterator[Line]:
        self._heading(name)
        for _ in range(rows):
            yield self._line(name)
            self.index += 1

    def _flags(self, line: Line) -> list[int]:
        line.must_have(self.services)
        return [line.whole(n, "a flag", most=1) for n in range(self.services)]

    def _row(self, name: str) -> list[float]:
        (line,) = self._table(name, 1)
        return self._numbers(line)

    def _numbers(self, line: Line, count: int | None = None) -> list[float]:
        line.must_have(self.nodes if count is None else count)
        try:
            numbers = [float(word) for word in line.words]
        except ValueError:
            raise line.bad("must hold numbers only") from None
        if not all(0 <= number <= _MOST for number in numbers):
            raise line.bad(f"numbers must lie between 0 and {_MOST:.0f}")
        return numbers
