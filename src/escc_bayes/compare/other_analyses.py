"""One model fitted in other ways to the same patients: what its answers owe to intervals, and to other sources.

Events between two months beside the analyses that give each a month, the right end or the middle; survivors of other
sources, or a life table, beside the fit without them; of trajectories see ``trajectory_analyses``.
docs/methods/interval_censoring.md, docs/methods/external_information.md,
docs/methods/background_mortality.md.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.posterior.ensemble_posterior import EnsemblePosterior
from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.estimand import marginal
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import Estimand, MedianSurvival, SurvivalAt
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.evaluate import averaged_over
from escc_bayes.estimand.tables import Row, limits, origin
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

type Fitted = Posterior | EnsemblePosterior

BETWEEN, RIGHT_END, MIDPOINT = "between", "right_end", "midpoint"
WITH, WITHOUT = "with", "without"
TRAJECTORY, CARRIED, AS_KNOWN = "trajectory", "carried_forward", "naive"
WORDS = {
    BETWEEN: "between two months",
    RIGHT_END: "at the later month",
    MIDPOINT: "in the middle",
    WITH: "with other sources",
    WITHOUT: "without",
    TRAJECTORY: "by the current value of the trajectory",
    CARRIED: "by the last value carried forward",
    AS_KNOWN: "by the last value as if known at time zero (NAIVE)",
}
MONTHS_READ = (12.0, 24.0, 36.0, 48.0, 60.0, 120.0)
# Draws behind restricted means: a limit then moves by less than a fiftieth of the interval's width.
AVERAGED = 4000


@dataclass(frozen=True, slots=True)
class Analysis:
    """One way to analyse, and what it says.

    Attributes
    ----------
    name : ``between`` two months, ``right_end`` or ``midpoint``; ``with`` or ``without`` other sources; ``trajectory``,
        ``carried_forward`` or ``naive``.
    estimates : hazard ratios, survival, medians, by the model; Cox and Kaplan-Meier where each event has a month.
    """

    name: str
    estimates: tuple[Estimate, ...]


def interval_analyses(posterior: Fitted, *, seed: Seed, level: float) -> tuple[Analysis, ...]:
    """Return the model with events between two months, at right ends, and in the middle; none where all have a month.

    Cox and Kaplan-Meier stand beside the analyses that give each event a month: neither has a place for a span. Of
    reconstructions every member is fitted in each way, and the posteriors alone are pooled.
    """
    plan = posterior.plan
    if plan.rows.left is None:
        return ()
    asked = questions_of(plan)
    found = [Analysis(BETWEEN, tuple(posterior.estimates(asked, level=level)))]
    for name, change in ((RIGHT_END, at_right_end), (MIDPOINT, at_middle)):
        fitted = changed(posterior, change, stream(seed, plan.spec.name, name))
        beside = classical_beside(change(plan), asked, level) if isinstance(posterior, Posterior) else ()
        found.append(Analysis(name, (*fitted.estimates(asked, level=level), *beside)))
    return tuple(found)


def changed(posterior: Fitted, change: Callable[[ModelPlan], ModelPlan], seed: Seed) -> Fitted:
    """Return the fit of a changed plan; of reconstructions that of each member's, with a stream of its data."""
    if isinstance(posterior, Posterior):
        return refitted(change(posterior.plan), seed)
    each = ((m, refitted(change(m.plan), stream(seed, m.record.data_digest))) for m in posterior.members)
    return replace(posterior, members=tuple(found.thinned(m.flat["baseline"].shape[0]) for m, found in each))


def classical_beside(plan: ModelPlan, asked: Sequence[Estimand], level: float) -> Iterator[Estimate]:
    """Yield Cox and Kaplan-Meier of a plan."""
    classical = fit_classical_plan(plan)
    for one in asked:
        yield from (e for e in classical.estimate(one, level=level) if e.method in ("cox", "cox_stratified", "km"))


def questions_of(plan: ModelPlan) -> list[Estimand]:
    """Return every hazard ratio, and the medians of all and of groups."""
    medians = [MedianSurvival()]
    for block in plan.design.blocks:
        if block.shown:
            for term, levels in zip(block.effect.covariates, block.levels, strict=False):
                medians += [MedianSurvival(term, level) for level in levels]
    return [*standard_contrasts(plan.design), *medians]


def at_month(plan: ModelPlan, time: FloatArray) -> ModelPlan:
    """Return the plan with each event at one month; cuts, columns and priors stay."""
    spec = replace(plan.spec, outcome=replace(plan.spec.outcome, visits=None))
    return replace(plan, spec=spec, rows=replace(plan.rows, time=time, left=None))


def at_right_end(plan: ModelPlan) -> ModelPlan:
    """Return the plan with each event at the later month."""
    return at_month(plan, plan.rows.time)


def at_middle(plan: ModelPlan) -> ModelPlan:
    """Return the plan with each event in the middle of its span."""
    return at_month(plan, 0.5 * (plan.rows.time + plan.rows.last_free))


def refitted(plan: ModelPlan, seed: Seed) -> Posterior:
    """Return a fit by ``laplace``, or by what stands in for it."""
    return fit_or_replace(plan, RunSettings("laplace"), seed=seed)


