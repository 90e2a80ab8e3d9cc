"""Did the sampler converge? R-hat and effective sample size of every quantity, against their limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from escc_bayes.bayes.sampling.diagnose import MAX_RHAT, MIN_ESS
from escc_bayes.plots.axes import plain_ticks
from escc_bayes.plots.style import BLUE, GREY, VERMILLION

THOUSANDS = (100.0, 200.0, 400.0, 1000.0, 2000.0, 5000.0, 10000.0, 20000.0, 50000.0)


@dataclass(frozen=True, slots=True)
class Convergence:
    """R-hat and effective sample sizes of one quantity."""

    quantity: str
    rhat: float
    ess_bulk: float
    ess_tail: float


def rhat_dots(models: Mapping[str, Sequence[Convergence]], *, ax: Axes) -> Axes:
    """Draw the R-hat of every quantity, a row for each model; the worst is named."""
    for row, checks in enumerate(models.values()):
        spread = [row + 0.25 * (i % 5 - 2) / 2 for i in range(len(checks))]
        ax.plot([c.rhat for c in checks], spread, "o", color=BLUE, markersize=2.4, alpha=0.7)
        worst = max(checks, key=lambda c: c.rhat)
        ax.text(worst.rhat, row - 0.34, worst.quantity, ha="center", fontsize=5.5, color=GREY)
    ax.axvline(MAX_RHAT, color=VERMILLION, linewidth=0.8, linestyle="--")
    highest = max([c.rhat for checks in models.values() for c in checks] + [MAX_RHAT])
    ax.set_xlim(0.9985, highest + 0.15 * (highest - 0.9985))
    ax.set_xlabel(f"R-hat (limit {MAX_RHAT})")
    return model_rows(ax, models)


def ess_dots(models: Mapping[str, Sequence[Convergence]], *, ax: Axes) -> Axes:
    """Draw bulk (filled) and tail (hollow) effective sample sizes of every quantity, a row for each model."""
    for row, checks in enumerate(models.values()):
        for shift, face, sizes, name in (
            (-0.14, BLUE, [c.ess_bulk for c in checks], "bulk"),
            (0.14, "white", [c.ess_tail for c in checks], "tail"),
        ):
            ax.plot(
                sizes,
                [row + shift] * len(checks),
                "o",
                color=BLUE,
                markerfacecolor=face,
                markersize=2.4,
                markeredgewidth=0.6,
                alpha=0.7,
                label=name if row == 0 else "_",
            )
    ax.axvline(MIN_ESS, color=VERMILLION, linewidth=0.8, linestyle="--")
    ax.set_xscale("log")
    plain_ticks(ax.xaxis, THOUSANDS)
    ax.set_xlabel(f"Effective sample size (limit {MIN_ESS:g})")
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    return model_rows(ax, models)


def model_rows(ax: Axes, models: Mapping[str, Sequence[Convergence]]) -> Axes:
    """Label the rows with the models, the first on top."""
    ax.set_yticks(range(len(models)), labels=list(models))
    ax.set_ylim(len(models) - 0.4, -0.6)
    return ax
