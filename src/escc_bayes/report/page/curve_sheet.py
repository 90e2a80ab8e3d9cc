"""The figure of hazard ratios along a number: posterior with its band, Cox on the same knots as thin lines."""

from functools import partial
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.along_number import ratio_along
from escc_bayes.plots.band import Band
from escc_bayes.report.document.sheet import Sheet, drawn
from escc_bayes.report.page.on_curves import on_curves
from escc_bayes.report.page.outcomes import Outcome, file_word
from escc_bayes.report.page.survival_sheets import grid, grid_height
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.transitions import heading


def cox_beside(plan: ModelPlan) -> str:
    """Say what Cox beside the curves is: of a trajectory it knows the last value alone."""
    moving = "" if plan.course is None else f"; of {plan.course.name} by the last value carried forward"
    return f"Cox with the same knots and no penalty{moving}"


def curve_sheet(
    posterior: Posterior, classical: ClassicalFit, outcome: Outcome, labels: dict[str, str], *, level: float
) -> Sheet:
    """Return hazard ratios along every number whose effect is a curve, of one model."""
    estimates = on_curves(posterior, classical, level)
    ordered = sorted(estimates, key=lambda e: (e.term, e.transition))
    panes = [
        partial(pane, posterior, term, list(block), labels)
        for (term, _), block in groupby(ordered, lambda e: (e.term, e.transition))
    ]

    def draw(figure: SubFigure) -> None:
        grid(figure, panes)

    return drawn(
        draw,
        name=f"{file_word(posterior.plan.spec.name)}_spline",
        section="spline",
        outcome=outcome.key,
        title=f"{outcome.title}: hazard ratios along a number, model {posterior.plan.spec.name}",
        about=outcome.sentence,
        words=f"Thick line and band: posterior median and pointwise {100 * level:g} % credible interval. Thin lines: "
        f"{cox_beside(posterior.plan)}, with confidence limits. Ticks: patients; long ticks: knots, or the range.",
        clock=outcome.clock,
        provenance=posterior.record.provenance,
        height_mm=grid_height(len(panes), 0),
    )


def pane(posterior: Posterior, term: str, estimates: list[Estimate], labels: dict[str, str], ax: Axes) -> None:
    """Draw the hazard ratio along one number."""
    transition = estimates[0].transition
    curve = posterior.plan.design.block_of(term, transition)[0].coding.curve
    assert curve is not None
    versus = estimates[0].contrast.partition(" vs ")[2]
    ratio_along(
        band(posterior.plan.spec.name, [e for e in estimates if e.method == posterior.method]),
        beside=band("Cox", [e for e in estimates if e.interval_kind != "credible"]),
        patients=posterior.plan.rows.covariates[term].values,
        knots=np.array(curve.knots),
        label=f"{heading(labels.get(term, term), transition)}; hazard ratio over {versus}",
        ax=ax,
    )


def band(label: str, estimates: list[Estimate]) -> Band:
    """Return hazard ratios along a number, with limits; over itself a value has 1."""
    versus = float(estimates[0].contrast.partition(" vs ")[2])
    values = [float(e.contrast.partition(" vs ")[0]) for e in estimates]
    at = np.array([*values, versus])
    order = np.argsort(at)

    def along(numbers: list[float]) -> FloatArray:
        return np.array([*numbers, 1.0])[order]

    return Band(
        label,
        at[order],
        along([e.value for e in estimates]),
        along([e.lower for e in estimates]),
        along([e.upper for e in estimates]),
    )
