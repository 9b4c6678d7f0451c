"""The figures as a page in Markdown, and as a picture."""

from collections.abc import Iterator

from benchmarks.engines import ENGINES
from benchmarks.figures import FIGURES
from benchmarks.results import Results, by_engine, unrun


def page(results: Results) -> Iterator[str]:
    """All figures; under each, where it was measured."""
    yield from _versions(results)
    for figure in FIGURES:
        cells = [*figure.cells("full"), *figure.cells("quick")]
        chosen = [results.of(c.instance, c.engine, c.seconds) for c in cells]
        lines = [line for each in chosen for line in each]
        yield f"\n### {figure.title}\n"
        if lines:
            yield from figure.table(results)
            yield ""
        yield _where(lines)


def _versions(results: Results) -> Iterator[str]:
    """What took part; a peer that is not installed is said aloud."""
    versions = by_engine(results)
    told = sorted({each for found in versions.values() for each in found})
    yield "Engines: " + ("; ".join(told) or "none has run yet") + "."
    away = {line["engine"]: unrun(line) for line in results.newest() if unrun(line)}
    for engine in sorted(set(away) - set(versions)):
        yield f"**{ENGINES[engine].words} took no part: {away[engine]}.**"


def _where(lines: list[dict[str, object]]) -> str:
    if not lines:
        return "Not run."
    loads = [float(str(line["load"])) for line in lines]
    commits = ", ".join(sorted({str(line["commit"]) for line in lines}))
    seeds = ", ".join(sorted({str(line["seed"]) for line in lines} - {"0"}))
    machines = "; ".join(sorted({str(line["machine"]) for line in lines}))
    return (
        f"Commit {commits}; seeds {seeds or 'none'} of ours, medians; one run of each "
        f"peer; {machines}, load {min(loads)}–{max(loads)} before a cell."
    )
