"""A cure fraction: the share of patients who never have the event, with its prior. docs/methods/cure.md."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.prior import Z975, Normal, normal_from
from escc_bayes.spec.rows import AnalysisRows

KEYS = ("fraction",)
FORM = "fraction = { median = 0.2, upper = 0.6 } (97.5 % point), or { normal = [mean, sd] } on the log odds"


@dataclass(frozen=True, slots=True)
class Cure:
    """The prior on the log odds of cure.

    Examples
    --------
    >>> Cure(Normal(-1.386294, 0.914183)).words()
    'a fraction never has the event: prior median 20 %, 95 % prior interval 4 % to 60 %'
    """

    prior: Normal

    def words(self) -> str:
        """Say the prior as a fraction."""
        middle, low, high = (100.0 * one for one in fraction_range(self.prior, 0.95))
        head = f"a fraction never has the event: prior median {middle:.2g} %"
        return f"{head}, 95 % prior interval {low:.2g} % to {high:.2g} %"


def fraction_range(prior: Normal, level: float) -> tuple[float, float, float]:
    """Return median and equal-tailed limits of a fraction whose log odds are normal.

    Examples
    --------
    >>> [round(one, 2) for one in fraction_range(Normal(0.0, 1.0), 0.95)]
    [0.5, 0.12, 0.88]
    """
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    middle, low, high = (1.0 / (1.0 + math.exp(-prior.mean - at * prior.sd)) for at in (0.0, -z, z))
    return middle, low, high


def cure_from(raw: Mapping[str, object], where: str) -> Cure | None:
    """Read ``[cure]``, if it is there."""
    if "cure" not in raw:
        return None
    at = f"{where}, [cure]"
    body = checks.table(raw["cure"], at)
    checks.refuse_unknown_keys(body, KEYS, at)
    if "fraction" not in body:
        raise SpecError(f"{at}: 'fraction' is missing, the prior on the share cured; write {FORM}")
    for other in ("external", "external_arm", "background"):
        if other in raw:
            raise SpecError(f"{at}: is not worked out beside [{other}]; keep one of the two")
    return Cure(fraction_prior(checks.table(body["fraction"], f"{at}, fraction"), f"{at}, fraction"))


def fraction_prior(body: Mapping[str, object], at: str) -> Normal:
    """Return the normal on the log odds that a statement on a fraction means."""
    if set(body) == {"normal"}:
        return normal_from(body["normal"], f"{at}, normal")
    if set(body) != {"median", "upper"}:
        raise SpecError(f"{at}: write {FORM}; was given {checks.shown(dict(body))}")
    median = checks.number(body["median"], f"{at}, median", above=0.0, below=1.0)
    upper = checks.number(body["upper"], f"{at}, upper", above=median, below=1.0)
    mean = math.log(median / (1.0 - median))
    return Normal(mean, (math.log(upper / (1.0 - upper)) - mean) / Z975)


def refuse_cure(cure: Cure | None, rows: AnalysisRows, model: str) -> None:
    """Raise where a cure fraction does not fit the rows of an analysis."""
    if cure is None:
        return
    reasons = {
        "several transitions: which of them the cured never make is not said": rows.transitions is not None,
        "sampling weights, under which a posterior is no product of likelihoods": rows.sampled,
        "events between two months": rows.left is not None,
        "several rows for a patient, who is cured in all of them or in none": rows.patient is not None,
    }
    for reason, there in reasons.items():
        if there:
            raise SpecError(f"model '{model}', [cure]: is not worked out beside {reason}; leave one of the two out")
