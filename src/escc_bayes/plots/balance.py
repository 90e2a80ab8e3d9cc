"""Whether two groups are alike: standardised differences before and after (Love plot), and scores of both groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.style import BLUE, GREY, INK, PALE, VERMILLION

LIMIT = 0.1
BINS = 24


@dataclass(frozen=True, slots=True)
class Difference:
    """Standardised differences of one covariate before and after; not finite: beyond the axis."""

    label: str
    before: float
    after: float


def love(differences: Sequence[Difference], *, ax: Axes) -> Axes:
    """Draw standardised differences, one line for each covariate, from top to bottom; 0.1 either side is marked.

    Parameters
    ----------
    differences : treated less control, in standard deviations.
    """
    finite = [abs(v) for one in differences for v in (one.before, one.after) if np.isfinite(v)]
    reach = 1.08 * max([*finite, 0.25])
    ax.axvspan(-LIMIT, LIMIT, color=PALE, alpha=0.18, linewidth=0.0)
    ax.axvline(0.0, color=INK, linewidth=0.6)
    for place, one in enumerate(differences):
        before, after = (float(np.clip(v, -reach, reach)) for v in (one.before, one.after))
        ax.plot([before, after], [place, place], color=PALE, linewidth=0.8, zorder=1)
        ax.plot([before], [place], "o", markerfacecolor="white", markeredgecolor=GREY, markersize=4.2, zorder=2)
        ax.plot([after], [place], "o", color=BLUE, markersize=4.2, zorder=3)
    ax.plot([], [], "o", markerfacecolor="white", markeredgecolor=GREY, label="before")
    ax.plot([], [], "o", color=BLUE, label="after")
    ax.set_yticks(range(len(differences)), [one.label for one in differences])
    ax.set_ylim(len(differences) - 0.4, -0.6)
    ax.set_xlim(-reach, reach)
    ax.set_xlabel("Standardised difference of means, treated less control (shaded: within 0.1)")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    return ax


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of a group, and their weights after: (k,) each."""

    label: str
    score: FloatArray
    weight: FloatArray


def positivity(treated: Scores, control: Scores, *, ax: Axes) -> Axes:
    """Draw the scores of both groups, treated upwards and control downwards, before (pale) and after (full).

    Bars are shares of each group: before of patients, after of weight.
    """
    edges = np.linspace(0.0, 1.0, BINS + 1)
    width = edges[1]
    for group, colour, sign in ((treated, BLUE, 1.0), (control, VERMILLION, -1.0)):
        before = np.histogram(group.score, edges)[0] / group.score.size
        total = float(group.weight.sum())
        after = np.histogram(group.score, edges, weights=group.weight)[0] / (total if total > 0.0 else 1.0)
        at = edges[:-1] + width / 2.0
        ax.bar(at, sign * before, width=0.95 * width, color=colour, alpha=0.25, label=f"{group.label}, before")
        ax.bar(at, sign * after, width=0.5 * width, color=colour, label=f"{group.label}, after")
    ax.axhline(0.0, color=INK, linewidth=0.6)
    ax.set_xlim(0.0, 1.0)
    ends = max(abs(v) for v in ax.get_ylim())
    ax.set_ylim(-ends, ends)
    ticks = [tick for tick in ax.get_yticks() if abs(tick) <= ends]
    ax.set_yticks(ticks, [f"{100 * abs(tick):.0f}" for tick in ticks])
    ax.set_xlabel(f"Propensity score: probability of {treated.label} given the covariates")
    ax.set_ylabel("Share of the group (%)")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    return ax
