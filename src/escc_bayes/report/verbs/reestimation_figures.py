"""The figure of a design that re-estimates its events: the rule, by what the interim look shows."""

import math

import numpy as np

from escc_bayes.plots.canvas import sheet
from escc_bayes.plots.trial_reestimation import reestimation_panels
from escc_bayes.report.document.sheet import Sheet
from escc_bayes.trial.reestimation.simulate import ReestimationResult

HEIGHT_MM = 75.0
RATIOS = np.linspace(0.4, 1.1, 561)


def reestimation_sheets(found: ReestimationResult) -> tuple[Sheet, ...]:
    """Return the figure of the rule."""
    design, rule = found.design, found.design.rule
    z = -np.log(RATIOS) * math.sqrt(design.ratio * rule.interim) / (1.0 + design.ratio)
    events = rule.events(z)
    powers = rule.conditional_power(z, float(rule.planned)), rule.conditional_power(z, events)
    inside = RATIOS[(powers[0] >= rule.low) & (powers[0] < rule.wanted)]
    zone = (float(inside[0]), float(inside[-1]))
    title = f"{design.name}: events of the end by what the interim look shows"
    note = (
        f"Interim look at {rule.interim} events. Shaded: the promising zone, conditional power {rule.low:g} to "
        f"{rule.wanted:g} with {rule.planned} events, where events rise to {rule.most} at most. Normal approximation."
    )
    figure = sheet(
        lambda part: reestimation_panels(RATIOS, events, powers, zone, part=part),
        height_mm=HEIGHT_MM,
        title=title,
        note=note,
    )
    return (Sheet("reestimation", "plan", "", title, note, "", figure),)
