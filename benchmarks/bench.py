"""Speed and quality of `routing` beside its peers, cell by cell.

    python3 benchmarks/bench.py quick      a look, in less than five minutes
    python3 benchmarks/bench.py full       every figure; stop and go on as you like
    python3 benchmarks/bench.py table      the figures in Markdown, and --svg FILE
    python3 benchmarks/bench.py streets    the import of a road network

Results are appended to --out; a cell that is there for this commit is not run again.
The folder of instances may also be told by DISPATCH_INSTANCES. Peers are installed
with `pip install -r requirements-peers.lock`; one that is missing is named.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
_PYTHON: Final = ROOT / ".venv" / "bin" / "python"


def main() -> int:
    from benchmarks.figures import FIGURES  # the checkout's own Python must run first

    told = _words([figure.name for figure in FIGURES]).parse_args()
    if told.what == "cell":
        from benchmarks.one_cell import print_cell

        print_cell(told.cell, told.instances)
        return 0
    if told.what == "streets":
        from benchmarks.streets import print_streets

        return print_streets(told.instances)
    if told.what == "table":
        return _show(told)
    return _run(told)


def _words(figures: list[str]) -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words.add_argument("what", choices=["quick", "full", "table", "streets", "cell"])
    words.add_argument("cell", nargs="?", help=argparse.SUPPRESS)
    words.add_argument("--instances", type=Path, default=_told_folder())
    words.add_argument("--out", type=Path, default=ROOT / ".dispatch" / "bench.jsonl")
    words.add_argument("--only", action="append", choices=figures, metavar="FIGURE")
    words.add_argument("--again", action="store_true", help="run what is there, too")
    words.add_argument(
        "--keep-peers", action="store_true", help="peers' cells of other commits count"
    )
    words.add_argument("--svg", type=Path, help="with `table`: draw the picture there")
    return words


def _told_folder() -> Path:
    told = os.environ.get("DISPATCH_INSTANCES")
    return Path(told) if told else ROOT.parent / "shared"


def _run(told: argparse.Namespace) -> int:
    from benchmarks.figures import FIGURES
    from benchmarks.running import run_all

    wanted = [f for f in FIGURES if not told.only or f.name in told.only]
    run_all(
        [cell for figure in wanted for cell in figure.cells(told.what)],
        out=told.out,
        folder=told.instances,
        again=told.again,
        keep_peers=told.keep_peers,
    )
    return _show(told)


def _show(told: argparse.Namespace) -> int:
    from benchmarks.picture import drawn
    from benchmarks.report import page
    from benchmarks.results import Results

    results = Results.read(told.out)
    print("\n".join(page(results)))
    if told.svg is not None:
        told.svg.write_text(drawn(results), encoding="utf-8")
    return 0


def _begin() -> int:
    """With the checkout's own packages, whichever Python was asked."""
    if _PYTHON.exists() and Path(sys.prefix) != _PYTHON.parent.parent:
        os.execv(_PYTHON, [str(_PYTHON), *sys.argv])  # noqa: S606
    sys.path.insert(0, str(ROOT))
    return main()


if __name__ == "__main__":
    sys.exit(_begin())
