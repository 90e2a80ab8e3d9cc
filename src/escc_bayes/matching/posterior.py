"""The treatment's hazard ratio under a design as a posterior, with and without the design's own uncertainty.

``bayes_piecewise`` and ``bayes_weibull``: the weighted posterior, draws rescaled to the sandwich over matched sets or
patients (docs/methods/weights.md). ``bayes_frailty``: within matched sets, an intercept for each. ``bayes_design``:
score drawn from its posterior, a design made of each draw, a posterior of each design, all pooled with equal weights
(McCandless, Gustafson & Austin 2009, Stat Med 28:94; Liao & Zigler 2020, Biometrics 76). docs/methods/matching.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.refits.refit_many import refit_many
from escc_bayes.bayes.refits.requests import RefitRequest
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimate import joined_notes, ratio_summary
from escc_bayes.foundation.errors import CohortError, LandmarkError, SpecError
from escc_bayes.foundation.seeds import stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.matching.answer import Answer, Counted, absent
from escc_bayes.matching.design import Design, design_of
from escc_bayes.matching.matched_cohort import matched_cohort, with_sets
from escc_bayes.matching.models import PIECEWISE, WEIBULL, model_of
from escc_bayes.matching.patients import Patients
from escc_bayes.matching.request import Request
from escc_bayes.matching.score import Score, ScorePosterior, probabilities
from escc_bayes.spec.plan import ModelPlan, make_plan

# More intercepts than these take minutes and tell no more.
MOST_SETS = 120
# Quantiles of each design's posterior that are pooled.
POINTS = 200
ENOUGH = 0.8
WITHOUT_DESIGNS = "no designs were drawn (designs = 0)"
NO_SCORE = "the design rests on no score whose posterior could be drawn"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A row, and the posterior behind it."""

    answer: Answer
    posterior: Posterior | None


def piecewise(patients: Patients, design: Design, asked: Request) -> Fitted:
    """Return the weighted piecewise exponential posterior."""
    return fitted("bayes_piecewise", patients, design, asked, PIECEWISE)


def weibull(patients: Patients, design: Design, asked: Request) -> Fitted:
    """Return the weighted Weibull posterior."""
    return fitted("bayes_weibull", patients, design, asked, WEIBULL)


def fitted(method: str, patients: Patients, design: Design, asked: Request, baseline: str) -> Fitted:
    """Return a weighted posterior; without numbers, the reason."""
    cohort = matched_cohort(patients, asked.treatment, design, sampling=True)
    try:
        plan = make_plan(model_of(cohort, asked.endpoint, asked.treatment, baseline=baseline), cohort)
    except (CohortError, LandmarkError, SpecError) as error:
        return Fitted(none(method, patients, design, asked, str(error)), None)
    posterior = fit_or_replace(plan, RunSettings("laplace"), seed=stream(asked.seed, method))
    return Fitted(of_posterior(method, design, posterior, asked), posterior)


def frailty(patients: Patients, design: Design, asked: Request) -> Answer:
    """Return the posterior within matched sets: an intercept for each."""
    method = "bayes_frailty"
    if design.pairs is None:
        return none(method, patients, design, asked, "no pairs to have an intercept each")
    if design.sets > MOST_SETS:
        why = f"{design.sets} matched sets are more intercepts than are fitted here ({MOST_SETS}); see bayes_piecewise"
        return none(method, patients, design, asked, why)
    if not bool((np.abs(design.weight[design.weight > 0.0] - 1.0) < 1e-12).all()):
        return none(
            method, patients, design, asked, "sets of unequal sizes are weighted, and intercepts take no weights"
        )
    plain = matched_cohort(patients, asked.treatment, design, sampling=False)
    schema = replace(plain.schema, cluster=None)
    cohort = with_sets(replace(plain, schema=schema, cluster=None), design.clusters)
    try:
        plan = make_plan(model_of(cohort, asked.endpoint, asked.treatment, sets=True), cohort)
    except (CohortError, LandmarkError, SpecError) as error:
        return none(method, patients, design, asked, str(error))
    posterior = fit_or_replace(plan, RunSettings("laplace"), seed=stream(asked.seed, method))
    found = of_posterior(method, design, posterior, asked)
    return replace(found, note=joined_notes("within matched sets: further from 1 than on average", found.note))


