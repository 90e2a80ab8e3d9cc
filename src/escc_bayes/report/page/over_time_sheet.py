"""The figure of hazard ratios that change over time: posteriors as steps with bands, Cox as thin lines."""

import math
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.band import Band
from escc_bayes.plots.over_time import Part, ratio_over_time
from escc_bayes.plots.words import method_words
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.page.outcomes import Outcome, months_from
from escc_bayes.report.page.over_time import in_order, of_one, of_outcome, plain_contrast
from escc_bayes.report.page.survival_sheets import grid, grid_height
from escc_bayes.spec.transitions import heading


def over_time_sheet(outcome: Outcome, labels: Mapping[str, str]) -> Sheet:
    """Return hazard ratios over time, contrast by contrast: posteriors as steps with bands, Cox as thin lines."""
    estimates = of_outcome(outcome)
    until = float(outcome.posteriors[0].plan.rows.time.max())
    panes = [
        partial(pane, list(block), labels=labels, until=until, time_label=months_from(outcome.clock))
        for _, block in groupby(in_order(estimates), key=of_one)
    ]

    def draw(figure: SubFigure) -> None:
        grid(figure, panes)

    return drawn(
        draw,
        name=f"{outcome.name}_time_varying",
        section="time_varying",
        outcome=outcome.key,
        title=f"{outcome.title}: hazard ratios over time",
        about=outcome.sentence,
        words="Thick steps and bands: posterior medians and credible intervals of each segment. Thin lines: Cox on the "
        "same segments, with confidence intervals. Numbers: events of the model in each segment.",
        clock=outcome.clock,
        provenance=outcome.posteriors[0].record.provenance,
        height_mm=grid_height(len(panes), 0),
    )


def pane(estimates: list[Estimate], ax: Axes, *, labels: Mapping[str, str], until: float, time_label: str) -> None:
    """Draw the hazard ratio of one contrast over time."""
    first = estimates[0]
    by_method = [
        (name, [e for e in estimates if method_words(e.method, e.model) == name])
        for name in dict.fromkeys(method_words(e.method, e.model) for e in estimates)
    ]
    spans = {e.months: e.events for e in estimates if e.months is not None}
    ratio_over_time(
        [band(name, found, until) for name, found in by_method if found[0].interval_kind == "credible"],
        beside=[band(name, found, until) for name, found in by_method if found[0].interval_kind != "credible"],
        parts=[Part(start, min(stop, until), events) for (start, stop), events in sorted(spans.items())],
        title=f"{heading(labels.get(first.term, first.term), first.transition)}\n{plain_contrast(first)}",
        until=until,
        time_label=time_label,
        ax=ax,
    )


def band(label: str, estimates: list[Estimate], until: float) -> Band:
    """Return a hazard ratio as steps, held to the end of follow-up."""
    starts = [e.months[0] for e in estimates if e.months is not None]

    def steps(values: Iterable[float]) -> FloatArray:
        found = [math.nan if math.isinf(v) else v for v in values]
        return np.array([*found, found[-1]])

    return Band(
        label,
        np.array([*starts, until]),
        steps(e.value for e in estimates),
        steps(e.lower for e in estimates),
        steps(e.upper for e in estimates),
        steps=True,
    )
