"""Does the model reproduce its data? Kaplan-Meier curves of replicated cohorts behind the observed one."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from escc_bayes.plots.axes import month_axis, survival_axis
from escc_bayes.plots.band import Band, draw_band
from escc_bayes.plots.style import BLACK, Look


def predictive_check(
    replicates: Sequence[Band],
    observed: Band,
    *,
    look: Look,
    until: float,
    time_label: str,
    survival_label: str = "Survival (%)",
    ax: Axes,
) -> Axes:
    """Draw bands of the replicated curves, widest first, and the observed curve over them."""
    for band in replicates:
        ax.fill_between(
            band.times,
            band.lower,
            band.upper,
            step="post",
            color=look.colour,
            alpha=0.22,
            linewidth=0.0,
            label=band.label,
        )
    draw_band(observed, look=Look(BLACK), ax=ax, shade=0.0, width=1.1)
    ax.legend(loc="lower left", borderaxespad=0.2)
    month_axis(ax, until, label=time_label)
    return survival_axis(ax, label=survival_label)
