"""The lines of a public text file, numbered, and strict numbers from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from routing.errors import BadProblem
from routing.fields import HORIZON


@dataclass(frozen=True)
class Line:
    """One line that is not blank; `number` counts from 1 as an editor does."""

    number: int
    words: tuple[str, ...]

    def bad(self, message: str) -> BadProblem:
        return BadProblem(f"line {self.number}", message)

    def whole(
        self, position: int, name: str, *, least: int = 0, most: int = HORIZON
    ) -> int:
        """The whole number at a position; `12.0` is one too.

        Raises:
            BadProblem: it is missing, a text, a fraction, or out of its bounds.
        """
        if position >= len(self.words):
            raise self.bad(f"ends before {name}: the file may be half-written")
        word = self.words[position]
        try:
            value = int(word.removesuffix(".0"))
        except ValueError:
            raise self.bad(f"{name} must be a whole number, not {word!r}") from None
        if not least <= value <= most:
            raise self.bad(f"{name} must lie between {least} and {most}, not {value}")
        return value

    def must_have(self, count: int) -> None:
        if len(self.words) > count:
            raise self.bad(f"has {len(self.words)} entries instead of {count}")
        if len(self.words) < count:
            raise self.bad(
                f"has {len(self.words)} entries instead of {count}: "
                "the file may be half-written"
            )


@dataclass(frozen=True)
class Lines:
    """The lines of one file that are not blank, in order. `name` is the file's stem."""

    name: str
    lines: tuple[Line, ...]

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def words(self, index: int) -> tuple[str, ...]:
        """The words of a line; none behind the last one."""
        return self.lines[index].words if index < len(self.lines) else ()

    def line(self, index: int, what: str) -> Line:
        """Raises: BadProblem, when the file ends before it."""
        if index < len(self.lines):
            return self.lines[index]
        last = self.lines[-1] if self.lines else Line(1, ())
        raise last.bad(f"the file ends before {what}: it may be half-written")


def read_lines(path: Path) -> Lines:
    """Raises: BadProblem, when the file cannot be read as text."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadProblem(path.name, f"cannot be read: {trouble}") from trouble
    return lines_of(path.stem, text.splitlines())


def lines_of(name: str, texts: Sequence[str]) -> Lines:
    numbered = (Line(n, tuple(text.split())) for n, text in enumerate(texts, start=1))
    return Lines(name, tuple(line for line in numbered if line.words))
