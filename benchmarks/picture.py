"""The figures that have bars, as one SVG: a panel each, one bar per engine."""

from collections.abc import Iterator
from html import escape
from typing import Final

from benchmarks.figures import FIGURES
from benchmarks.figures.figure import Bar, Figure
from benchmarks.results import Results

_WIDTH: Final = 760
_LABELS: Final = 210  # pixels to the left of the bars
_LONGEST: Final = 270
_ROW: Final = 26
_HEAD: Final = 54
_OURS: Final = "#1b7f5c"
_THEIRS: Final = "#8a93a0"


def drawn(results: Results) -> str:
    """The picture; a figure that was not run has no panel."""
    panels = [(figure, figure.bars(results)) for figure in FIGURES if figure.bars]
    panels = [(figure, bars) for figure, bars in panels if bars]
    parts: list[str] = []
    top = 0
    for figure, bars in panels:
        parts += _panel(figure, bars, top)
        top += _HEAD + _ROW * len(bars) + 12
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" '
            'font-family="sans-serif" font-size="13" role="img">',
            "<title>Figures of routing, beside its peers</title>",
            f'<rect width="{_WIDTH}" height="{top}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _panel(figure: Figure, bars: list[Bar], top: int) -> Iterator[str]:
    yield _text(12, top + 22, figure.title, 'font-weight="bold"')
    yield _text(12, top + 40, f"{figure.unit}; shorter is better", 'fill="#5a6472"')
    longest = max(max(bar.value for bar in bars), 1e-9)
    for number, bar in enumerate(bars):
        y = top + _HEAD + _ROW * number
        width = max(1.0, _LONGEST * max(bar.value, 0) / longest)
        colour = _OURS if bar.ours else _THEIRS
        yield _text(_LABELS - 8, y + 14, bar.label, 'text-anchor="end"')
        yield (
            f'<rect x="{_LABELS}" y="{y}" width="{width:.1f}" height="18" rx="2" '
            f'fill="{colour}"/>'
        )
        note = f"{bar.value:.1f}" + (f" · {bar.note}" if bar.note else "")
        yield _text(_LABELS + width + 8, y + 14, note)


def _text(x: float, y: float, words: str, style: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" {style}>{escape(words)}</text>'
