"""The analyses of one covariate side by side: a forest with one block for each analysis, by Cox and by Bayes."""

import math
from collections.abc import Sequence
from dataclasses import replace

from matplotlib.axes import Axes

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.plots.forest import forest


def analyses(estimates: Sequence[Estimate], labels: Sequence[str], *, ax: Axes) -> Axes:
    """Draw hazard ratios, each contrast under a heading of its own.

    Parameters
    ----------
    estimates : those of one contrast and analysis next to each other.
    labels : the analysis of each, in words.
    """
    shown = [
        replace(one, term=f"{one.term} {one.contrast}", contrast=label)
        for one, label in zip(estimates, labels, strict=True)
        if not math.isnan(one.value)
    ]
    return forest(shown, headings={}, ax=ax)
