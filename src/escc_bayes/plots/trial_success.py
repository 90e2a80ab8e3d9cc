"""The probability of success of each rule against the true hazard ratio: closed forms as lines, simulated as points."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.style import GROUPS, PALE, Palette


@dataclass(frozen=True, slots=True, eq=False)
class Success:
    """Of one rule: ``power`` (k,) at ``ratios`` (k,), None without a closed form; simulated (ratio, value, error)."""

    rule: str
    ratios: FloatArray
    power: FloatArray | None
    points: Sequence[tuple[float, float, float]]


def success_over_ratios(rules: Sequence[Success], *, label: str, palette: Palette = GROUPS, ax: Axes) -> Axes:
    """Draw a line and points with two standard errors for each rule; ``label`` says whose hazard over whose."""
    for place, of in enumerate(rules):
        look = palette[place]
        if of.power is not None:
            ax.plot(of.ratios, of.power, color=look.colour, linestyle=look.dash)
        ratios, values, errors = zip(*sorted(of.points), strict=True)
        ax.errorbar(
            ratios,
            values,
            yerr=[2.0 * error for error in errors],
            fmt=look.marker,
            color=look.colour,
            capsize=2.0,
            label=of.rule,
        )
    ends = rules[0].ratios
    ax.set_xlim(float(ends[0]), float(ends[-1]))
    ax.axvline(1.0, color=PALE, linewidth=0.8, zorder=0)
    ax.axhline(0.8, color=PALE, linewidth=0.5, zorder=0)
    ax.set_ylim(0.0, 1.0)
    ax.set_xlabel(label)
    ax.set_ylabel("Probability of success")
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), handlelength=3.0)
    return ax