def none(method: str, patients: Patients, design: Design, asked: Request, why: str) -> Answer:
    """Return a row without numbers."""
    kept = design.weight > 0.0
    events = int(patients.cohort.endpoint(asked.endpoint).event[kept].sum())
    return absent(method, design.method, why, Counted(asked.level, int(kept.sum()), events))


def of_posterior(method: str, design: Design, posterior: Posterior, asked: Request) -> Answer:
    """Return the row of a posterior."""
    ratio = next(one for one in standard_contrasts(posterior.plan.design) if one.term == asked.treatment)
    found = of_draws(method, design, posterior.draws(ratio), asked)
    rows = posterior.plan.rows
    note = posterior.estimate(ratio, level=asked.level).remark
    return replace(found, n=rows.n, events=int(rows.event.sum()), verdict=posterior.verdict, note=note)


def of_draws(method: str, design: Design, drawn: FloatArray, asked: Request) -> Answer:
    """Return the row of draws of the log hazard ratio."""
    hr, lower, upper = ratio_summary(drawn, asked.level)
    return Answer(
        method=method,
        design=design.method,
        hr=hr,
        lower=lower,
        upper=upper,
        level=asked.level,
        interval="credible",
        n=0,
        events=0,
        se=float(drawn.std()),
        prob_lt_1=float((drawn < 0.0).mean()),
        prob_lt_08=float((drawn < math.log(ENOUGH)).mean()),
    )


def over_designs(patients: Patients, design: Design, asked: Request, posterior: ScorePosterior | None) -> Answer:
    """Return the posterior that counts the design's uncertainty: over the designs of draws of the score."""
    method = "bayes_design"
    if asked.designs == 0:
        return none(method, patients, design, asked, WITHOUT_DESIGNS)
    if posterior is None or asked.method in ("exact", "cem", "entropy", "none"):
        return none(method, patients, design, asked, NO_SCORE)
    plans, failed = plans_of(patients, asked, posterior)
    if not plans:
        return none(method, patients, design, asked, "no draw of the score makes a design that can be analysed")
    labels = tuple((float(place),) for place in range(len(plans)))
    request = RefitRequest(("design",), labels, tuple(plans), None, "own")
    table = refit_many(request, seed=stream(asked.seed, method), level=asked.level)
    numbers = table.numbers[:, 0]
    drawn = mixture(numbers[:, 4], numbers[:, 5])
    found = of_draws(method, design, drawn, asked)
    unfit = sum(verdict != "ok" for verdict in table.verdicts)
    between = float(np.var(numbers[:, 4]) / np.var(drawn))
    said = (
        f"{len(plans)} designs of draws of the score; {100 * between:.0f} % of the variance lies between them",
        f"{failed} draws without a design" if failed else "",
        f"{unfit} refits not fit for use" if unfit else "",
        counted("n", [plan.rows.n for plan in plans]),
    )
    return replace(
        found,
        n=round(float(np.median([plan.rows.n for plan in plans]))),
        events=round(float(np.median([int(plan.rows.event.sum()) for plan in plans]))),
        note=joined_notes(*said),
        verdict="ok" if unfit == 0 else f"NOT FIT FOR USE: {unfit} of {len(plans)} refits",
    )


def plans_of(patients: Patients, asked: Request, posterior: ScorePosterior) -> tuple[list[ModelPlan], int]:
    """Return the plan of the design of each draw, and how many draws have none."""
    plans, failed = [], 0
    for coef in posterior.coef:
        score = Score(posterior.design, coef, probabilities(posterior.design, coef))
        try:
            drawn = design_of(patients, asked, score)
            cohort = matched_cohort(patients, asked.treatment, drawn, sampling=True)
            plans.append(make_plan(model_of(cohort, asked.endpoint, asked.treatment), cohort))
        except (CohortError, LandmarkError, SpecError):
            failed += 1
    return plans, failed


def mixture(means: FloatArray, sds: FloatArray) -> FloatArray:
    """Return quantiles of normal posteriors with these means and SDs, as one: equal weights for each."""
    z = ndtri((np.arange(POINTS) + 0.5) / POINTS)
    return np.asarray((means[:, None] + sds[:, None] * z).ravel())


def counted(word: str, values: Sequence[int]) -> str:
    """Say from where to where a count goes; nothing where it is the same in all."""
    return f"{word} {min(values)} to {max(values)}" if min(values) < max(values) else ""
