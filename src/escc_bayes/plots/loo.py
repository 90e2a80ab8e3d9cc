"""Models compared by leave-one-out predictive density."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from escc_bayes.bayes.posterior.loo import LooRow
from escc_bayes.plots.style import BLUE, INK, PALE


def loo_dots(rows: Mapping[str, Sequence[LooRow]], *, ax: Axes) -> Axes:
    """Draw how far each model falls short of the best of its outcome, with two standard errors, and its weight."""
    y, names = 0.0, []
    for outcome, of_outcome in rows.items():
        ax.text(0.0, y, outcome, transform=ax.get_yaxis_transform(), fontweight="bold", va="center")
        for row in of_outcome:
            y += 1.0
            ends = [row.elpd_diff - 2.0 * row.diff_se, row.elpd_diff + 2.0 * row.diff_se]
            ax.plot(ends, [y, y], color=BLUE)
            ax.plot([row.elpd_diff], [y], "o", color=BLUE)
            elpd = f"elpd {row.elpd:.1f} (SE {row.elpd_se:.1f})"
            words = f"{elpd}, weight {row.weight:.2f}, largest Pareto k {row.pareto_k_max:.2f}"
            ax.text(1.015, y, words, transform=ax.get_yaxis_transform(), va="center", fontsize=6.0, color=INK)
            names.append((y, row.model))
        y += 1.4
    ax.axvline(0.0, color=PALE, linewidth=0.8, zorder=0)
    ax.set_yticks([at for at, _ in names], labels=[name for _, name in names])
    ax.set_ylim(y - 0.6, -0.7)
    ax.set_xlabel("Difference in elpd to the best model (0 = best; left = worse), ± 2 SE")
    return ax
