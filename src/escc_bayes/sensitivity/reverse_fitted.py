"""Reverse-Bayes of a fitted model: the same row as of a published ratio, its priors found by refits.

``hr``, limits and ``prob_gt_1`` are the posterior's; ``p_value``, ``intrinsic_p`` and bounds are of multivariable Cox,
which knows no prior. docs/methods/reverse_bayes.md.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio, contrast_in
from escc_bayes.sensitivity import reverse_bayes
from escc_bayes.sensitivity.dials import Dial, dials_of
from escc_bayes.sensitivity.e_value import e_value, e_value_of_limit
from escc_bayes.sensitivity.information import cox_is_of, cox_se
from escc_bayes.sensitivity.not_computed import TRAJECTORY, except_of, or_refusal
from escc_bayes.sensitivity.part import Part, Row, Rows
from escc_bayes.sensitivity.prior_spread import prior_sd
from escc_bayes.sensitivity.reverse_fitted_words import fitted_words
from escc_bayes.sensitivity.reverse_table import COLUMNS, TIPPING, TIPPING_TWO_SIDED
from escc_bayes.sensitivity.subject import Subject, Tell
from escc_bayes.sensitivity.tipping import COARSE, Search, Way, crossings, side_of

# SDs, as a multiple of the model's own, and prior means in its SDs, between which a tipping prior is sought.
NARROWEST, WIDEST, FURTHEST = 0.01, 10.0, 6.0


@dataclass(frozen=True)
class Around:
    """Priors around HR 1 with SD exp(position) times the model's."""

    sd: float

    def __call__(self, position: float) -> tuple[float, float]:
        """Return mean and SD."""
        return 0.0, self.sd * math.exp(position)


@dataclass(frozen=True)
class Moved:
    """Priors with the model's SD whose mean is ``position`` of these."""

    sd: float

    def __call__(self, position: float) -> tuple[float, float]:
        """Return mean and SD."""
        return position * self.sd, self.sd


@dataclass(frozen=True)
class Advocate:
    """Priors between HR 1 and a limit with log limit ``side`` exp(position): 1 and the limit end their interval."""

    side: float
    level: float

    def __call__(self, position: float) -> tuple[float, float]:
        """Return mean and SD."""
        log_limit = math.exp(position)
        return self.side * log_limit / 2.0, log_limit / 2.0 / float(ndtri((1.0 + self.level) / 2.0))


def reverse_fitted(subject: Subject, tell: Tell) -> Rows:
    """Return a row for every contrast."""
    every = dials_of(subject)
    dials = {asked: dial for asked in subject.contrasts for dial in every if dial.about(asked)}
    found = tipped(subject, dials, tell)
    return [fitted_row(subject, asked, dials.get(asked), found) for asked in subject.contrasts]


def tipped(subject: Subject, dials: dict[HazardRatio, Dial], tell: Tell) -> dict[tuple[int, str], float]:
    """Return, by contrast and column, the SDs, means and limits at which P reaches its target."""
    half = (1.0 + subject.asked.level) / 2.0
    plain: list[tuple[int, str, Search]] = []
    for place, asked in enumerate(subject.contrasts):
        dial, side = dials.get(asked), side_of(subject, asked)
        if dial is None:
            continue
        around: Way = Around(dial.sd)
        targets = {"tipping_sd": TIPPING, "tipping_sd_975": TIPPING_TWO_SIDED, "scepticism_limit": half}
        plain += [(place, name, Search(place, dial, around, side, p)) for name, p in targets.items()]
        if dial.normal:
            moved: Way = Moved(dial.sd)
            means = {"tipping_mean": TIPPING, "tipping_mean_975": TIPPING_TWO_SIDED}
            plain += [(place, name, Search(place, dial, moved, side, p)) for name, p in means.items()]
            plain += [(place, "advocacy_limit", Search(place, dial, Advocate(side, subject.asked.level), side, half))]
    found: dict[tuple[int, str], float] = {}
    kinds = {
        "sd": np.log(np.geomspace(NARROWEST, WIDEST, COARSE)),
        "mean": np.linspace(-FURTHEST, FURTHEST, COARSE),
        "limit": np.log(np.geomspace(0.05, 8.0, COARSE)),
    }
    for done, (kind, ways) in enumerate((("sd", Around), ("mean", Moved), ("limit", Advocate)), start=1):
        own = [one for one in plain if isinstance(one[2].way, ways)]
        positions = {dial.effect: kinds[kind] for dial in dials.values()}
        at = crossings(subject, [search for _, _, search in own], positions, None, "reverse Bayes")
        for (place, name, search), position in zip(own, at, strict=True):
            found[place, name] = value_at(search, position)
        tell(done, 3)
    return found


