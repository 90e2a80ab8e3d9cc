"""Type I error and power of several tests against a trend in time."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from escc_bayes.plots.style import GROUPS, PALE, Palette


@dataclass(frozen=True, slots=True)
class OverTrends:
    """Of one test: ``values`` (value, Monte Carlo error) of its type I error and of its power, by trend."""

    label: str
    error: Sequence[tuple[float, float]]
    power: Sequence[tuple[float, float]]


def trend_panels(
    trends: Sequence[float], tests: Sequence[OverTrends], *, alpha: float, palette: Palette = GROUPS, part: SubFigure
) -> list[Axes]:
    """Draw type I error (left, with ``alpha`` as a line) and power (right) over trends, two errors as bars."""
    panels = list(part.subplots(1, 2))
    order = sorted(range(len(trends)), key=lambda place: trends[place])
    for place, of in enumerate(tests):
        look = palette[place]
        for ax, values in zip(panels, (of.error, of.power), strict=True):
            points = [(trends[k], *values[k]) for k in order]
            at, middle, error = zip(*points, strict=True)
            bars = [2.0 * one for one in error]
            ax.errorbar(
                at, middle, yerr=bars, color=look.colour, linestyle=look.dash, marker=look.marker, label=of.label
            )
    panels[0].axhline(alpha, color=PALE, linewidth=0.8, zorder=0)
    tops = [value + 2.0 * error for of in tests for value, error in of.error]
    panels[0].set_ylim(0.0, 1.15 * max(*tops, alpha))
    panels[0].set_ylabel("Type I error")
    panels[1].set_ylim(0.0, 1.0)
    panels[1].set_ylabel("Power")
    for ax in panels:
        ax.set_xlabel("Hazard of both arms, factor for each year of entry")
    part.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, handlelength=3.0)
    return panels
