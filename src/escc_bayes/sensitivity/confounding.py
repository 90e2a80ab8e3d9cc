"""What an unmeasured confounder would do: E-values, a binary confounder inside the model, and controls.

docs/methods/confounding.md.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio, contrast_in
from escc_bayes.foundation.root import root
from escc_bayes.foundation.seeds import generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.confounder import Found, Hidden, hidden_of
from escc_bayes.sensitivity.confounding_words import confounding_words
from escc_bayes.sensitivity.e_value import e_value, e_value_of_limit
from escc_bayes.sensitivity.information import as_number, cox_se
from escc_bayes.sensitivity.not_computed import CROSSED, NOT_ONE_EVENT_EACH, OVER_TIME, OWN_TERMS, kinds_of
from escc_bayes.sensitivity.part import Part, Row, Rows, by_contrast
from escc_bayes.sensitivity.pooled import pooled_rows
from escc_bayes.sensitivity.subject import Subject, Tell

COLUMNS = (
    *("endpoint", "model", "term", "contrast", "kind", "method", "confounder_hr", "prevalence", "versus_prevalence"),
    *("hr", "lower", "upper", "level", "prob_gt_1", "e_value", "e_value_limit", "outcome", "expected_hr", "z"),
)
# Prevalences where the confounder is rarer and where it is commoner, and its hazard ratios.
PREVALENCES = ((0.1, 0.3), (0.1, 0.5), (0.25, 0.75), (0.4, 0.6))
STRENGTHS = (1.5, 2.0, 3.0, 5.0)
STRONGEST = 20.0
# A crossing that jumps by more than this, in SDs, is none: the likelihood of a strong confounder can have two tops.
JUMP = 0.05
CONVINCED = 0.95
# The prior on a confounder: prevalences uniform, log hazard ratio normal with 95 % between 1 / 4 and 4.
DRAWS, PRIOR_SD = 60, math.log(4.0) / 1.959963984540054


def confounding(subject: Subject, tell: Tell) -> Rows:
    """Return the rows of every contrast, and of controls."""
    apart = {*NOT_ONE_EVENT_EACH, *OWN_TERMS, OVER_TIME, CROSSED} & set(kinds_of(subject.plan))
    hidden = None if apart else hidden_of(subject.plan)
    rows: list[Row] = []
    for done, asked in enumerate(subject.contrasts, start=1):
        rows += e_value_rows(subject, asked)
        if hidden is not None:
            rows += hidden_rows(Shifted.of(subject, asked, hidden))
        tell(done, len(subject.contrasts))
    return [*rows, *control_rows(subject)]


def row_of(subject: Subject, asked: HazardRatio, **cells: object) -> Row:
    """Return a row with empty cells for what a kind does not have."""
    head: dict[str, object] = {"endpoint": subject.plan.rows.endpoint, "model": subject.spec.name, "term": asked.term}
    head |= {"contrast": contrast_in(asked), "level": subject.asked.level, "method": "", "outcome": ""}
    return {name: {**head, **cells}.get(name, math.nan) for name in COLUMNS}


def e_value_rows(subject: Subject, asked: HazardRatio) -> Iterator[Row]:
    """Yield the E-values of the posterior and of multivariable Cox."""
    rare, level = subject.asked.rare, subject.asked.level
    outcome = "rare" if rare else "common"
    found = subject.posterior.estimate(asked, level=level)
    ratios = [(subject.posterior.method, found.value, found.lower, found.upper, found.prob_gt_1)]
    own = weights(asked, subject.classical.plan.design)
    se = cox_se(subject.classical, asked)
    if not math.isinf(se):
        x, half = float(own @ subject.classical.cox.coef), float(ndtri(0.5 + level / 2.0)) * se
        ratios.append(("cox", math.exp(x), math.exp(x - half), math.exp(x + half), math.nan))
    for method, hr, lower, upper, above in ratios:
        values = {"e_value": e_value(hr, rare=rare), "e_value_limit": e_value_of_limit(lower, upper, rare=rare)}
        numbers = {"hr": hr, "lower": lower, "upper": upper, "prob_gt_1": above}
        yield row_of(subject, asked, kind="e_value", method=method, outcome=outcome, **values, **numbers)


@dataclass(frozen=True)
class Shifted:
    """The posterior of one contrast, moved by a confounder as the model's mode and error are.

    Attributes
    ----------
    first : (n,) who has the level (of a number: lies above its mean).
    w : (q,) weights on log hazard ratios and log rates.
    mean, sd : of the posterior; ``mode``, ``error``: of the model without a confounder.
    """

    subject: Subject
    asked: HazardRatio
    hidden: Hidden
    first: np.ndarray
    w: FloatArray
    mean: float
    sd: float
    mode: float
    error: float

    @classmethod
    def of(cls, subject: Subject, asked: HazardRatio, hidden: Hidden) -> "Shifted":
        """Return the posterior of a contrast, ready to be moved."""
        covariate = subject.plan.rows.covariates[asked.term]
        if as_number(subject.plan, asked):
            first = covariate.values > covariate.values.mean()
        else:
            first = covariate.values == covariate.schema.levels.index(asked.level)
        drawn, w = subject.posterior.draws(asked), weights(asked, subject.plan.design)
        own = np.concatenate([w, np.zeros(hidden.offset.size - w.size)])
        plain = hidden.with_confounder(np.full(first.size, 0.5), 0.0)
        numbers = (float(drawn.mean()), float(drawn.std()), float(own @ plain.psi), error_of(plain, own))
        return cls(subject, asked, hidden, first, own, *numbers)

    @property
    def side(self) -> float:
        """1 where HR > 1 is the conclusion, -1 where HR < 1 is."""
        return math.copysign(1.0, self.mean)

    def found(self, prevalence: float, versus: float, log_gamma: float) -> Found:
        """Return the model's mode when the confounder has these prevalences."""
        return self.hidden.with_confounder(np.where(self.first, prevalence, versus), log_gamma)

    def moved(self, found: Found) -> tuple[float, float]:
        """Return mean and SD of the log hazard ratio with the confounder."""
        shift = float(self.w @ found.psi) - self.mode
        return self.mean + shift, self.sd * error_of(found, self.w) / self.error

    def prevalences(self, rarer: float, commoner: float) -> tuple[float, float]:
        """Return prevalences that explain the finding: commoner where the hazard is higher."""
        return (commoner, rarer) if self.side > 0.0 else (rarer, commoner)


