"""What other priors would have said: a ladder, a dense grid with the region in which the conclusion holds, powers of
prior and likelihood, conflict of prior and data. docs/methods/prior_sensitivity.md.
"""

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from escc_bayes.bayes.refits.table import NUMBERS, RefitTable
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio, contrast_in
from escc_bayes.sensitivity.dials import Dial, Point, dials_of, turned_refits
from escc_bayes.sensitivity.information import alone
from escc_bayes.sensitivity.not_computed import OWN_SCALES, TRAJECTORY, except_of, or_refusal
from escc_bayes.sensitivity.part import Part, Row, Rows
from escc_bayes.sensitivity.power_scaling import power_rows
from escc_bayes.sensitivity.prior_spread import prior_mean, prior_sd
from escc_bayes.sensitivity.prior_words import prior_words
from escc_bayes.sensitivity.subject import Subject, Tell
from escc_bayes.spec.evidence_prior import EvidencePrior

COLUMNS = (
    *("endpoint", "model", "term", "contrast", "kind", "prior", "prior_mean", "prior_sd", "hr", "lower", "upper"),
    *("level", "prob_gt_1", "conclusion", "alpha", "sensitivity", "tail", "note"),
)
# A conclusion is that HR lies on one side of 1 with this probability.
CONVINCED = 0.95
GRID, THOROUGH, SDS, SCALES = 500, 5000, 12, 20
# 95 % of the sceptic's prior lies between HR 1 / 1.8 and 1.8, of the neutral one between 1 / 4 and 4; the enthusiast's
# has median 2 and 97.5 % point 4.
LADDER = {
    "sceptical": (0.0, math.log(1.8)),
    "neutral": (0.0, math.log(4.0)),
    "enthusiastic": (math.log(2.0), math.log(2.0)),
}
SCALE_LADDER = {"sceptical": 0.2, "neutral": 0.5, "enthusiastic": 1.0}
Z975 = 1.959963984540054


def priors(subject: Subject, tell: Tell) -> Rows:
    """Return the rows of every kind, contrast by contrast."""
    dials = dials_of(subject)
    points = [(name, point) for dial in dials for name, point in rungs(subject, dial)]
    points += [("grid", point) for dial in dials for point in grid(dial, dials, thorough=subject.asked.thorough)]
    found = turned_refits(subject, [point for _, point in points], tell, "priors") if points else None
    rows: list[Row] = [] if found is None else list(refit_rows(subject, points, found))
    return [*rows, *power_rows(subject, COLUMNS), *conflict_rows(subject)]


def rungs(subject: Subject, dial: Dial) -> Iterator[tuple[str, Point]]:
    """Yield the ladder of a prior: the model's own, sceptic, neutral, enthusiast; evidence where a model has it."""
    yield "model", (dial, dial.mean, dial.sd)
    if not dial.normal:
        yield from ((name, (dial, 0.0, scale)) for name, scale in SCALE_LADDER.items())
        return
    side = own_side(subject, dial)
    for name, (mean, width) in LADDER.items():
        yield name, (dial, side * mean * dial.unit, width / Z975 * dial.unit)
    effect = next(effect for effect in subject.spec.effects if effect.name == dial.effect)
    if isinstance(getattr(effect, "prior", None), EvidencePrior):
        yield "evidence", (dial, dial.mean, dial.sd)


def own_side(subject: Subject, dial: Dial) -> float:
    """Return 1 where an effect's last contrast lies above 1 and -1 below: an enthusiast believes what was found."""
    last = [asked for asked in subject.contrasts if dial.about(asked)][-1]
    return math.copysign(1.0, float(subject.posterior.draws(last).mean()))


