"""Figures of several transitions: state occupation as stacked areas, cumulative incidence by cause, group by group.

Groups are those of the data as they are, so that Aalen-Johansen is of the same patients.
"""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.aalen_johansen import StateCurves, aalen_johansen, limits
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.band import Band
from escc_bayes.plots.canvas import narrow
from escc_bayes.plots.states import Occupation, incidence_curves, stacked_states, state_handles
from escc_bayes.plots.style import GROUPS
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.page.curves import DRAWN
from escc_bayes.report.page.outcomes import Outcome, file_word, months_from
from escc_bayes.report.page.state_groups import GROUP, Asked, asked_of, members, months_of, quantiles
from escc_bayes.spec.rows import AnalysisRows

PANEL_MM, HEAD_MM = 53.0, 34.0
COLUMNS = 3


def state_sheet(posterior: Posterior, outcome: Outcome, labels: dict[str, str], *, level: float) -> Sheet:
    """Return the states, or the cumulative incidences, of all patients and of every group of the model's covariates."""
    rows, fewer = posterior.plan.rows, posterior.thinned(DRAWN)
    competing = rows.transitions is not None and rows.transitions.competing
    groups = shown_groups(posterior)
    months = months_of(posterior)
    panes = (incidence_panes if competing else state_panes)(fewer, groups, months, labels, level)

    def draw(figure: SubFigure) -> None:
        columns = 1 if narrow(figure) else min(COLUMNS, len(panes))
        cells = figure.subplots(-(-len(panes) // columns), columns, squeeze=False).ravel()
        for ax, pane in zip(cells, panes, strict=False):
            pane(ax)
        for ax in cells[len(panes) :]:
            ax.set_axis_off()
        handles = cause_handles(rows) if competing else state_handles(observed=True)
        figure.legend(handles=handles, loc="outside upper left", ncols=1 if narrow(figure) else 3)

    name, model = file_word(posterior.plan.spec.name), posterior.plan.spec.name
    return drawn(
        draw,
        name=f"{name}_{'incidence' if competing else 'states'}",
        section="states",
        outcome=outcome.key,
        title=f"{outcome.title}: {'cumulative incidence' if competing else 'who is where'}, model {model}",
        about=rows.sentence(),
        words=caption(competing=competing, level=level),
        clock=outcome.clock,
        provenance=posterior.record.provenance,
        height_mm=-(-len(panes) // COLUMNS) * PANEL_MM + HEAD_MM,
        columns=COLUMNS,
    )


def caption(*, competing: bool, level: float) -> str:
    """Say how to read the figure."""
    if competing:
        return (
            f"Smooth curves: posterior median with pointwise {100 * level:g} % credible band, averaged over the "
            "patients of the group as they are. Thin steps: Aalen-Johansen of the same patients."
        )
    return (
        "Areas: posterior means, averaged over the patients of the group as they are; the upper border of the lowest "
        "is progression-free survival, that of the second overall survival. Steps: Aalen-Johansen of the same patients."
    )


def shown_groups(posterior: Posterior) -> list[Asked]:
    """Return all patients, then every group that anybody is in, as it is."""
    groups = [one for one in asked_of(posterior.plan) if not one.term or one.population == GROUP]
    rows = posterior.plan.rows
    return [one for one in groups if not one.term or bool(inside(rows, one).any())]


def inside(rows: AnalysisRows, asked: Asked) -> np.ndarray:
    """Return which patients are in a group, (patients,)."""
    found = members(rows, asked)
    return np.ones(rows.n, dtype=bool) if found is None else found


def titled(rows: AnalysisRows, asked: Asked, labels: dict[str, str]) -> str:
    """Return the title of a panel: the group and how many patients it has."""
    n = int(inside(rows, asked).sum())
    return (
        f"{labels.get(asked.term, asked.term)}:\n{asked.group} (n = {n})" if asked.term else f"All patients\n(n = {n})"
    )


def state_panes(
    posterior: Posterior, groups: Sequence[Asked], months: FloatArray, labels: dict[str, str], level: float
) -> list[Callable[[Axes], Axes]]:
    """Return what draws the states of each group."""
    del level  # Areas have no band.
    rows = posterior.plan.rows

    def pane(one: Asked) -> Callable[[Axes], Axes]:
        return lambda ax: stacked_states(
            Occupation(months, posterior.states(months, **one.options).mean(axis=0)),
            occupied(aalen_johansen(rows, members(rows, one))),
            until=float(months[-1]),
            time_label=months_from(rows.clock),
            title=titled(rows, one, labels),
            ax=ax,
        )

    return [pane(one) for one in groups]


def occupied(curves: StateCurves) -> Occupation:
    """Return Aalen-Johansen as it is drawn."""
    return Occupation(curves.months, curves.probability)


def incidence_panes(
    posterior: Posterior, groups: Sequence[Asked], months: FloatArray, labels: dict[str, str], level: float
) -> list[Callable[[Axes], Axes]]:
    """Return what draws the cumulative incidences of each group, on axes of one height."""
    rows = posterior.plan.rows
    model = [quantiles(posterior.cumulative_incidence(months, **one.options), level) for one in groups]
    seen = [aalen_johansen(rows, members(rows, one)) for one in groups]
    top = max([float(found.max()) for found in model] + [float(c.probability[:, 1:].max()) for c in seen])
    highest = min(1.0, np.ceil(10.0 * top) / 10.0)
    until, time_label = float(months[-1]), months_from(rows.clock)

    def pane(one: Asked, found: FloatArray, curves: StateCurves) -> Callable[[Axes], Axes]:
        return lambda ax: incidence_curves(
            incidence_bands(rows.transition_names, months, found),
            behind=observed_bands(curves, level),
            highest=float(highest),
            until=until,
            time_label=time_label,
            title=titled(rows, one, labels),
            ax=ax,
        )

    return [pane(*each) for each in zip(groups, model, seen, strict=True)]


def incidence_bands(causes: Sequence[str], months: FloatArray, found: FloatArray) -> list[Band]:
    """Return a band for each cause of median and limits (3, t, causes)."""
    return [Band(cause, months, *found[..., place]) for place, cause in enumerate(causes)]


def observed_bands(curves: StateCurves, level: float) -> list[Band]:
    """Return the steps of Aalen-Johansen for each cause."""
    lower, upper = limits(curves.probability, curves.std_error, level)
    return [
        Band("", curves.months, curves.probability[:, place], lower[:, place], upper[:, place], steps=True)
        for place in range(1, curves.probability.shape[1])
    ]


def cause_handles(rows: AnalysisRows) -> list[object]:
    """Return the legend: a line for each cause."""
    from matplotlib.lines import Line2D

    found: list[object] = [
        Line2D([], [], color=GROUPS[place].colour, linestyle=GROUPS[place].dash, linewidth=1.4, label=cause)
        for place, cause in enumerate(rows.transition_names)
    ]
    return found
