"""Which figures a bundle gets, and how they are written."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from escc_bayes.plots.canvas import png, svg
from escc_bayes.report import effect_sheets, survival_sheets
from escc_bayes.report.bundle import Bundle
from escc_bayes.report.outcomes import Outcome, outcomes, term_labels
from escc_bayes.report.reconstruction_section import members_sheet
from escc_bayes.report.sheet import Sheet

FOLDER = "figures"


type Maker = partial[Sheet] | partial[Sheet | None]


@dataclass(frozen=True, slots=True)
class Written:
    """A figure as its files hold it.

    Attributes
    ----------
    name, section, outcome, title, note, clock : of its ``Sheet``.
    vector, raster : contents of the SVG and the PNG.
    """

    name: str
    section: str
    outcome: str
    title: str
    note: str
    clock: str
    vector: str
    raster: bytes


def figure_makers(bundle: Bundle) -> tuple[Maker, ...]:
    """Return what draws each figure of a bundle, in the order of the page within each section."""
    labels = term_labels(bundle.cohort)
    makers = [maker for outcome in outcomes(bundle) for maker in outcome_figures(outcome, bundle, labels)]
    makers += [partial(survival_sheets.kaplan_meier_sheet, bundle, endpoint) for endpoint in bundle.baselines]
    if bundle.loo:
        makers.append(partial(effect_sheets.loo_sheet, bundle))
    if any(not p.diagnostics.weighted for p in bundle.fits):
        makers.append(partial(effect_sheets.convergence_sheet, bundle))
    return tuple(makers)


def takes_long(make: Maker) -> bool:
    """Whether a figure takes longest by far: posterior curves of every group."""
    return make.func is survival_sheets.posterior_sheet


def outcome_figures(outcome: Outcome, bundle: Bundle, labels: dict[str, str]) -> Iterator[Maker]:
    """Yield what draws each figure of one outcome; those of effects only where the models have effects."""
    checks = {p.plan.spec.name: bundle.prior_checks[p.plan.spec.name] for p in outcome.posteriors}
    yield partial(effect_sheets.prior_sheet, outcome, checks, labels)
    if outcome.comparison.of("hazard_ratio"):
        yield partial(effect_sheets.forest_sheet, outcome, labels)
        yield partial(effect_sheets.prior_posterior_sheet, outcome, labels)
        yield partial(effect_sheets.attribution_sheet, outcome, bundle, labels)
        if bundle.reconstructions is not None:
            yield partial(members_sheet, outcome, bundle.reconstructions, labels)
    for posterior in outcome.posteriors:
        yield partial(survival_sheets.posterior_sheet, posterior, outcome, labels, level=bundle.level)
    yield partial(survival_sheets.hazard_sheet, outcome, level=bundle.level)
    yield partial(survival_sheets.predictive_sheet, outcome, level=bundle.level)


def report_figures(bundle: Bundle) -> Iterator[Sheet]:
    """Yield every figure of a bundle, drawn when it is asked for."""
    for make in figure_makers(bundle):
        found = make()
        if found is not None:
            yield found


def write_figures(folder: Path, bundle: Bundle) -> None:
    """Write every figure of a bundle as PNG and SVG into ``folder/figures``."""
    for found in report_figures(bundle):
        write_figure(folder, found)


def write_figure(folder: Path, found: Sheet) -> Written:
    """Write one figure as SVG and PNG."""
    (folder / FOLDER).mkdir(exist_ok=True)
    vector, raster = svg(found.figure), png(found.figure)
    (folder / FOLDER / f"{found.name}.svg").write_text(vector, encoding="utf-8")
    (folder / FOLDER / f"{found.name}.png").write_bytes(raster)
    words = (found.name, found.section, found.outcome, found.title, found.note, found.clock)
    return Written(*words, vector, raster)