def grid(dial: Dial, dials: tuple[Dial, ...], *, thorough: bool) -> Iterator[Point]:
    """Yield a dense grid of means and SDs, or of scales; over all priors at least 500 refits."""
    whole = THOROUGH if thorough else GRID
    normals = sum(one.normal for one in dials)
    scales = SCALES if normals else -(-whole // len(dials))
    if not dial.normal:
        yield from ((dial, 0.0, float(sd)) for sd in np.geomspace(0.05, 2.0, scales))
        return
    share = -(-(whole - scales * (len(dials) - normals)) // normals)
    # An odd number of means, so that HR 1 is among them.
    for mean in np.linspace(-math.log(4.0), math.log(4.0), -(-share // SDS) | 1):
        for sd in np.geomspace(0.1, 3.0, SDS):
            yield dial, float(mean) * dial.unit, float(sd) * dial.unit


def refit_rows(subject: Subject, points: list[tuple[str, Point]], found: RefitTable) -> Iterator[Row]:
    """Yield a row for each refit and each contrast that its prior is about."""
    verdicts = found.verdicts
    for place, asked in enumerate(subject.contrasts):
        above = float(subject.posterior.draws(asked).mean()) > 0.0
        for row, (name, (dial, mean, sd)) in enumerate(points):
            if dial.about(asked):
                numbers = dict(zip(NUMBERS, found.numbers[row, place].tolist(), strict=True))
                cells = {
                    "kind": "grid" if name == "grid" else "ladder",
                    "prior": "" if name == "grid" else name,
                    "prior_mean": mean,
                    "prior_sd": sd,
                    "hr": numbers["value"],
                    "lower": numbers["lower"],
                    "upper": numbers["upper"],
                    "prob_gt_1": numbers["prob_gt_1"],
                    "conclusion": conclusion(numbers["prob_gt_1"], above=above),
                    "note": "" if verdicts[row] == "ok" else verdicts[row],
                }
                yield row_of(subject, asked, cells)


def row_of(subject: Subject, asked: HazardRatio, cells: dict[str, object]) -> Row:
    """Return a row with empty cells for what a kind does not have."""
    head: dict[str, object] = {
        "endpoint": subject.plan.rows.endpoint,
        "model": subject.spec.name,
        "term": asked.term,
        "contrast": contrast_in(asked),
        "level": subject.asked.level,
    }
    return {name: {**head, **cells}.get(name, math.nan) for name in COLUMNS}


def conclusion(prob_gt_1: float, *, above: bool) -> str:
    """Say whether HR lies on the posterior's side of 1: holds, open or reversed.

    Examples
    --------
    >>> conclusion(0.97, above=True), conclusion(0.97, above=False), conclusion(0.5, above=True)
    ('holds', 'reversed', 'open')
    """
    probability = prob_gt_1 if above else 1.0 - prob_gt_1
    return "holds" if probability >= CONVINCED else "reversed" if probability <= 1.0 - CONVINCED else "open"


def conflict_rows(subject: Subject) -> Iterator[Row]:
    """Yield how far the data alone lie from the prior, in its predictive distribution: two-sided tail probability.

    Cox's estimate b with standard error s (of what Cox has no hazard ratio of, the posterior less its prior) under a
    prior with mean m and SD t: z = (b - m) / sqrt(s^2 + t^2). Box 1980,
    J R Stat Soc A 143:383; Evans & Moshonov 2006, Bayesian Anal 1:893.
    """
    plan = subject.plan
    for asked in subject.contrasts:
        w, seed = weights(asked, plan.design), subject.stream("information")
        mean, sd = prior_mean(plan, w, seed), prior_sd(plan, w, seed)
        value, se = alone(subject, asked, mean, sd)
        tail = math.nan if math.isinf(se) else 2.0 * float(ndtr(-abs(value - mean) / math.hypot(se, sd)))
        cells: dict[str, object] = {
            "kind": "conflict",
            "prior": "model",
            "prior_mean": mean,
            "prior_sd": sd,
            "tail": tail,
        }
        yield row_of(subject, asked, {**cells, "conclusion": "", "note": ""})
    found = subject.posterior.prior_conflict
    baseline = {"kind": "conflict", "prior": "model", "tail": found.tail, "conclusion": "", "note": ""}
    yield {**row_of(subject, subject.contrasts[0], dict(baseline)), "term": "baseline", "contrast": "survival"}


PART = Part(
    "priors",
    "what other priors would have said",
    COLUMNS,
    ("endpoint", "model", "term", "contrast", "kind", "prior", "prior_mean", "prior_sd", "alpha"),
    except_of((TRAJECTORY, OWN_SCALES), priors, COLUMNS),
    or_refusal(prior_words),
)
