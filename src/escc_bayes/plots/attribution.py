"""Why Cox and a posterior differ: for each contrast, the steps from one hazard ratio to the other."""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from escc_bayes.plots.axes import ratio_axis
from escc_bayes.plots.style import BLACK, BLUE, GREEN, GREY, INK, ORANGE, PALE, PURPLE, SKY, VERMILLION
from escc_bayes.sensitivity.attribution import STEPS, AttributionStep

# Okabe & Ito's colours, and lighter or darker kin of two of them.
YELLOW, PALE_BLUE, PALE_GREEN = "#F0E442", "#9EC9E2", "#8FD6B9"
# Of terms of the model's own, which may stand beside each other.
BROWN, TAN, UMBER = "#8C564B", "#C9A78F", "#4A2C20"
WORDS = {
    "dropped_rows": "patients without other covariates",
    "likelihood_form": "form of the likelihood",
    "small_sample_bias": "small-sample bias (Firth)",
    "smoothing": "smoothing of the baseline",
    "confounding": "confounding",
    "non_collapsibility": "non-collapsibility",
    "centres": "centres",
    "baseline_prior": "prior on the baseline",
    "effect_prior": "priors on effects",
    "shrinkage": "shrinkage between levels",
    "coding": "coding",
    "mode_to_mean": "from mode to mean",
    "other_sources": "other sources",
    "background_mortality": "excess over the life table",
    "cure_fraction": "of those not cured",
}
SHADES = (
    GREY,
    SKY,
    YELLOW,
    PURPLE,
    BLUE,
    PALE_BLUE,
    VERMILLION,
    ORANGE,
    GREEN,
    PALE_GREEN,
    "#6A4C93",
    INK,
    BROWN,
    TAN,
    UMBER,
)
COLOURS = dict(zip(STEPS, SHADES, strict=True))
BAR = 0.8


def waterfall(
    steps: Sequence[AttributionStep],
    *,
    headings: Mapping[str, str],
    limits: tuple[float, float],
    most: int = 3,
    ax: Axes,
) -> Axes:
    """Draw a lane for each contrast: circle (univariable Cox), a bar for each step, diamond (posterior mean).

    Parameters
    ----------
    most : steps that a lane has room for; alike in axes that stand beside each other.
    """
    lane = most + 1.0
    ratio_axis(ax, limits, label="Hazard ratio (log scale)")
    names: list[str] = []
    for (term, contrast), group in groupby(steps, key=lambda s: (s.term, s.contrast)):
        top = lane * len(names)
        draw_lane(list(group), top=top, limits=limits, ax=ax)
        ax.axhline(top - 0.8, color=PALE, linewidth=0.4, zorder=0)
        names.append(f"{headings.get(term, term)}\n{contrast}")
    ax.set_yticks([lane * i + lane / 2.0 - 1.0 for i in range(len(names))], labels=names)
    ax.set_ylim(lane * len(names) - 0.8, -0.8)
    ax.tick_params(axis="y", length=0)
    return ax


def draw_lane(steps: Sequence[AttributionStep], *, top: float, limits: tuple[float, float], ax: Axes) -> Axes:
    """Draw the steps of one contrast below each other, each from where the one before ended."""
    for row, step in enumerate(steps):
        y = top + row
        if math.isnan(step.difference):
            side = ax.get_yaxis_transform()
            ax.text(0.02, y, "no finite estimate", transform=side, va="center", fontsize=5.5, color=COLOURS[step.step])
            continue
        before, after = (min(max(math.exp(v), limits[0]), limits[1]) for v in (step.log_hr_before, step.log_hr_after))
        ax.barh(y, after - before, left=before, height=BAR, color=COLOURS[step.step])
        ax.plot(
            [after, after],
            [y - BAR / 2, y + 1.0 + BAR / 2 if row < len(steps) - 1 else y + BAR / 2],
            color=BLACK,
            linewidth=0.5,
        )
    for value, y, marker, face in (
        (steps[0].log_hr_before, top, "o", "white"),
        (steps[-1].log_hr_after, top + len(steps) - 1, "D", BLACK),
    ):
        if not math.isnan(value):
            ax.plot([math.exp(value)], [y], marker, color=BLACK, markerfacecolor=face, markersize=3.2)
    return ax


def step_patches(steps: Sequence[AttributionStep]) -> list[Patch]:
    """Return legend entries of the steps that occur."""
    drawn = {step.step for step in steps}
    return [Patch(color=COLOURS[step], label=WORDS[step]) for step in STEPS if step in drawn]