def value_at(search: Search, position: float) -> float:
    """Return the SD, the mean or the limit at a position; NaN where there is none."""
    if math.isnan(position):
        return math.nan
    if isinstance(search.way, Advocate):
        return math.exp(search.side * math.exp(position))
    mean, sd = search.way(position)
    return mean if isinstance(search.way, Moved) else sd


def fitted_row(subject: Subject, asked: HazardRatio, dial: Dial | None, found: dict[tuple[int, str], float]) -> Row:
    """Return the row of one contrast."""
    place = subject.contrasts.index(asked)
    estimate = subject.posterior.estimate(asked, level=subject.asked.level)
    own = weights(asked, subject.classical.plan.design)
    se = math.inf if cox_is_of(subject.plan, asked) else cox_se(subject.classical, asked)
    z = math.nan if math.isinf(se) else float(own @ subject.classical.cox.coef) / se
    p = math.nan if math.isnan(z) else 2.0 * float(ndtr(-abs(z)))
    rare, within = subject.asked.rare, estimate.lower < 1.0 < estimate.upper
    cells: dict[str, object] = dict.fromkeys(COLUMNS, math.nan) | {
        "study": subject.cohort.name,
        "endpoint": estimate.endpoint,
        "term": asked.term,
        "contrast": contrast_in(asked),
        "hr": estimate.value,
        "lower": estimate.lower,
        "upper": estimate.upper,
        "level": subject.asked.level,
        "interval": "credible",
        "p_value": p,
        "prob_gt_1": estimate.prob_gt_1,
        "e_value": e_value(estimate.value, rare=rare),
        "e_value_limit": e_value_of_limit(estimate.lower, estimate.upper, rare=rare),
        "outcome": "rare" if rare else "common",
        "source": f"refits of {subject.spec.name}",
        "note": note_of(dial),
        "tipping_prior_sd": math.nan if dial is None else dial.sd,
    }
    if not math.isnan(z):
        cells |= {
            "intrinsic_p": reverse_bayes.intrinsic_p(z),
            "bayes_factor_bound": reverse_bayes.bayes_factor_bound(p),
            "bayes_factor_bound_normal": reverse_bayes.bayes_factor_bound_normal(z),
        }
    names = ("tipping_sd", "tipping_sd_975", "tipping_mean", "tipping_mean_975", "advocacy_limit")
    cells |= {name: found.get((place, name), math.nan) for name in names}
    limit = found.get((place, "scepticism_limit"), math.nan)
    cells["scepticism_limit"] = (
        math.nan if within and math.isnan(limit) else widest_sceptic(subject, asked, dial, limit)
    )
    if not within:
        cells["advocacy_limit"] = math.nan
    return {name: cells[name] for name in COLUMNS}


def widest_sceptic(subject: Subject, asked: HazardRatio, dial: Dial | None, sd: float) -> float:
    """Return the upper limit of the sceptic's interval for the contrast itself, whose prior SD goes with the dial's."""
    if dial is None or math.isnan(sd):
        return math.nan
    w = weights(asked, subject.plan.design)
    factor = (
        1.0
        if dial.normal and len(dial.terms) == 1
        else prior_sd(subject.plan, w, subject.stream("information")) / dial.sd
    )
    return math.exp(float(ndtri((1.0 + subject.asked.level) / 2.0)) * sd * factor)


def note_of(dial: Dial | None) -> str:
    """Say which prior was turned."""
    if dial is None:
        return "no prior on the effect to turn"
    if dial.normal:
        return f"tipping priors are normals on the effect '{dial.effect}' as the model states it"
    return f"tipping priors are scales of the half-normal on the SD between levels of '{dial.effect}'"


PART = Part(
    "reverse_bayes",
    "which prior would tip each conclusion",
    COLUMNS,
    ("endpoint", "term", "contrast"),
    except_of((TRAJECTORY,), reverse_fitted, COLUMNS),
    or_refusal(fitted_words),
)
