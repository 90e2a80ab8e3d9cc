"""What the data added: prior and posterior densities of a log hazard ratio."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.axes import ratio_axis
from escc_bayes.plots.style import GREY, MODELS, Palette


@dataclass(frozen=True, slots=True)
class Density:
    """Density ``height`` (m,) of a log hazard ratio at ``log_ratio`` (m,)."""

    label: str
    log_ratio: FloatArray
    height: FloatArray


def prior_posterior(
    prior: Density,
    posteriors: Sequence[Density],
    *,
    ratio: FloatArray,
    limits: tuple[float, float],
    title: str,
    palette: Palette = MODELS,
    ax: Axes,
) -> Axes:
    """Draw the prior shaded and each posterior as a line, over hazard ratios on a log scale.

    Parameters
    ----------
    ratio : (m,) hazard ratios at which the densities (of the logarithm) are given.
    """
    ax.fill_between(ratio, prior.height, color=GREY, alpha=0.3, linewidth=0.0, label=prior.label)
    for place, posterior in enumerate(posteriors):
        look = palette[place]
        ax.plot(ratio, posterior.height, color=look.colour, linestyle=look.dash, label=posterior.label)
    ratio_axis(ax, limits, label="")
    ax.set_ylim(bottom=0.0)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_title(title, fontsize=6.5)
    return ax
