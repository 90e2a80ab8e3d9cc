"""Which figures a bundle gets, and how they are written."""

from collections.abc import Iterator
from pathlib import Path

from escc_bayes.plots.canvas import png, svg
from escc_bayes.report import effect_sheets, survival_sheets
from escc_bayes.report.bundle import Bundle
from escc_bayes.report.outcomes import Outcome, outcomes, term_labels
from escc_bayes.report.sheet import Sheet

FOLDER = "figures"


def report_figures(bundle: Bundle) -> Iterator[Sheet]:
    """Yield every figure of a bundle, drawn when it is asked for; in the order of the page within each section."""
    labels = term_labels(bundle.cohort)
    for outcome in outcomes(bundle):
        yield from outcome_figures(outcome, bundle, labels)
    for endpoint in bundle.baselines:
        found = survival_sheets.kaplan_meier_sheet(bundle, endpoint)
        if found is not None:
            yield found
    if bundle.loo:
        yield effect_sheets.loo_sheet(bundle)
    if any(not p.diagnostics.weighted for p in bundle.fits):
        yield effect_sheets.convergence_sheet(bundle)


def outcome_figures(outcome: Outcome, bundle: Bundle, labels: dict[str, str]) -> Iterator[Sheet]:
    """Yield the figures of one outcome; those of effects only where the models have effects."""
    checks = {p.plan.spec.name: bundle.prior_checks[p.plan.spec.name] for p in outcome.posteriors}
    yield effect_sheets.prior_sheet(outcome, checks, labels)
    if outcome.comparison.of("hazard_ratio"):
        yield effect_sheets.forest_sheet(outcome, labels)
        yield effect_sheets.prior_posterior_sheet(outcome, labels)
        yield effect_sheets.attribution_sheet(outcome, bundle, labels)
    for posterior in outcome.posteriors:
        yield survival_sheets.posterior_sheet(posterior, outcome, labels, level=bundle.level)
    yield survival_sheets.hazard_sheet(outcome, level=bundle.level)
    yield survival_sheets.predictive_sheet(outcome, level=bundle.level)


def write_figures(folder: Path, bundle: Bundle) -> None:
    """Write every figure of a bundle as PNG and SVG into ``folder/figures``."""
    for found in report_figures(bundle):
        write_figure(folder, found)


def write_figure(folder: Path, found: Sheet) -> tuple[str, bytes]:
    """Write one figure as SVG and PNG; return both contents."""
    (folder / FOLDER).mkdir(exist_ok=True)
    vector, raster = svg(found.figure), png(found.figure)
    (folder / FOLDER / f"{found.name}.svg").write_text(vector, encoding="utf-8")
    (folder / FOLDER / f"{found.name}.png").write_bytes(raster)
    return vector, raster
