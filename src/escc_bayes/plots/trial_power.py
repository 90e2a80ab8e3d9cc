"""Power and assurance of a trial against its number of events, with the assurance that no number of events passes."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from escc_bayes.plots.style import MODELS, PALE, Palette
from escc_bayes.trial.design.power_curve import PowerCurve

type Point = tuple[str, float, float, float]

ACROSS = 4
EVENTS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


def panel_rows(count: int) -> int:
    """Return the rows that so many panels take."""
    return -(-count // ACROSS)


def power_panels(
    curves: Sequence[PowerCurve], simulated: Sequence[Sequence[Point]], *, palette: Palette = MODELS, part: SubFigure
) -> list[Axes]:
    """Draw one panel for each rule, four in a row, with one legend below; arguments as ``power_against_events``."""
    across = min(len(curves), ACROSS)
    panels = list(part.subplots(panel_rows(len(curves)), across, squeeze=False, sharey=True).flat)
    for place, (curve, points, ax) in enumerate(zip(curves, simulated, panels, strict=False)):
        power_against_events(curve, points, palette=palette, ax=ax)
        if place % across:
            ax.set_ylabel("")
        if place + across < len(curves):
            ax.set_xlabel("")
    for ax in panels[len(curves) :]:
        ax.set_axis_off()
    part.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return panels


def power_against_events(curve: PowerCurve, simulated: Sequence[Point], *, palette: Palette = MODELS, ax: Axes) -> Axes:
    """Draw power and assurance of one rule as lines, and simulated values as points with two standard errors.

    Parameters
    ----------
    simulated : ("power" or "assurance", events, value, Monte Carlo standard error) of each point.
    """
    looks = {"power": palette[0], "assurance": palette[1]}
    ax.plot(curve.events, curve.power, color=looks["power"].colour, label="power at the stated effect")
    if curve.assurance is not None and curve.limit is not None:
        look = looks["assurance"]
        ax.plot(curve.events, curve.assurance, color=look.colour, linestyle=look.dash, label="assurance")
        ax.axhline(curve.limit, color=look.colour, linewidth=0.6, linestyle=":")
        # Left of the curves' rise there is room.
        ax.text(curve.events[0] * 1.1, curve.limit + 0.01, f"{curve.limit:.2f}", color=look.colour, va="bottom")
    for quantity, events, value, error in simulated:
        look = looks[quantity]
        ax.errorbar([events], [value], yerr=[2.0 * error], fmt=look.marker, color=look.colour, capsize=2.0)
    return probability_axes(ax, (float(curve.events[0]), float(curve.events[-1])), title=curve.rule)


def probability_axes(ax: Axes, ends: tuple[float, float], *, title: str) -> Axes:
    """Make the axes those of a probability of success over events on a log scale."""
    ax.set_xscale("log")
    ax.set_xlim(*ends)
    ax.xaxis.set_major_locator(FixedLocator([tick for tick in EVENTS if ends[0] <= tick <= ends[1]]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel("Events at the final look (log scale)")
    ax.set_ylim(0.0, 1.0)
    ax.set_ylabel("Probability of success")
    ax.axhline(0.8, color=PALE, linewidth=0.5, zorder=0)
    ax.set_title(title)
    return ax
