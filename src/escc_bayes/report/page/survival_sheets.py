"""Figures of survival: posterior over Kaplan-Meier, Kaplan-Meier by group, baseline hazard, predictive check."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.baseline_cases import rows_for
from escc_bayes.classical.curves import groups_of
from escc_bayes.plots.axes import month_ticks
from escc_bayes.plots.canvas import narrow
from escc_bayes.plots.hazard import hazard_curves
from escc_bayes.plots.predictive import predictive_check
from escc_bayes.plots.style import MODELS
from escc_bayes.plots.survival import ROW, at_risk_table, corner, survival_curves
from escc_bayes.plots.words import probability
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.curves import (
    DRAWN,
    at_risk,
    hazard_bands,
    km_band,
    observed_band,
    posterior_band,
    read_as,
)
from escc_bayes.report.page.outcomes import Outcome, endpoint_label, file_word, months_from, survival_of, term_labels
from escc_bayes.report.page.panels import MOST_GROUPS, panels
from escc_bayes.report.page.predictive import replicated_bands
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.whom import whom

EVERYONE = "all patients"
PANEL_MM, ROW_MM = 53.0, ROW * 25.4 / 72.0


def grid(figure: SubFigure, panes: Sequence[Callable[[Axes], None]]) -> None:
    """Draw panes in two columns, or in one if there is only one."""
    columns = 1 if narrow(figure) else min(2, len(panes))
    cells = figure.subplots(-(-len(panes) // columns), columns, squeeze=False).ravel()
    for ax, pane in zip(cells, panes, strict=False):
        pane(ax)
    for ax in cells[len(panes) :]:
        ax.set_axis_off()


def grid_height(panes: int, groups: int) -> float:
    """Return the millimetres of a grid whose largest at-risk table has ``groups`` rows."""
    return -(-panes // 2) * (PANEL_MM + ROW_MM * (groups + 1)) + 22.0


def posterior_sheet(posterior: Posterior, outcome: Outcome, labels: dict[str, str], *, level: float) -> Sheet:
    """Return posterior survival over Kaplan-Meier, of all and by group of each covariate of the model."""
    shown = [("", (EVERYONE,)), *panels(posterior.plan)]
    fewer = posterior.thinned(DRAWN)

    def pane(term: str, groups: tuple[str, ...]) -> Callable[[Axes], None]:
        return lambda ax: posterior_pane(fewer, term, groups, labels=labels, what=outcome.title, level=level, ax=ax)

    return drawn(
        lambda figure: grid(figure, [pane(term, groups) for term, groups in shown]),
        name=f"{file_word(posterior.plan.spec.name)}_survival",
        section="survival",
        outcome=outcome.key,
        title=f"{outcome.title}: posterior survival over {observed_curve(posterior.plan.rows)}, model "
        f"{posterior.plan.spec.name}",
        about=posterior.plan.rows.sentence(),
        words=f"Smooth curves: posterior median with pointwise {100 * level:g} % credible band, averaged over the "
        f"patients of the group. Thin: {curve_words(posterior.plan.rows)}. Below: numbers at risk, "
        "events until then in brackets"
        f"{counted_words(posterior.plan.rows)}.",
        clock=outcome.clock,
        provenance=posterior.record.provenance,
        height_mm=grid_height(len(shown), max(len(groups) for _, groups in shown)),
        columns=min(2, len(shown)),
    )


def posterior_pane(
    posterior: Posterior,
    term: str,
    groups: tuple[str, ...],
    *,
    labels: dict[str, str],
    what: str,
    level: float,
    ax: Axes,
) -> None:
    """Draw the curves of one covariate."""
    rows = posterior.plan.rows
    until = float(rows.time.max())
    named = read_as(rows, term, groups)
    # Without a covariate there is one group, asked for by no name.
    asked = [(group if term else "", label if term else "") for group, label in zip(groups, named, strict=True)]
    survival_curves(
        [posterior_band(posterior, term, group, level, label=label) for group, label in asked],
        behind=[observed_band(rows, term, group, level) for group, _ in asked],
        until=until,
        time_label=months_from(rows.clock),
        title=labels.get(term, term) or "All patients",
        survival_label=survival_of(what),
        ax=ax,
    )
    at_risk_table(at_risk(rows, term, groups, month_ticks(until)), ax=ax)


def kaplan_meier_sheet(bundle: Bundle, endpoint: str) -> Sheet | None:
    """Return Kaplan-Meier curves by group of every categorical covariate of the cohort; None if there is none."""
    rows = {
        name: rows_for(bundle.cohort, endpoint, (name,), None)
        for name, covariate in bundle.cohort.covariates.items()
        if covariate.schema.categorical
    }
    tests = {t["term"]: t for t in bundle.baselines[endpoint].tables["logrank"] if t["comparison"] == "overall"}
    # Without a test: one group, which the curve of all patients shows.
    shown = {name: r for name, r in rows.items() if name in tests and len(groups_of(r, name)) <= MOST_GROUPS}
    if not shown:
        return None
    labels = term_labels(bundle.cohort)
    everyone = rows_for(bundle.cohort, endpoint, (), None)
    test, what = test_words(everyone), endpoint_label(bundle.cohort, endpoint)

    def pane(name: str) -> Callable[[Axes], None]:
        p = float(str(tests[name]["p_value"]))
        return lambda ax: kaplan_meier_pane(shown[name], name, (labels[name], what), p=p, level=bundle.level, ax=ax)

    late = [f"{labels[n]} from {r.clock}" for n, r in shown.items() if r.clock != everyone.clock]
    clocks = "; ".join([everyone.clock, *late])
    return drawn(
        lambda figure: grid(figure, [pane(name) for name in shown]),
        name=f"{file_word(endpoint)}_kaplan_meier",
        section="kaplan_meier",
        outcome=endpoint,
        title=f"{endpoint_label(bundle.cohort, endpoint)}: Kaplan-Meier curves by group",
        about=everyone.sentence(),
        words=f"Pointwise {100 * bundle.level:g} % log-log confidence bands; dotted: exact limits (beta product, Fay, "
        f"Brittain & Proschan 2013), which hold with few patients too; ticks: censored patients; P: {test} over all "
        f"groups. Below: numbers at risk, events until then in brackets{counted_words(everyone)}. Time from {clocks}.",
        clock=clocks,
        provenance=bundle.cohort.provenance,
        height_mm=grid_height(len(shown), max(len(groups_of(r, n)) for n, r in shown.items())),
        columns=min(2, len(shown)),
    )


def test_words(rows: AnalysisRows) -> str:
    """Name the test of groups: log-rank, or what stands in for it under sampling weights and with clusters."""
    return "log-rank test" if rows.cluster is None else "robust score test"


def observed_curve(rows: AnalysisRows) -> str:
    """Name the curve of what was observed: Kaplan-Meier, or Turnbull's where events lie between two months."""
    return "Kaplan-Meier" if rows.left is None or rows.delayed else "Turnbull"


