"""Type I error and power with and without borrowed controls, against the drift between them and the trial's own."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from escc_bayes.plots.style import MODELS, PALE, Palette
from escc_bayes.trial.requests.borrowing_map import MapPoint


def borrowing_panels(
    points: Sequence[MapPoint], tolerated: float, *, palette: Palette = MODELS, part: SubFigure
) -> list[Axes]:
    """Draw one rule: type I error on the left, with the error that counts as tipped; power on the right."""
    panels = list(part.subplots(1, 2))
    drifts = [point.drift for point in points]
    for ax, name, words in zip(panels, ("type_one_error", "power"), ("Type I error", "Power"), strict=True):
        for place, (suffix, label) in enumerate((("", "with borrowing"), ("_alone", "without"))):
            look = palette[place]
            values = [getattr(point, name + suffix) for point in points]
            ax.plot(drifts, values, color=look.colour, linestyle=look.dash, marker=look.marker, label=label)
        drift_axis(ax, drifts)
        ax.set_ylabel(words)
        ax.set_ylim(bottom=0.0)
    panels[0].axhline(tolerated, color=PALE, linewidth=0.8, zorder=0)
    part.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return panels


def drift_axis(ax: Axes, drifts: Sequence[float]) -> None:
    """Make the horizontal axis one of hazards against the historical controls'."""
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator(list(drifts)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.axvline(1.0, color=PALE, linewidth=0.5, zorder=0)
    ax.set_xlabel("Control hazard over the historical one (log scale)")
