"""Five words of trust under the first table: computing, fit to the curve, proportional hazards, prior, left out."""

import math
from collections.abc import Sequence
from dataclasses import replace

from escc_bayes.classical.baseline_ratios import ph_rows
from escc_bayes.classical.coding import classical_design
from escc_bayes.classical.ph_test import GLOBAL
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.questions import survival_questions
from escc_bayes.plots.words import probability
from escc_bayes.report.page.answers import Answer
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import Outcome
from escc_bayes.report.page.state_words import years_outside
from escc_bayes.report.page.view import Word
from escc_bayes.spec.one_transition import one_transition
from escc_bayes.spec.plan import ModelPlan

# A sceptic moves a log hazard ratio by this many posterior SDs: little, then a good deal.
LITTLE, MUCH = 0.5, 1.0
# A test of proportional hazards below this is a sign against them.
AGAINST = 0.05
# Hazards that are proportional among those not cured come together over all patients, among whom the test looks.
NOT_ALL = "; of all patients, whose hazards cannot be proportional where a share is cured"


def trust(outcome: Outcome, bundle: Bundle, lines: Sequence[Answer]) -> tuple[Word, ...]:
    """Return the five words of an outcome."""
    return (
        computed(outcome, bundle),
        fits_states(outcome, bundle) if several(outcome) else fits_curve(outcome, bundle),
        proportional(outcome),
        prior_sensitivity(lines),
        left_out(outcome),
    )


def computed(outcome: Outcome, bundle: Bundle) -> Word:
    """Say whether the headline posterior may be used, and whether a second engine agrees."""
    first = outcome.posteriors[0]
    name = first.plan.spec.name
    if first.diagnostics.verdict != "ok":
        return Word("Computed reliably", "no", "bad", first.diagnostics.verdict)
    rows = bundle.agreements.get(name)
    if rows is None:
        return Word("Computed reliably", "yes", "good")
    close = all(row.close for row in rows)
    verdict, tone, more = ("yes", "good", "two engines agree") if close else ("doubtful", "bad", "two engines differ")
    return Word("Computed reliably", verdict, tone, more)


def fits_curve(outcome: Outcome, bundle: Bundle) -> Word:
    """Say whether Kaplan-Meier lies within the posterior interval of survival at every month, of each endpoint."""
    name = outcome.posteriors[0].plan.spec.name
    everyone = of_everyone(outcome, bundle)
    seen = {(e.endpoint, e.time): e.value for e in everyone if e.method == "km"}
    model = [e for e in everyone if e.model == name and e.interval_kind == "credible"]
    compared = [(e, seen.get((e.endpoint, e.time), math.nan)) for e in model]
    compared = [(e, value) for e, value in compared if not math.isnan(value)]
    if not compared:
        return Word("Fits the curve", "not checked", "doubt")
    off = [e for e, value in compared if not e.lower <= value <= e.upper]
    if not off:
        return Word("Fits the curve", "yes", "good")
    together = outcome.posteriors[0].plan.rows.marginal
    months = ", ".join(f"{e.time:g} ({e.endpoint})" if together else f"{e.time:g}" for e in off)
    return Word("Fits the curve", "not everywhere", "doubt", f"month{'s' * (len(off) > 1)} {months}")


def of_everyone(outcome: Outcome, bundle: Bundle) -> list[Estimate]:
    """Return survival of all patients by every method; of several endpoints that of each."""
    first = outcome.posteriors[0]
    if not first.plan.rows.marginal:
        return [e for e in outcome.comparison.of("survival") if not e.term]
    asked = [one for one in survival_questions(first.plan) if not one.term]
    beside = bundle.classical[first.plan.spec.name]
    seen = (e for one in asked for e in beside.estimate(one, level=bundle.level))
    return [*first.estimates(asked, level=bundle.level), *seen]


def several(outcome: Outcome) -> bool:
    """Whether the outcome has several transitions, and so states."""
    return outcome.posteriors[0].plan.rows.has_states


def fits_states(outcome: Outcome, bundle: Bundle) -> Word:
    """Say whether Aalen-Johansen of all patients lies within the posterior interval of every state at every year."""
    first = outcome.posteriors[0]
    if any(held.schema.changes for held in first.plan.rows.covariates.values()):
        return Word("Fits the curves", "not checked", "doubt", "states hold first values")
    off = years_outside(bundle.states[first.plan.spec.name], first.method)
    if off is None:
        return Word("Fits the curves", "not checked", "doubt")
    if not off:
        return Word("Fits the curves", "yes", "good", "Aalen-Johansen")
    months = ", ".join(f"{time:g}" for time in off)
    return Word("Fits the curves", "not everywhere", "doubt", f"month{'s' * (len(off) > 1)} {months}")


def proportional(outcome: Outcome) -> Word:
    """Say what the test of proportional hazards over all covariates of the model finds, on the model's own patients."""
    plan = outcome.posteriors[0].plan
    if plan.rows.within or any(block.coding.segments for block in plan.design.blocks):
        return Word("Proportional hazards", "not assumed everywhere", "good")
    # Cox has columns of its own: an effect that shrinks has one for every level, which no maximum tells apart.
    cox = replace(plan, design=classical_design(plan.spec, plan.rows)[0])
    names = plan.rows.transition_names or ("",)
    tested = [p for p in (global_p(one_transition(cox, name)) for name in names) if not math.isnan(p)]
    if not tested:
        return Word("Proportional hazards", "not tested", "doubt")
    p = min(1.0, len(tested) * min(tested))
    verdict, tone = ("signs against", "doubt") if p < AGAINST else ("no sign against", "good")
    of = (
        f", smallest of {len(tested)} {'endpoints' if plan.rows.marginal else 'transitions'}, Bonferroni"
        if len(names) > 1
        else ""
    )
    return Word("Proportional hazards", verdict, tone, f"P {probability(p)}{of}{NOT_ALL if plan.spec.cure else ''}")


def global_p(cox: ModelPlan) -> float:
    """Return the P value of all covariates together; NaN where there is none to test."""
    if not cox.design.size or not cox.rows.events:
        return math.nan
    return next((float(str(row["p_value"])) for row in ph_rows(cox) if row["term"] == GLOBAL), math.nan)


def prior_sensitivity(lines: Sequence[Answer]) -> Word:
    """Say by how many posterior SDs a sceptical prior moves the log hazard ratio that it moves most."""
    moved = [
        abs(line.posterior.log_mean - line.sceptic.log_mean) / line.posterior.log_sd
        for line in lines
        if line.posterior is not None and line.sceptic is not None and line.posterior.log_sd > 0.0
    ]
    if not moved:
        return Word("Prior sensitivity", "no effects", "good")
    most = max(moved)
    verdict, tone = ("low", "good") if most < LITTLE else ("moderate", "doubt") if most < MUCH else ("high", "bad")
    return Word("Prior sensitivity", verdict, tone, f"{most:.1f} SD under a sceptic")


def left_out(outcome: Outcome) -> Word:
    """Say how many patients of the cohort were not analysed."""
    rows = outcome.posteriors[0].plan.rows
    gone = rows.total - rows.n
    if not gone:
        return Word("Left out", "nobody", "good")
    return Word("Left out", f"{gone} of {rows.total}", "doubt")
