"""Several treatments: how often each succeeds where it works and where it alone does not, and how often it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from escc_bayes.plots.style import GROUPS, PALE, Palette


@dataclass(frozen=True, slots=True)
class Share:
    """``values`` of every arm with their Monte Carlo ``errors``, under one label."""

    label: str
    values: Sequence[float]
    errors: Sequence[float]


def shares_by_arm(arms: Sequence[str], shares: Sequence[Share], *, palette: Palette = GROUPS, ax: Axes) -> Axes:
    """Draw each share as a point with two standard errors, arms from top to bottom."""
    rows = np.arange(len(arms))[::-1].astype(np.float64)
    for place, of in enumerate(shares):
        look, shift = palette[place], 0.12 * ((len(shares) - 1) / 2.0 - place)
        errors = [2.0 * error for error in of.errors]
        ax.errorbar(
            of.values, rows + shift, xerr=errors, fmt=look.marker, color=look.colour, capsize=2.0, label=of.label
        )
    ax.axvline(0.8, color=PALE, linewidth=0.5, zorder=0)
    ax.set_yticks(rows, list(arms))
    ax.set_ylim(-0.5, len(arms) - 0.5)
    ax.set_xlim(-0.01, 1.01)
    ax.set_xlabel("Share of trials")
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return ax
