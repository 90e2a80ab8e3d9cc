"""Figures of effects: forest, prior check, prior and posterior, attribution; and the tests of models and sampler."""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from escc_bayes.bayes.posterior.prior_check import PriorCheck
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.attribution import step_patches, waterfall
from escc_bayes.plots.axes import ratio_limits
from escc_bayes.plots.convergence import ess_dots, rhat_dots
from escc_bayes.plots.density import prior_posterior
from escc_bayes.plots.forest import forest, layout
from escc_bayes.plots.loo import loo_dots
from escc_bayes.plots.prior import fan, prior_ratios
from escc_bayes.plots.style import MODELS
from escc_bayes.plots.words import method_words
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.convergence import convergence
from escc_bayes.report.page.curves import DENSITY_POINTS, density, posterior_log_ratios, prior_fan, prior_log_ratios
from escc_bayes.report.page.outcomes import Outcome, months_from, survival_of
from escc_bayes.spec.transitions import heading

SINGLE_CURVES = 25
LINE_MM = 2.75
FANS_MM = 52.0


def forest_sheet(outcome: Outcome, estimates: Sequence[Estimate], labels: dict[str, str]) -> Sheet:
    """Return hazard ratios of several methods side by side."""
    return drawn(
        lambda figure: forest(estimates, headings=labels, ax=figure.subplots()),
        name=f"{outcome.name}_forest",
        section="hazard_ratios",
        outcome=outcome.key,
        title=f"{outcome.title}: hazard ratios by {methods_in_words(estimates)}",
        about=outcome.sentence,
        words="Filled circles and thick lines: posterior medians and credible intervals. Hollow markers and thin "
        "lines: estimates and confidence intervals. Arrow: the interval or the estimate lies beyond the axis.",
        clock=outcome.clock,
        provenance=outcome.posteriors[0].record.provenance,
        height_mm=LINE_MM * layout(estimates).bottom + 42.0,
    )


def methods_in_words(estimates: Sequence[Estimate]) -> str:
    """Say how many ways of asking a forest shows."""
    methods = dict.fromkeys(method_words(e.method, e.model) for e in estimates)
    return "method" if not methods else f"{len(methods)} methods" if len(methods) > 1 else next(iter(methods))


def prior_sheet(outcome: Outcome, checks: dict[str, PriorCheck], labels: dict[str, str]) -> Sheet:
    """Return prior survival fans above prior hazard ratios of an outcome's models; fans alone without effects."""
    ratios = {model: check.hazard_ratios for model, check in checks.items()}
    contrasts = len(next(iter(ratios.values())))
    level = next(iter(checks.values())).level
    lines = 18.0 + 2.0 * contrasts * (1 + len(checks)) if contrasts else 0.0

    def draw(figure: SubFigure) -> None:
        if not contrasts:
            draw_fans(checks, figure, outcome)
            return
        parts = figure.add_gridspec(2, 1, height_ratios=[FANS_MM, lines])
        draw_fans(checks, figure.add_subfigure(parts[0]), outcome)
        prior_ratios(ratios, headings=labels, ax=figure.add_subfigure(parts[1]).subplots())

    below = f" Below: prior medians and {100 * level:g} % prior intervals of the hazard ratios." if contrasts else ""
    return drawn(
        draw,
        name=f"{outcome.name}_prior_check",
        section="prior",
        outcome=outcome.key,
        title=f"{outcome.title}: what the priors say before any outcome is seen",
        about=outcome.sentence,
        words="Prior survival of whom the baseline describes: bands of 95, 80 and 50 %, and single curves." + below,
        clock=outcome.clock,
        provenance=outcome.posteriors[0].record.provenance,
        height_mm=FANS_MM + lines + 26.0,
    )


def draw_fans(checks: dict[str, PriorCheck], figure: SubFigure, outcome: Outcome) -> None:
    """Draw the prior survival fan of each model, side by side."""
    for place, (model, check) in enumerate(checks.items()):
        ax = figure.add_subplot(1, len(checks), place + 1)
        curves = check.baseline[:SINGLE_CURVES]
        several = check.plan.rows.transitions is not None
        what = check.survival_words if several else outcome.title
        words = {"time_label": months_from(outcome.clock), "survival_label": survival_of(what)}
        fan(prior_fan(check), curves=curves, look=MODELS[place], ax=ax, **words)
        ax.set_title(model)