def curve_words(rows: AnalysisRows) -> str:
    """Say what the curve of what was observed is."""
    if observed_curve(rows) == "Kaplan-Meier":
        return "Kaplan-Meier; ticks: censored patients"
    return "Turnbull's estimate, which has no confidence limits; within a span the data do not say where it falls"


def counted_words(rows: AnalysisRows) -> str:
    """Say that patients are counted where the curves are weighted."""
    return " (patients, not weights)" if rows.sampled else ""


def kaplan_meier_pane(
    rows: AnalysisRows, term: str, words: tuple[str, str], *, p: float, level: float, ax: Axes
) -> None:
    """Draw the curves of one covariate with the log-rank P value; ``words`` of the covariate and of the endpoint."""
    groups, until = groups_of(rows, term), float(rows.time.max())
    named = read_as(rows, term, groups)
    survival_curves(
        [km_band(rows, term, group, level, label=label) for group, label in zip(groups, named, strict=True)],
        until=until,
        time_label=months_from(rows.clock),
        title=words[0],
        survival_label=survival_of(words[1]),
        ax=ax,
    )
    at_risk_table(at_risk(rows, term, groups, month_ticks(until)), ax=ax)
    corner(
        f"{test_words(rows).removesuffix(' test')} P {'' if probability(p)[0] in '<>' else '= '}{probability(p)}", ax=ax
    )


def hazard_sheet(outcome: Outcome, *, level: float) -> Sheet:
    """Return the baseline hazards of an outcome's models."""
    rows = outcome.posteriors[0].plan.rows
    described = {f"{p.plan.spec.name}: {whom(p.plan)}" for p in outcome.posteriors}

    def draw(figure: SubFigure) -> None:
        hazard_curves(
            [b for p in outcome.posteriors for b in hazard_bands(p, level, label=p.plan.spec.name)],
            events=np.sort(rows.time[rows.event == 1.0]),
            until=float(rows.time.max()),
            time_label=months_from(rows.clock),
            ax=figure.subplots(),
        )

    return drawn(
        draw,
        name=f"{outcome.name}_baseline_hazard",
        section="baseline_hazard",
        outcome=outcome.key,
        title=f"{outcome.title}: baseline hazard",
        about=outcome.sentence,
        words=f"Posterior median with pointwise {100 * level:g} % credible band, of {'; '.join(sorted(described))}. "
        "Ticks on the axis: events.",
        clock=outcome.clock,
        provenance=rows.provenance,
        height_mm=95.0,
    )


def predictive_sheet(outcome: Outcome, *, level: float) -> Sheet:
    """Return the predictive checks of an outcome's models, side by side."""
    rows = outcome.posteriors[0].plan.rows

    def pane(place: int, posterior: Posterior) -> Callable[[Axes], None]:
        def draw(ax: Axes) -> None:
            predictive_check(
                replicated_bands(posterior),
                observed_band(rows, "", "", level, label=f"observed, {observed_curve(rows)}"),
                look=MODELS[place],
                until=float(rows.time.max()),
                time_label=months_from(rows.clock),
                survival_label=survival_of(outcome.title),
                ax=ax,
            )
            ax.set_title(posterior.plan.spec.name)

        return draw

    return drawn(
        lambda figure: grid(figure, [pane(i, p) for i, p in enumerate(outcome.posteriors)]),
        name=f"{outcome.name}_predictive_check",
        section="fit_check",
        outcome=outcome.key,
        title=f"{outcome.title}: observed and replicated survival curves",
        about=outcome.sentence,
        words="Shaded: Kaplan-Meier curves of cohorts replicated from the posterior, each patient with their own entry "
        "and censoring time. A model that fits has the observed curve within the bands.",
        clock=outcome.clock,
        provenance=rows.provenance,
        height_mm=-(-len(outcome.posteriors) // 2) * 62.0 + 20.0,
    )
