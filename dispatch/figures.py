"""The command `figures`: what the failure catalogue promises, and what proves it.

The rows are those of `docs/reference/failures.md`; a test names the rows that it
proves by `@pytest.mark.proves("F39", "S07")`, one of the pages by a comment
`// proves F66` on the line before it; both are read from the tests' own text.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from dispatch.bootstrap.places import ROOT

CATALOGUE: Final = Path("docs", "reference", "failures.md")
ROW: Final = re.compile(r"^\| ([FS]\d{2,3}) \| (.+) \| (.+) \|(.*)\|$", re.MULTILINE)
PAGE_TEST: Final = re.compile(r'^// proves ([FS\d ]+)\ntest\("(.+?)"', re.MULTILINE)
KINDS: Final = {"F": "failures", "S": "security tests"}


@dataclass(frozen=True)
class Row:
    """One row: what goes wrong, what is true then, its tests, or why it has none."""

    name: str
    fault: str
    promise: str
    why_no_test: str
    tests: tuple[str, ...]


def catalogue(root: Path = ROOT) -> list[Row]:
    """Every row of the page with the tests that prove it."""
    proofs = proofs_in(root)
    page = (root / CATALOGUE).read_text(encoding="utf-8")
    return [
        Row(name, fault, promise, why.strip(), tuple(proofs.get(name, ())))
        for name, fault, promise, why in ROW.findall(page)
    ]


def proofs_in(root: Path) -> dict[str, list[str]]:
    """Which tests (`tests/folder/test_it.py::test_this`) name which rows."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted((root / "tests").rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        if "mark.proves" not in text:
            continue
        for name, row in _proofs(ast.parse(text)):
            found[row].append(f"{file.relative_to(root)}::{name}")
    for file in sorted((root / "web" / "ui" / "src").rglob("*.test.ts")):
        for rows, name in PAGE_TEST.findall(file.read_text(encoding="utf-8")):
            for row in rows.split():
                found[row].append(f"{file.relative_to(root)}: {name}")
    return found


def _proofs(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and _is_proves(mark.func):
                    for row in mark.args:
                        yield node.name, ast.literal_eval(row)


def _is_proves(called: ast.expr) -> bool:
    return ast.unparse(called) == "pytest.mark.proves"


@click.command()
@click.option("--catalogue", "each", is_flag=True, help="Also each row with its tests.")
def figures(*, each: bool) -> None:
    """How many rows of the failure catalogue a test proves, and which none does."""
    rows = catalogue()
    for row in rows if each else ():
        click.echo(f"{row.name}  {row.fault}")
        click.echo("".join(f"      {test}\n" for test in row.tests), nl=False)
        if row.why_no_test:
            click.echo(f"      no test: {row.why_no_test}")
    for letter, words in KINDS.items():
        mine = [row for row in rows if row.name.startswith(letter)]
        proven = sum(bool(row.tests) for row in mine)
        excused = sum(bool(row.why_no_test) for row in mine)
        bare = " ".join(r.name for r in mine if not r.tests and not r.why_no_test)
        click.echo(
            f"{words}: {proven} of {len(mine)} proven by a test, "
            f"{excused} with a reason why not, neither: {bare or 'none'}"
        )