def prior_posterior_sheet(outcome: Outcome, labels: dict[str, str]) -> Sheet:
    """Return prior and posterior densities of every log hazard ratio."""
    asked = standard_contrasts(outcome.posteriors[0].plan.design)
    rows = -(-len(asked) // 3)

    def draw(figure: SubFigure) -> None:
        cells = figure.subplots(rows, 3, squeeze=False).ravel()
        prior = prior_log_ratios(asked, outcome.posteriors[0])
        draws = {p.plan.spec.name: posterior_log_ratios(asked, p) for p in outcome.posteriors}
        for place, (ax, contrast) in enumerate(zip(cells, asked, strict=False)):
            title = (
                f"{heading(labels.get(contrast.term, contrast.term), contrast.transition)}\n{contrast_words(contrast)}"
            )
            densities(prior[place], {name: found[place] for name, found in draws.items()}, title, ax)
        for ax in cells[len(asked) :]:
            ax.set_axis_off()
        handles, names = cells[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper left", ncols=len(names))

    return drawn(
        draw,
        name=f"{outcome.name}_prior_posterior",
        section="prior",
        outcome=outcome.key,
        title=f"{outcome.title}: hazard ratios before and after the data",
        about=outcome.sentence,
        words="Densities of the log hazard ratio over the hazard ratio (log scale). Prior: of the first model.",
        clock=outcome.clock,
        provenance=outcome.posteriors[0].record.provenance,
        height_mm=30.0 * rows + 28.0,
    )


def densities(prior: FloatArray, posteriors: Mapping[str, FloatArray], title: str, ax: Axes) -> None:
    """Draw the densities of one log hazard ratio: of its prior draws and, by model, of its posterior draws."""
    ends = (0.05, 20.0)
    at = np.linspace(math.log(ends[0]), math.log(ends[1]), DENSITY_POINTS)
    prior_posterior(
        density(prior, at, label="prior"),
        [density(draws, at, label=f"posterior, {name}") for name, draws in posteriors.items()],
        ratio=np.exp(at),
        limits=ends,
        title=title,
        ax=ax,
    )


def attribution_sheet(outcome: Outcome, bundle: Bundle, labels: dict[str, str]) -> Sheet:
    """Return the way from univariable Cox to each posterior, model beside model."""
    names = [p.plan.spec.name for p in outcome.posteriors if bundle.attribution[p.plan.spec.name]]
    steps = {name: bundle.attribution[name] for name in names}
    values = (
        math.exp(v) for s in steps.values() for x in s for v in (x.log_hr_before, x.log_hr_after) if not math.isnan(v)
    )
    limits = ratio_limits(values)
    ways = [list(way) for _, way in groupby(next(iter(steps.values())), key=lambda s: (s.term, s.contrast))]
    most = max(len({s.step for s in of_model}) for of_model in steps.values())

    def draw(figure: SubFigure) -> None:
        for ax, name in zip(figure.subplots(1, len(names), squeeze=False, sharey=True)[0], names, strict=True):
            waterfall(steps[name], headings=labels, limits=limits, most=most, ax=ax)
            ax.set_title(name)
        handles = step_patches([s for of_model in steps.values() for s in of_model])
        figure.legend(handles=handles, loc="outside upper left", ncols=3)

    return drawn(
        draw,
        name=f"{outcome.name}_attribution",
        section="attribution",
        outcome=outcome.key,
        title=f"{outcome.title}: why Cox and the posterior differ",
        about=outcome.sentence,
        words="From univariable Cox (circle) to the posterior mean (diamond); the bars add up on the log scale.",
        clock=outcome.clock,
        provenance=outcome.posteriors[0].record.provenance,
        height_mm=2.4 * most * len(ways) + 40.0,
    )


def loo_sheet(bundle: Bundle) -> Sheet:
    """Return the models of each outcome compared by leave-one-out predictive density."""
    models = sum(len(rows) + 1 for rows in bundle.loo.values())
    return drawn(
        lambda figure: loo_dots(bundle.loo, ax=figure.subplots()),
        name="loo",
        section="loo",
        outcome="",
        title="Models compared by leave-one-patient-out prediction",
        about=about_all(bundle),
        words="A difference within two standard errors of 0 does not tell models apart; a Pareto k above 0.7 makes "
        "a row unreliable.",
        clock=clocks(bundle),
        provenance=bundle.cohort.provenance,
        height_mm=6.0 * models + 34.0,
    )


def convergence_sheet(bundle: Bundle) -> Sheet:
    """Return R-hat and effective sample size of every quantity of every model that was sampled by chains."""
    checks = {p.plan.spec.name: convergence(p) for p in bundle.fits if not p.diagnostics.weighted}

    def draw(figure: SubFigure) -> None:
        left, right = figure.subplots(1, 2)
        rhat_dots(checks, ax=left)
        ess_dots(checks, ax=right)
        right.set_yticklabels([])

    return drawn(
        draw,
        name="diagnostics",
        section="diagnostics",
        outcome="",
        title="Sampler diagnostics of every parameter and coefficient",
        about=about_all(bundle),
        words="Each dot is one quantity; the largest R-hat is named. Left: R-hat. Right: bulk (filled) and tail "
        "(hollow) effective sample sizes. Dashed: the limits.",
        clock=clocks(bundle),
        provenance=bundle.cohort.provenance,
        height_mm=12.0 * len(checks) + 36.0,
    )


def about_all(bundle: Bundle) -> str:
    """Say provenance, cohort and the clocks of all models."""
    cohort, found = bundle.cohort, clocks(bundle)
    return f"{cohort.provenance.upper()}: {len(cohort)} patients of {cohort.name}; {found}."


def clocks(bundle: Bundle) -> str:
    """Name the endpoints and clocks of all models."""
    return "; ".join(sorted({f"{p.plan.rows.endpoint} from {p.plan.rows.clock}" for p in bundle.posteriors.values()}))