def external_analyses(posterior: Fitted, *, seed: Seed, level: float) -> tuple[Analysis, ...]:
    """Return the model with and without survivors of other sources and a life table; none where it has neither."""
    plan = posterior.plan
    if not plan.spec.other_sources:
        return ()
    fits = ((WITH, posterior), (WITHOUT, changed(posterior, without_sources, stream(seed, plan.spec.name, WITHOUT))))
    months = [SurvivalAt(month) for month in months_of(plan)]
    asked: list[Estimand] = [*standard_contrasts(plan.design), *months, MedianSurvival()]
    return tuple(
        Analysis(name, (*fit.estimates(asked, level=level), *restricted_means(fit, months_of(plan), level=level)))
        for name, fit in fits
    )


def without_sources(plan: ModelPlan) -> ModelPlan:
    """Return the plan without survivors of other sources and without a life table."""
    return replace(plan, spec=plan.spec.without_sources)


def restricted_means(posterior: Fitted, months: tuple[float, ...], *, level: float) -> Iterator[Estimate]:
    """Yield restricted mean survival of everyone to each of the rising months."""
    members = members_of(posterior)
    drawn = np.concatenate([restricted(m, months, max(1, AVERAGED // len(members))) for m in members])
    tail = (1.0 - level) / 2.0
    for month, draws in zip(months, drawn.T, strict=True):
        lower, value, upper = np.quantile(draws, [tail, 0.5, 1.0 - tail]).tolist()
        same = posterior.estimate(SurvivalAt(month), level=level)
        yield replace(same, estimand="rmst", value=value, lower=lower, upper=upper)


def restricted(posterior: Posterior, months: tuple[float, ...], draws: int) -> FloatArray:
    """Return draws of the restricted means of everyone, (draws, months)."""
    columns, weight = averaged_over(posterior.plan, "", "", "group")
    own = posterior.thinned(draws).hazards
    return np.asarray(marginal.restricted_mean(own, columns, weight[None], np.array(months))[0])


def members_of(posterior: Fitted) -> tuple[Posterior, ...]:
    """Return the posterior alone, or those of the members."""
    return (posterior,) if isinstance(posterior, Posterior) else posterior.members


def months_of(plan: ModelPlan) -> tuple[float, ...]:
    """Return the months at which survival is read, in follow-up and beyond: the usual ones and the ends of counts."""
    return tuple(sorted({one.stop for one in plan.spec.external} | set(MONTHS_READ)))


def at_risk(plan: ModelPlan, month: float) -> int | None:
    """Return how many patients are still followed at a month; None for what has no month."""
    return None if np.isnan(month) else int((plan.rows.one_each.time >= month).sum())


def at_risk_of(posterior: Fitted, month: float) -> int | None:
    """Return how many patients are still followed at a month, the median over reconstructions."""
    counts = [at_risk(one.plan, month) for one in members_of(posterior)]
    known = [count for count in counts if count is not None]
    return round(float(np.median(known))) if known else None


def sentences_of(analyses: tuple[Analysis, ...]) -> tuple[str, ...]:
    """Say how the median differs between analyses, where they have one, and which hazard ratio moves most."""
    by_model = {a.name: [e for e in a.estimates if e.interval_kind == "credible"] for a in analyses}
    medians = [(name, e) for name, of in by_model.items() for e in of if e.estimand == "median" and not e.term]
    heads = [median_sentence(medians)] if medians else []
    first, *others = by_model
    ratios = {
        name: {(e.term, e.contrast): e for e in of if e.estimand == "hazard_ratio"} for name, of in by_model.items()
    }
    moves = [
        (abs(np.log(e.value / ratios[first][key].value)), name, key)
        for name in others
        for key, e in ratios[name].items()
    ]
    if not moves:
        return tuple(heads)
    _, name, key = max(moves)
    one, two = ratios[first][key], ratios[name][key]
    if f"{one.value:.2f}" == f"{two.value:.2f}":
        return (*heads, f"No hazard ratio differs in its second decimal: {WORDS[first]} or {WORDS[name]}.")
    said = f"HR {one.term} {one.contrast_in}: {WORDS[first]} {one.value:.2f}, {WORDS[name]} {two.value:.2f}"
    return (*heads, f"Of all hazard ratios the one that differs most is {said}.")


def median_sentence(medians: list[tuple[str, Estimate]]) -> str:
    """Say the median by each analysis."""
    told = "; ".join(f"{WORDS[name]} {e.value:.3g} ({e.lower:.3g} to {e.upper:.3g})" for name, e in medians)
    whose = medians[0][1].record.provenance.upper()
    asked = medians[0][1]
    return f"{whose}: median {asked.endpoint} of {asked.model}, months from {asked.clock}: {told}."


def analysis_rows(posterior: Fitted, analyses: tuple[Analysis, ...]) -> Iterator[Row]:
    """Yield rows of ``intervals.csv`` and ``external.csv``."""
    for analysis in analyses:
        for e in analysis.estimates:
            yield {
                "endpoint": e.endpoint,
                "model": e.model,
                "analysis": analysis.name,
                "method": e.method,
                "estimand": e.estimand,
                "term": e.term,
                "contrast": e.contrast,
                "time": e.time,
                "value": e.value,
                **limits(e),
                "n": e.n,
                "events": e.events,
                "last_follow_up": e.last_follow_up,
                "at_risk": at_risk_of(posterior, e.time),
                **origin(e),
            }
