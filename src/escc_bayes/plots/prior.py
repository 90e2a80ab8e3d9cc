"""What a prior says before the data: a fan of survival curves, and intervals of hazard ratios."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from escc_bayes.bayes.posterior.prior_check import PriorHazardRatio
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.axes import month_axis, ratio_axis, ratio_limits, survival_axis
from escc_bayes.plots.band import Band
from escc_bayes.plots.style import GREY, MODELS, Look, Palette
from escc_bayes.plots.words import ratio, with_limits
from escc_bayes.spec.transitions import heading


def fan(
    bands: Sequence[Band],
    *,
    curves: FloatArray,
    look: Look,
    time_label: str,
    survival_label: str = "Survival (%)",
    ax: Axes,
) -> Axes:
    """Draw nested bands of survival around their median, with some single curves.

    Parameters
    ----------
    bands : from the widest to the narrowest, with one median.
    curves : (d, t) single curves at the months of the bands.
    """
    for curve in curves:
        ax.plot(bands[0].times, curve, color=GREY, linewidth=0.3, alpha=0.5)
    for band in bands:
        ax.fill_between(
            band.times, band.lower, band.upper, color=look.colour, alpha=0.2, linewidth=0.0, label=band.label
        )
    ax.plot(bands[0].times, bands[0].middle, color=look.colour, linewidth=1.4, label="median")
    month_axis(ax, float(bands[0].times[-1]), label=time_label)
    ax.legend(loc="lower left", borderaxespad=0.2)
    return survival_axis(ax, label=survival_label)


def prior_ratios(
    ratios: Mapping[str, Sequence[PriorHazardRatio]],
    *,
    headings: Mapping[str, str],
    palette: Palette = MODELS,
    ax: Axes,
) -> Axes:
    """Draw the prior median and interval of each contrast, the models side by side with their numbers."""
    several = len(ratios)
    everything = [r for of_model in ratios.values() for r in of_model]
    limits = ratio_limits((v for r in everything for v in (r.lower, r.upper)), widest=(0.01, 100.0))
    ratio_axis(ax, limits, label="Hazard ratio before the data (log scale)")
    names: list[str] = []
    for place, (model, of_model) in enumerate(ratios.items()):
        look = palette[place]
        for row, r in enumerate(of_model):
            y = row + (place + 0.5) / several * 0.7 - 0.35
            ax.plot([r.lower, r.upper], [y, y], color=look.colour, linewidth=1.2)
            ax.plot([r.median], [y], "o", color=look.colour, label=f"Prior, {model}" if row == 0 else "_")
            numbers = with_limits(ratio(r.median), ratio(r.lower), ratio(r.upper))
            side = ax.get_yaxis_transform()
            ax.text(1.01, y, numbers, transform=side, va="center", fontsize=6.0, color=look.colour)
        names = [f"{heading(headings.get(r.term, r.term), r.transition)}: {r.contrast}" for r in of_model]
    ax.set_yticks(range(len(names)), labels=names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=several)
    return ax
