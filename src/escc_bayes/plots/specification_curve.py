"""A specification curve: hazard ratios of all specifications from small to large, and below them what each decided.

Simonsohn, Simmons & Nelson 2020, Nat Hum Behav 4:1208.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from escc_bayes.plots.axes import LADDER
from escc_bayes.plots.style import BLACK, BLUE, INK, ORANGE, PALE

# Decisions named below the curve, at most, for each kind of decision.
MOST = 9


@dataclass(frozen=True, slots=True)
class Specified:
    """One specification's answer.

    Attributes
    ----------
    hr, lower, upper : hazard ratio and limits.
    posterior : whether a posterior's; else Cox's.
    by_outcome : whether cut point or covariates were chosen by the outcome.
    decisions : kind of decision -> what was decided.
    """

    hr: float
    lower: float
    upper: float
    posterior: bool
    by_outcome: bool
    decisions: dict[str, str]


def colour_of(one: Specified) -> str:
    """Return the colour of a specification: chosen by the outcome, posterior, or Cox."""
    return ORANGE if one.by_outcome else BLUE if one.posterior else BLACK


def specification_curve(found: Sequence[Specified], *, limits: tuple[float, float], ax: Axes) -> Axes:
    """Draw hazard ratios with limits from the smallest to the largest; what lies beyond the axis is cut off."""
    shown = ordered(found)
    colours = [colour_of(one) for one in shown]
    low, high = ([getattr(one, name) for one in shown] for name in ("lower", "upper"))
    places = range(len(shown))
    ax.vlines(places, low, high, colors=colours, linewidth=0.4, alpha=0.45, zorder=1)
    ax.scatter(places, [one.hr for one in shown], s=2.5, c=colours, linewidths=0.0, zorder=2)
    ax.set_yscale("log")
    ax.set_ylim(*limits)
    ticks = [tick for tick in LADDER if limits[0] <= tick <= limits[1]]
    ax.yaxis.set_major_locator(FixedLocator(ticks))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.axhline(1.0, color=PALE, linewidth=0.8, zorder=0)
    ax.set_xlim(-1.0, len(found))
    ax.set_xticks([])
    ax.set_ylabel("Hazard ratio (log scale)")
    return ax


def decision_rows(found: Sequence[Specified]) -> list[tuple[str, str]]:
    """Return the decisions that differ between specifications: kind and what was decided, the frequent ones first."""
    rows: list[tuple[str, str]] = []
    for kind in dict.fromkeys(name for one in found for name in one.decisions):
        counts: dict[str, int] = {}
        for one in found:
            counts[one.decisions[kind]] = counts.get(one.decisions[kind], 0) + 1
        if len(counts) > 1:
            rows += [(kind, word) for word in sorted(counts, key=lambda word: -counts[word])[:MOST]]
    return rows


def decisions_below(found: Sequence[Specified], *, ax: Axes) -> Axes:
    """Draw a mark for every decision of every specification, in the order of the curve."""
    rows = decision_rows(found)
    shown = ordered(found)
    for y, (kind, word) in enumerate(rows):
        places = [place for place, one in enumerate(shown) if one.decisions[kind] == word]
        colours = [colour_of(shown[place]) for place in places]
        ax.vlines(places, y - 0.32, y + 0.32, colors=colours, linewidth=0.6)
    for y in range(1, len(rows)):
        if rows[y][0] != rows[y - 1][0]:
            ax.axhline(y - 0.5, color=PALE, linewidth=0.4)
    ax.set_yticks(range(len(rows)), labels=[f"{kind}: {word}" for kind, word in rows], fontsize=5.0)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(-1.0, len(found))
    ax.set_xticks([])
    ax.set_xlabel(f"{len(found)} specifications, from the smallest hazard ratio to the largest")
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    return ax


def ordered(found: Sequence[Specified]) -> list[Specified]:
    """Return specifications by their hazard ratios."""
    return sorted(found, key=lambda one: (one.hr, one.lower))


def curve_legend() -> list[Line2D]:
    """Return legend entries of the three colours."""
    named = ((BLACK, "Cox"), (BLUE, "posterior"), (ORANGE, "chosen by the outcome"))
    return [Line2D([], [], color=colour, marker=".", linewidth=0.8, label=label) for colour, label in named]


def curve_limits(found: Sequence[Specified]) -> tuple[float, float]:
    """Return ends of the axis: ticks outside all estimates and 1, at most 0.05 and 20.

    Examples
    --------
    >>> curve_limits([Specified(3.0, 1.0, 9.0, False, False, {})])
    (0.2, 10.0)
    """
    values = [one.hr for one in found if math.isfinite(one.hr)]
    low, high = min([1.0, *values]) / 3.0, max([1.0, *values]) * 3.0
    below = max((tick for tick in LADDER if tick <= low), default=LADDER[0])
    above = min((tick for tick in LADDER if tick >= high), default=LADDER[-1])
    return max(below, 0.05), min(above, 20.0)