def error_of(found: Found, w: FloatArray) -> float:
    """Return the standard error of a contrast."""
    return math.sqrt(float(w @ found.covariance @ w))


def hidden_rows(of: Shifted) -> Iterator[Row]:
    """Yield the surface, where it tips, and the average over a prior on the confounder."""
    for pair in PREVALENCES:
        own = of.prevalences(*pair)
        for strength in STRENGTHS:
            yield moved_row(of, "surface", "", strength, own, *of.moved(of.found(*own, math.log(strength))))
        for method, reached in (("P = 0.95", CONVINCED), ("HR = 1", 0.5)):
            strength = tipping_strength(of, own, reached)
            numbers = (math.nan, math.nan) if math.isnan(strength) else of.moved(of.found(*own, math.log(strength)))
            yield moved_row(of, "tipping", method, strength, own, *numbers)
    yield moved_row(of, "prior", "prevalences uniform, HR 1/4 to 4", math.nan, (math.nan, math.nan), *averaged(of))


def tipping_strength(of: Shifted, own: tuple[float, float], reached: float) -> float:
    """Return the confounder's hazard ratio at which P on the conclusion's side is ``reached``; NaN: none up to 20."""

    def above(log_gamma: float) -> float:
        mean, sd = of.moved(of.found(*own, log_gamma))
        return of.side * mean / sd - float(ndtri(reached))

    last = math.log(STRONGEST)
    if above(0.0) <= 0.0 or above(last) > 0.0:
        return math.nan
    found = root(above, 0.0, last, absolute=1e-4)
    return math.exp(found) if abs(above(found)) < JUMP else math.nan


def averaged(of: Shifted) -> tuple[float, float]:
    """Return mean and SD over confounders drawn from their prior, weighed by the evidence for each."""
    rng = generator(of.subject.stream("confounding"), "prior")
    draws = zip(rng.random((DRAWS, 2)) * 0.98 + 0.01, rng.normal(0.0, PRIOR_SD, DRAWS), strict=True)
    found = [of.found(float(p[0]), float(p[1]), float(log_gamma)) for p, log_gamma in draws]
    evidence = np.array([one.log_evidence for one in found])
    share = np.exp(evidence - evidence.max())
    share /= share.sum()
    means, sds = np.array([of.moved(one) for one in found]).T
    mean = float(share @ means)
    return mean, math.sqrt(float(share @ (sds**2 + (means - mean) ** 2)))


def moved_row(
    of: Shifted, kind: str, method: str, strength: float, own: tuple[float, float], mean: float, sd: float
) -> Row:
    """Return the row of a hazard ratio with a confounder."""
    half = float(ndtri(0.5 + of.subject.asked.level / 2.0)) * sd
    return row_of(
        of.subject,
        of.asked,
        kind=kind,
        method=method,
        confounder_hr=strength,
        prevalence=own[0],
        versus_prevalence=own[1],
        hr=math.exp(mean),
        lower=math.exp(mean - half),
        upper=math.exp(mean + half),
        prob_gt_1=float(ndtr(mean / sd)),
    )


def control_rows(subject: Subject) -> Iterator[Row]:
    """Yield the contrasts that should be known: HR 1 of a negative control, the stated one of a positive control."""
    for term, expected in subject.asked.controls:
        for asked in (one for one in subject.contrasts if one.term == term):
            found = subject.posterior.estimate(asked, level=subject.asked.level)
            z = (found.log_mean - math.log(expected)) / found.log_sd
            numbers = {"hr": found.value, "lower": found.lower, "upper": found.upper, "prob_gt_1": found.prob_gt_1}
            kind = "negative_control" if expected == 1.0 else "positive_control"
            yield row_of(
                subject, asked, kind=kind, method=subject.posterior.method, expected_hr=expected, z=z, **numbers
            )


def pooled(each: Sequence[Rows]) -> Rows:
    """Return averages over reconstructions; where a conclusion tips is a result, no key as on the surface."""

    def of_kind(part: Part, *, tipping: bool) -> Rows:
        return pooled_rows(part, [[row for row in rows if (row["kind"] == "tipping") == tipping] for rows in each])

    asked = replace(PART, pool=None)
    named = tuple(key for key in PART.keys if key != "confounder_hr")
    found = [*of_kind(asked, tipping=False), *of_kind(replace(asked, keys=named), tipping=True)]
    controls = [row for row in found if str(row["kind"]).endswith("control")]
    plain = [row for row in found if not str(row["kind"]).endswith("control")]
    return [*(row for way in by_contrast(plain) for row in way), *controls]


PART = Part(
    "confounding",
    "what an unmeasured confounder would do",
    COLUMNS,
    ("endpoint", "model", "term", "contrast", "kind", "method", "confounder_hr", "prevalence", "versus_prevalence"),
    confounding,
    confounding_words,
    pooled,
)
