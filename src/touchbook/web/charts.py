"""Charts drawn on the server: small curves as a path for a template, bigger ones from a Vega-Lite specification.

No script, no style of their own: colours are the page's (``var(--accent)``), so that they follow the theme and print.
Whoever shows a chart says in words what it shows (``aria-label``), and puts its table behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json import dumps
from math import ceil, floor, log10

from django.utils.safestring import SafeString, mark_safe

Point = tuple[float, float]
_STYLE = re.compile(r'\sstyle="[^"]*"')
_INK, _QUIET, _RULE = "var(--ink)", "var(--ink-2)", "var(--rule)"
_HOUSE = {
    "background": None,
    "view": {"stroke": None},
    "font": "system-ui, sans-serif",
    "mark": {"color": "var(--accent)"},
    "axis": {
        "labelColor": _QUIET, "titleColor": _QUIET, "gridColor": _RULE, "domainColor": "var(--rule-2)",
        "tickColor": "var(--rule-2)", "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400,
    },
    "legend": {"labelColor": _INK, "titleColor": _QUIET, "labelFontSize": 12, "titleFontSize": 12},
    "text": {"color": _INK, "fontSize": 12},
    "title": {"color": _INK, "anchor": "start", "fontSize": 14},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of a curve's scale: what it says, and how far down it lies."""

    says: float
    y: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve ready for a template: ``<path d="{{ curve.path }}">`` in a box of ``width`` × ``height``.

    ``area`` is what lies between the curve and 0; ``zero`` is how far down 0 lies; ``last`` is where it ends.
    """

    path: str
    area: str
    zero: float
    last: Point
    ticks: tuple[Tick, ...]
    width: float
    height: float

    @property
    def box(self) -> str:
        """The ``viewBox``."""
        return f"0 0 {_short(self.width)} {_short(self.height)}"


def curve(points: Sequence[Point], width: float = 600.0, height: float = 120.0, margin: float = 6.0) -> Curve | None:
    """A curve through *points* (x ascending), with 0 always on the page; None where there are fewer than two.

    *margin* is kept free above and below, so that a thick line is not cut.
    """
    if len(points) < 2:
        return None
    lowest, highest = min(0.0, *(y for _, y in points)), max(0.0, *(y for _, y in points))
    if highest == lowest:
        highest = 1.0
    begins, wide = points[0][0], (points[-1][0] - points[0][0]) or 1.0
    inner = height - 2 * margin

    def down(value: float) -> float:
        return margin + (highest - value) / (highest - lowest) * inner

    placed = [((x - begins) / wide * width, down(y)) for x, y in points]
    path = "M" + " L".join(f"{_short(x)} {_short(y)}" for x, y in placed)
    zero = down(0.0)
    area = f"{path} L{_short(placed[-1][0])} {_short(zero)} L{_short(placed[0][0])} {_short(zero)} Z"
    ticks = tuple(Tick(value, down(value)) for value in _steps(lowest, highest))
    return Curve(path, area, zero, placed[-1], ticks, width, height)


def drawn(specification: Mapping[str, object], says: str) -> SafeString:
    """A Vega-Lite specification as an SVG for a page; *says* tells in words what it shows.

    The same specification is drawn once; the first of a process takes half a second.
    """
    return _drawn(dumps(specification, sort_keys=True), says)


@lru_cache(maxsize=64)
def _drawn(specification: str, says: str) -> SafeString:
    from json import loads

    import vl_convert  # half a second: pages without such a chart need not wait for it

    whole = loads(specification)
    whole["config"] = {**_HOUSE, **whole.get("config", {})}
    svg: str = vl_convert.vegalite_to_svg(whole)
    svg = _STYLE.sub("", svg)  # the policy lets none in
    start = svg.index("<svg") + len("<svg")
    label = says.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    inner = svg[start:].replace(' role="graphics-object"', "").replace(' role="graphics-symbol"', "")
    return mark_safe(f'<svg role="img" aria-label="{label}"{inner}')  # noqa: S308  made here, its texts escaped by Vega


def _steps(lowest: float, highest: float) -> list[float]:
    """Two to four round numbers within a range."""
    step = 10 ** floor(log10((highest - lowest) or 1.0))
    for factor in (1, 2, 5, 10):
        wide = step * factor / 2
        found = [number * wide for number in range(ceil(lowest / wide), floor(highest / wide) + 1)]
        if len(found) <= 4:
            return found
    return [0.0]


def _short(amount: float) -> str:
    return f"{amount:.1f}".rstrip("0").rstrip(".")
