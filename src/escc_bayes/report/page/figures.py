"""Which figures a bundle gets."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from escc_bayes.bayes.posterior.prior_check import PriorCheck
from escc_bayes.estimand.as_read import estimates_as_read
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.document.labelled_figures import sheet_in_labels
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.report.page import effect_sheets, survival_sheets
from escc_bayes.report.page.answers import headline_ratios
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.chapters import chapter_makers
from escc_bayes.report.page.curve_sheet import curve_sheet
from escc_bayes.report.page.on_curves import curved
from escc_bayes.report.page.outcomes import Outcome, levels_of, outcomes, term_labels
from escc_bayes.report.page.over_time import of_outcome
from escc_bayes.report.page.over_time_sheet import over_time_sheet
from escc_bayes.report.page.reconstruction_section import members_sheet
from escc_bayes.report.page.state_sheet import state_sheet

type Maker = partial[Sheet] | partial[Sheet | None]
type Drawing = Callable[[], Sheet | None]


def figure_makers(bundle: Bundle, *, full: bool = False) -> tuple[Maker, ...]:
    """Return what draws each figure of a bundle, in the order of the page within each section.

    Without ``full``: of each outcome the headline model beside Cox, and no figure that a table says as well.
    """
    labels = term_labels(bundle.cohort)
    makers = [m for o in outcomes(bundle) for m in (every_figure if full else main_figures)(o, bundle, labels)]
    makers += [partial(survival_sheets.kaplan_meier_sheet, bundle, endpoint) for endpoint in bundle.baselines]
    makers += chapter_makers(bundle)
    if full and bundle.loo:
        makers.append(partial(effect_sheets.loo_sheet, bundle))
    if full and any(not p.diagnostics.weighted for p in bundle.fits):
        makers.append(partial(effect_sheets.convergence_sheet, bundle))
    return tuple(makers)


def takes_long(make: Maker) -> bool:
    """Whether a figure takes longest by far: posterior curves of every group."""
    return make.func is survival_sheets.posterior_sheet


def main_figures(outcome: Outcome, bundle: Bundle, labels: dict[str, str]) -> Iterator[Maker]:
    """Yield what draws each figure of an outcome's headline model; those of effects only where it has effects."""
    one = replace(outcome, posteriors=outcome.posteriors[:1])
    yield partial(effect_sheets.prior_sheet, one, checks_of(one, bundle), labels)
    if outcome.comparison.of("hazard_ratio"):
        yield partial(effect_sheets.forest_sheet, one, as_read(headline_ratios(outcome, bundle), bundle), labels)
        if of_outcome(outcome):
            yield partial(over_time_sheet, one, labels)
    yield from curve_figures(one, bundle, labels)
    if not several(outcome):
        yield partial(survival_sheets.predictive_sheet, one, level=bundle.level)


def every_figure(outcome: Outcome, bundle: Bundle, labels: dict[str, str]) -> Iterator[Maker]:
    """Yield what draws each figure of one outcome; those of effects only where the models have effects."""
    yield partial(effect_sheets.prior_sheet, outcome, checks_of(outcome, bundle), labels)
    if outcome.comparison.of("hazard_ratio"):
        yield partial(
            effect_sheets.forest_sheet, outcome, as_read(outcome.comparison.of("hazard_ratio"), bundle), labels
        )
        yield partial(effect_sheets.prior_posterior_sheet, outcome, labels)
        if bundle.attribution[outcome.posteriors[0].plan.spec.name]:
            yield partial(effect_sheets.attribution_sheet, outcome, bundle, labels)
        if bundle.reconstructions is not None:
            yield partial(members_sheet, outcome, bundle.reconstructions, labels)
        if of_outcome(outcome):
            yield partial(over_time_sheet, outcome, labels)
    yield from curve_figures(outcome, bundle, labels)
    yield partial(survival_sheets.hazard_sheet, outcome, level=bundle.level)
    if not several(outcome):
        yield partial(survival_sheets.predictive_sheet, outcome, level=bundle.level)


def curve_figures(outcome: Outcome, bundle: Bundle, labels: dict[str, str]) -> Iterator[Maker]:
    """Yield curves of numbers, then survival curves, states or incidences, model by model."""
    for posterior in outcome.posteriors:
        if curved(posterior.plan):
            classical = bundle.classical[posterior.plan.spec.name]
            yield partial(curve_sheet, posterior, classical, outcome, labels, level=bundle.level)
    for posterior in outcome.posteriors:
        if posterior.plan.rows.marginal:
            continue
        if several(outcome):
            yield partial(state_sheet, posterior, outcome, labels, level=bundle.level)
        else:
            yield partial(survival_sheets.posterior_sheet, posterior, outcome, labels, level=bundle.level)


def several(outcome: Outcome) -> bool:
    """Whether the outcome has several transitions, and so states in place of one survival."""
    return outcome.posteriors[0].plan.rows.transitions is not None


def checks_of(outcome: Outcome, bundle: Bundle) -> dict[str, PriorCheck]:
    """Return the prior checks of an outcome's models."""
    return {p.plan.spec.name: bundle.prior_checks[p.plan.spec.name] for p in outcome.posteriors}


def report_figures(bundle: Bundle, *, full: bool = False) -> Iterator[Sheet]:
    """Yield every figure of a bundle, drawn when it is asked for."""
    for make in figure_makers(bundle, full=full):
        found = made(make, bundle)
        if found is not None:
            yield found


def as_read(ratios: Sequence[Estimate], bundle: Bundle) -> tuple[Estimate, ...]:
    """Return hazard ratios with levels as people read them."""
    return estimates_as_read(ratios, levels_of(bundle))


def made(make: Maker, bundle: Bundle) -> Sheet | None:
    """Return a figure with levels as people read them; None where there is nothing to draw."""
    found = make()
    return None if found is None else sheet_in_labels(found, levels_of(bundle))


def write_figures(folder: Path, bundle: Bundle) -> None:
    """Write every figure of a bundle as PNG and SVG into ``folder/figures``."""
    for found in report_figures(bundle, full=True):
        write_figure(folder, found)
