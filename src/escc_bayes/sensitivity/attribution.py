"""Why Cox and a posterior differ: the way from one to the other in steps that add up.

On the log hazard ratio: univariable Cox on all its own patients -> on the model's (dropped rows) -> its likelihood
with free rates of the baseline (likelihood form) -> with Firth's penalty (small-sample bias) -> with smoothing;
then what can be changed in any order (``ways``), averaged over the orders; last from mode to mean.
docs/methods/attribution.md.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.classical.fit import ClassicalFit
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import HazardRatio, contrast_words
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.foundation.seeds import stream
from escc_bayes.sensitivity.attribution_words import attribution_words
from escc_bayes.sensitivity.not_computed import CROSSED, MANY, NOT_ONE_EVENT_EACH, OVER_TIME, kinds_of
from escc_bayes.sensitivity.orders import Averaged, averaged
from escc_bayes.sensitivity.part import Part, Rows
from escc_bayes.sensitivity.subject import Subject, Tell
from escc_bayes.sensitivity.univariable import finite, own_rows_cox, univariable_likelihood
from escc_bayes.sensitivity.variants import (
    BASELINE_PRIOR,
    CENTRES,
    CODING,
    EFFECT_PRIOR,
    SHRINKAGE,
    changes_of,
    needs_of,
)
from escc_bayes.sensitivity.ways import CONFOUNDING, NON_COLLAPSIBILITY, Ways
from escc_bayes.spec.model import BACKGROUND_MORTALITY, CURE_FRACTION, OTHER_SOURCES
from escc_bayes.spec.same_patients import other_data

DROPPED, FORM, SMALL_SAMPLE, SMOOTHING, MEAN = (
    *("dropped_rows", "likelihood_form", "small_sample_bias", "smoothing", "mode_to_mean"),
)
# What comes last, from the same model without it: at most one of them.
OWN_TERMS = (OTHER_SOURCES, BACKGROUND_MORTALITY, CURE_FRACTION)
STEPS = (
    *(DROPPED, FORM, SMALL_SAMPLE, SMOOTHING, CONFOUNDING, NON_COLLAPSIBILITY, CENTRES, BASELINE_PRIOR, EFFECT_PRIOR),
    *(SHRINKAGE, CODING, MEAN, *OWN_TERMS),
)
# What the way leads to where a last step adds a term of the model's own.
WITHOUT = "posterior mean without it"
# What each step leads to; the first and the last are methods of the tables of hazard ratios.
REACHED = {
    DROPPED: "cox_univariable",
    SMOOTHING: "smoothed baseline",
    CONFOUNDING: "adjusted, marginal",
    NON_COLLAPSIBILITY: "adjusted, conditional",
    CENTRES: "centres",
    BASELINE_PRIOR: "prior on the baseline",
    EFFECT_PRIOR: "priors on effects",
    SHRINKAGE: "shrinkage",
    CODING: "coding: posterior mode",
}


@dataclass(frozen=True, slots=True)
class AttributionStep:
    """One step for one contrast; NaN where either end has no finite estimate.

    Attributes
    ----------
    step : one of ``STEPS``; centres, shrinkage and coding only where the model has them.
    before, after : methods.
    log_hr_before, log_hr_after : on the log hazard ratio.
    low, high : least and largest difference over the orders in which the step can be made.
    """

    endpoint: str
    model: str
    term: str
    contrast: str
    step: str
    before: str
    after: str
    log_hr_before: float
    log_hr_after: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """What the step moves the log hazard ratio by."""
        return self.log_hr_after - self.log_hr_before

    def row(self) -> dict[str, object]:
        """Return the step as a row of ``attribution.csv``."""
        return {
            "endpoint": self.endpoint,
            "model": self.model,
            "term": self.term,
            "contrast": self.contrast,
            "step": self.step,
            "before": self.before,
            "after": self.after,
            "log_hr_before": self.log_hr_before,
            "log_hr_after": self.log_hr_after,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "hr_before": math.exp(self.log_hr_before),
            "hr_after": math.exp(self.log_hr_after),
        }


def attribute(posterior: Posterior, classical: ClassicalFit, cohort: Cohort) -> tuple[AttributionStep, ...]:
    """Return the steps from univariable Cox to the posterior mean, for every standard contrast.

    Both fits must be of the same specification and of this cohort; priors alone may differ. Of effects that change over
    time there is no such way: their Cox is one hazard ratio; nor is it worked out for effects that differ with a second
    covariate, for many covariates shrunk together, trajectories, strata, several endpoints, several rows each and
    events between two months. With survivors of other sources, a life table or a cure fraction the way is that of
    the same model without it, and the last step adds it.

    Raises
    ------
    EstimandError : the fits are of other patients, other data of theirs, or other covariates.
    """
    refuse_other_question(posterior, classical)
    step = posterior.plan.spec.own_term
    plan = replace(posterior.plan, spec=posterior.plan.spec.without_own_term) if step else posterior.plan
    if {*NOT_ONE_EVENT_EACH, OVER_TIME, CROSSED, MANY} & set(kinds_of(plan)):
        return ()
    seed = stream(posterior.seed, "attribution", WITHOUT)
    plain = fit_or_replace(plan, RunSettings("laplace"), seed=seed) if step else posterior
    ways, contrasts = Ways(plan), standard_contrasts(plan.design)
    found: list[AttributionStep] = []
    for term in dict.fromkeys(asked.term for asked in contrasts):
        own = [asked for asked in contrasts if asked.term == term]
        found += steps_of_term(plain, classical, cohort, ways, own)
    return with_own_term(found, posterior, step) if step else tuple(found)


def with_own_term(steps: Sequence[AttributionStep], posterior: Posterior, step: str) -> tuple[AttributionStep, ...]:
    """Return the steps to the mean of the model without its own term, and behind each way the step that adds it."""
    asked = {(one.term, contrast_words(one)): one for one in standard_contrasts(posterior.plan.design)}
    found: list[AttributionStep] = []
    for one in steps:
        if one.step != MEAN:
            found.append(one)
            continue
        mean = float(posterior.draws(asked[one.term, one.contrast]).mean())
        added = mean - one.log_hr_after
        last = replace(one, step=step, before=WITHOUT, after=posterior.method, log_hr_before=one.log_hr_after)
        found += [replace(one, after=WITHOUT), replace(last, log_hr_after=mean, low=added, high=added)]
    return tuple(found)


def refuse_other_question(posterior: Posterior, classical: ClassicalFit) -> None:
    """Raise unless both fits have the same rows, and the same covariates entering alike."""
    one, two = posterior.plan, classical.plan
    differ = other_data(one.rows, two.rows)
    held, asked = ([(effect.covariates, effect.unshrunk()) for effect in p.spec.effects] for p in (one, two))
    if not differ and held != asked:
        differ = f"effects of {one.spec!r} and of {two.spec!r}"
    if differ:
        raise EstimandError(
            f"attribution needs a posterior and a classical fit of one model on the same patients, was given {differ}; "
            "make both with the same specification and cohort"
        )


def steps_of_term(
    posterior: Posterior, classical: ClassicalFit, cohort: Cohort, ways: Ways, own: Sequence[HazardRatio]
) -> Iterator[AttributionStep]:
    """Yield the steps of every contrast of one term."""
    term, plan = own[0].term, posterior.plan
    design = classical.plan.design
    cox = np.array([finite(classical.univariable, weights(asked, design)) for asked in own])
    likelihood = univariable_likelihood(plan, term, own)
    begun = ways.values(term, frozenset(), own)
    fixed = {
        DROPPED: (own_rows_cox(cohort, plan, own, cox), cox),
        FORM: (cox, likelihood.free),
        SMALL_SAMPLE: (likelihood.free, likelihood.firth),
        SMOOTHING: (likelihood.firth, begun),
    }
    moved = averaged(
        changes_of(plan.spec), needs_of(plan.spec, term), lambda made, change: ways.moves(term, made, change, own)
    )
    means = np.array([float(posterior.draws(asked).mean()) for asked in own])
    for place, asked in enumerate(own):
        ends = {step: (float(one[place]), float(two[place])) for step, (one, two) in fixed.items()}
        yield from chained(
            posterior, asked, ends, {step: at(moves, place) for step, moves in moved.items()}, means[place]
        )


def at(moves: Averaged, place: int) -> tuple[float, float, float]:
    """Return mean, least and largest of one contrast."""
    return float(moves.mean[place]), float(moves.low[place]), float(moves.high[place])


def chained(
    posterior: Posterior,
    asked: HazardRatio,
    ends: dict[str, tuple[float, float]],
    moved: dict[str, tuple[float, float, float]],
    mean: float,
) -> Iterator[AttributionStep]:
    """Yield the steps of one contrast, each from where the one before it ended."""
    plan, before = posterior.plan, "cox_univariable"
    own_words = {FORM: f"{likelihood_word(posterior)}_univariable", SMALL_SAMPLE: f"{likelihood_word(posterior)}_firth"}
    words = {**REACHED, **own_words, MEAN: posterior.method}
    value = ends[SMOOTHING][1]
    for step in STEPS:
        if step in ends:
            start, end = ends[step]
            low = high = end - start
        elif step in moved:
            start, end, (_, low, high) = value, value + moved[step][0], moved[step]
        elif step == MEAN:
            start, end = value, mean
            low = high = end - start
        else:
            continue
        value = end
        names = (plan.rows.endpoint, plan.spec.name, asked.term, contrast_words(asked), step, before, words[step])
        yield AttributionStep(*names, start, end, low, high)
        before = words[step]


def likelihood_word(posterior: Posterior) -> str:
    """Return the method of maximum likelihood with the model's baseline."""
    return "weibull_mle" if posterior.plan.spec.baseline.family == "weibull" else "piecewise_mle"


def attribution(subject: Subject, tell: Tell) -> Rows:
    """Return the steps of every contrast, as rows."""
    tell(0, 1)
    rows = subject.plan.rows
    origin = {"provenance": rows.provenance, "clock": rows.clock}
    found = [{**step.row(), **origin} for step in attribute(subject.posterior, subject.classical, subject.cohort)]
    tell(1, 1)
    return found


PART = Part(
    "attribution",
    "why Cox and the posterior differ",
    (
        *("endpoint", "model", "term", "contrast", "step", "before", "after", "log_hr_before", "log_hr_after"),
        *("difference", "low", "high", "hr_before", "hr_after", "provenance", "clock"),
    ),
    ("endpoint", "model", "term", "contrast", "step"),
    attribution,
    attribution_words,
)
