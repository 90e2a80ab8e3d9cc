"""Figures of a session, on axes of its own: forests, Kaplan-Meier, posterior curves, priors, hazards.

``import escc_bayes as eb; eb.plot.km(cohort, "os", by="stage", ax=ax)``. Every function draws on the axes that it is
given, or on the current ones of pyplot, in the style of the report, and returns them; the title says provenance,
patients and events. ``fig, ax = plt.subplots(layout="constrained")`` leaves room for numbers at risk and legends.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes

from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.posterior.prior_check import PriorCheck
from escc_bayes.classical.baseline_cases import rows_for
from escc_bayes.classical.curves import groups_of
from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.compare.comparison import Comparison
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.as_read import estimates_as_read, levels_in
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import HazardRatio, contrast_words
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError, EstimandError
from escc_bayes.foundation.kinds import LEVEL, month_of
from escc_bayes.foundation.sentence import counted
from escc_bayes.plots import forest as forests
from escc_bayes.plots import prior as priors
from escc_bayes.plots.axes import month_ticks
from escc_bayes.plots.band import Band
from escc_bayes.plots.fonts import show_all_letters
from escc_bayes.plots.hazard import hazard_curves
from escc_bayes.plots.style import MODELS, styled
from escc_bayes.plots.survival import LEGEND_ROW, at_risk_table, survival_curves
from escc_bayes.report.page.curves import (
    DRAWN,
    at_risk,
    hazard_bands,
    km_band,
    posterior_band,
    posterior_log_ratios,
    prior_fan,
    prior_log_ratios,
    read_as,
)
from escc_bayes.report.page.effect_sheets import SINGLE_CURVES, densities
from escc_bayes.report.page.outcomes import endpoint_label, months_from, survival_of
from escc_bayes.spec.rows import AnalysisRows

__all__ = ["density", "forest", "hazard", "km", "prior", "prior_ratios", "survival"]

type Ratios = Posterior | EnsemblePosterior | ClassicalFit | Comparison | Sequence[Estimate]


@careful
def forest(answers: Ratios, *, labels: dict[str, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw hazard ratios with their intervals, the methods of one contrast side by side.

    Parameters
    ----------
    answers : of ``compare``, a posterior, a classical fit, or estimates of hazard ratios.
    labels : words for covariates; absent: their names.
    ax : where; absent: the current axes of pyplot.

    Raises
    ------
    EstimandError : there is no hazard ratio among them.
    """
    ratios = ratios_of(answers)
    if not ratios:
        raise EstimandError("plot.forest: no hazard ratio to draw; ask compare for HazardRatio, or give a fit")
    with house(ax) as there:
        forests.forest(ratios, headings=labels or {}, ax=there)
        rows = -(-len(forests.looks_of(ratios)) // 2)
        there.set_title(titled(ratios[0]), pad=6.0 + LEGEND_ROW * rows)
    return there


@careful
def km(
    cohort: Cohort,
    endpoint: str,
    *,
    by: str = "",
    landmark: float | None = None,
    level: float = LEVEL,
    ax: Axes | None = None,
) -> Axes:
    """Draw Kaplan-Meier curves with log-log limits and the numbers at risk below, events until then in brackets.

    Parameters
    ----------
    by : a covariate with levels, a curve for each; empty: one of all patients.
    landmark : months at which the clock restarts. Without one a covariate known later is NAIVE, and the axis says so.
    ax : where; absent: the current axes of pyplot.

    Raises
    ------
    CohortError, LandmarkError : no such endpoint or covariate, a number, or nobody beyond the landmark.
    """
    clock = None if landmark is None else month_of(landmark, "plot.km", "landmark")
    refuse_number(cohort, by)
    rows = rows_for(cohort, endpoint, (by,) if by else (), clock)
    groups = groups_of(rows, by) if by else ("",)
    bands = [km_band(rows, by, group, level, label=name) for group, name in named(rows, by, groups)]
    with house(ax) as there:
        return curves_above_numbers(bands, rows, by, endpoint_label(cohort, endpoint), ax=there)


@careful
def survival(posterior: Posterior, *, by: str = "", level: float = LEVEL, ax: Axes | None = None) -> Axes:
    """Draw posterior survival curves with credible bands over thin Kaplan-Meier ones, numbers at risk below.

    Parameters
    ----------
    by : a covariate of the model with levels, a curve for each, averaged over the patients of the level; empty: all.
    ax : where; absent: the current axes of pyplot.

    Raises
    ------
    EstimandError : the model has no such covariate, or it is a number.
    """
    rows = posterior.plan.rows
    with_levels = [name for name, held in rows.covariates.items() if held.schema.categorical]
    if by and by not in with_levels:
        raise EstimandError(f"plot.survival: no covariate with levels '{by}'; {suggestion(by, with_levels)}")
    groups, fewer = (groups_of(rows, by) if by else ("",)), posterior.thinned(DRAWN)
    bands = [posterior_band(fewer, by, group, level, label=name) for group, name in named(rows, by, groups)]
    behind = [km_band(rows, by, group, level) for group in groups]
    with house(ax) as there:
        return curves_above_numbers(bands, rows, by, rows.endpoint, behind=behind, ax=there)


@careful
def prior(check: PriorCheck, *, ax: Axes | None = None) -> Axes:
    """Draw the survival that a prior expects of whom the baseline describes, from ``prior_check``."""
    rows = check.plan.rows
    with house(ax) as there:
        words = {"time_label": months_from(rows.clock), "survival_label": survival_of(rows.endpoint)}
        priors.fan(prior_fan(check), curves=check.baseline[:SINGLE_CURVES], look=MODELS[0], ax=there, **words)
        there.set_title(f"Prior of {check.plan.spec.name}, before any outcome")
    return there


@careful
def prior_ratios(check: PriorCheck, *, ax: Axes | None = None) -> Axes:
    """Draw the hazard ratios that a prior expects: medians and prior intervals, from ``prior_check``.

    Raises
    ------
    EstimandError : the model has no effect.
    """
    if not check.hazard_ratios:
        raise EstimandError(f"plot.prior_ratios: {check.plan.spec.name} has no effect; plot.prior shows its baseline")
    with house(ax) as there:
        levels = levels_in(check.plan.rows)
        read = [replace(r, contrast=levels.contrast(r.term, r.contrast)) for r in check.hazard_ratios]
        priors.prior_ratios({check.plan.spec.name: read}, headings={}, ax=there)
    return there


@careful
def density(posterior: Posterior, asked: HazardRatio | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw a hazard ratio before and after the data: prior and posterior densities of its logarithm.

    Parameters
    ----------
    asked : which; absent: the first of the model.
    ax : where; absent: the current axes of pyplot.

    Raises
    ------
    EstimandError : the model lacks it, or has no effect.
    """
    known = standard_contrasts(posterior.plan.design)
    if asked is None and not known:
        raise EstimandError(f"plot.density: {posterior.plan.spec.name} has no effect, hence no hazard ratio")
    one = known[0] if asked is None else asked
    after = posterior_log_ratios([one], posterior)[0]
    with house(ax) as there:
        asked_words = levels_in(posterior.plan.rows).contrast(one.term, contrast_words(one))
        words = f"{one.term} {asked_words}\n{said_of(posterior.plan.rows)}"
        densities(prior_log_ratios([one], posterior)[0], {posterior.plan.spec.name: after}, words, there)
        there.set_xlabel("Hazard ratio (log scale)")
        there.legend(loc="upper left")
    return there


@careful
def hazard(posterior: Posterior, *, level: float = LEVEL, ax: Axes | None = None) -> Axes:
    """Draw the baseline hazard, events per month of whom the baseline describes, the months of events below."""
    rows = posterior.plan.rows
    bands = hazard_bands(posterior, level, label=posterior.plan.spec.name)
    with house(ax) as there:
        events = np.sort(rows.time[rows.event == 1.0])
        until = float(rows.time.max())
        hazard_curves(bands, events=events, until=until, time_label=months_from(rows.clock), ax=there)
        there.set_title(said_of(rows), pad=6.0 + LEGEND_ROW)
    return there


def named(rows: AnalysisRows, by: str, groups: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield each group with what people read for it."""
    yield from zip(groups, read_as(rows, by, groups), strict=True)


@contextmanager
def house(ax: Axes | None) -> Iterator[Axes]:
    """Draw on axes in the style of the report, every letter with a font that has it."""
    if ax is None:
        # Here alone: pyplot looks for a screen when it is imported.
        from matplotlib import pyplot

        ax = pyplot.gca()
    with styled():
        yield ax
    whole = ax.get_figure(root=True)
    assert whole is not None
    show_all_letters(whole)


def curves_above_numbers(
    bands: Sequence[Band], rows: AnalysisRows, by: str, what: str, *, behind: Sequence[Band] = (), ax: Axes
) -> Axes:
    """Draw survival curves of groups with the numbers at risk below them."""
    until = float(rows.time.max())
    survival_curves(
        bands,
        behind=behind,
        until=until,
        time_label=months_from(rows.clock),
        title=said_of(rows),
        survival_label=survival_of(what),
        ax=ax,
    )
    legend = ax.get_legend()
    if legend is not None:
        legend.set_bbox_to_anchor((-0.02, 1.0), transform=ax.transAxes)
    names = tuple(band.label or "all patients" for band in bands)
    counted = at_risk(rows, by, groups_of(rows, by) if by else ("",), month_ticks(until))
    at_risk_table(replace(counted, labels=names), ax=ax)
    return ax


def ratios_of(answers: Ratios) -> list[Estimate]:
    """Return hazard ratios, those of one contrast next to each other."""
    if isinstance(answers, Comparison):
        found = list(estimates_as_read(answers.of("hazard_ratio"), answers.levels))
    elif isinstance(answers, Posterior | EnsemblePosterior | ClassicalFit):
        found = list(estimates_as_read(answers.hazard_ratios(), levels_in(answers.plan.rows)))
    else:
        found = [e for e in answers if e.estimand == "hazard_ratio"]
    terms = list(dict.fromkeys(e.term for e in found))
    contrasts = list(dict.fromkeys((e.term, e.contrast) for e in found))
    return sorted(found, key=lambda e: (terms.index(e.term), contrasts.index((e.term, e.contrast))))


def titled(e: Estimate) -> str:
    """Say provenance, endpoint, patients and events of an estimate."""
    of = f"{counted(e.events, 'event')} in {counted(e.n, 'patient')}"
    return f"{e.record.provenance.upper()}: {e.endpoint} from {e.clock}, {of}"


def said_of(rows: AnalysisRows) -> str:
    """Say provenance, cohort, patients and events of the rows behind a figure."""
    return f"{rows.provenance.upper()}: {counted(rows.n, 'patient')} of {rows.cohort}, {rows.event_words}"


def refuse_number(cohort: Cohort, by: str) -> None:
    """Raise unless a covariate has levels, each of which can have a curve."""
    if by and by not in cohort.covariates:
        raise CohortError(f"plot.km: no covariate '{by}' in {cohort.name}; {suggestion(by, cohort.covariates)}")
    if by and not cohort.covariates[by].schema.categorical:
        raise CohortError(f"plot.km: '{by}' is a number; give it cuts and classes in the schema, or name another")
