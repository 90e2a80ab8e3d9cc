"""The share cured: posterior beside prior, and whether follow-up is long enough to tell cure from a late event.

The data's share of the precision of the log odds of cure is 1 - posterior variance / prior variance. Of those not cured
the share expected to be free of the event where follow-up of the patients without it ends says what of the plateau is
not yet seen (Maller & Zhou 1996, Survival Analysis with Long-Term Survivors, chapter 2, who ask it of the last month:
one patient seen for long would then vouch for all). Told apart is the precision of the log odds over what it would be
if it were known who is cured: one less the fraction of missing information (Orchard & Woodbury 1972, Proc 6th Berkeley
Symp 1:697; Louis 1982, J R Stat Soc B 44:226), here of being cured or late. docs/methods/cure.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.model.parameters import CURE, hazards
from escc_bayes.bayes.posterior.between import evenly, over_words, variance_parts
from escc_bayes.bayes.posterior.drawn import Drawn
from escc_bayes.data.ensemble import RECONSTRUCTIONS
from escc_bayes.hazard.cured import Cured
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.hazard.stratified import Stratified
from escc_bayes.spec.cure import fraction_range
from escc_bayes.spec.plan import ModelPlan

# Of those not cured: more of them free of the event at the end, and a plateau is a matter of belief. Of the precision
# of the log odds: less of it data, and it is the prior's. Of what it would be if it were known who is cured: below 3/4
# half of the SD or more, (1 - 3/4)^(1/2), comes of not knowing.
STILL_FREE, DATA, TOLD_APART = 0.1, 0.5, 0.75
DRAWS, ENDS = 400, 50


@dataclass(frozen=True, slots=True)
class CureFraction:
    """Share cured, by one posterior or by the mixture of those of an ensemble's members.

    Attributes
    ----------
    value, lower, upper : posterior median and limits.
    prior : prior median and limits of the same level.
    level : such as 0.95.
    data_share : of the precision of its log odds.
    median, last : months to which half of the patients without the event, and the last of all, are followed; of an
        ensemble the earliest of the members' months.
    still_free : of those not cured, expected to be free of the event where follow-up of the patients without it ends,
        averaged over these; the members' mean.
    told_apart : of the precision its log odds would have if it were known who is cured, what they have; the members'
        mean.
    members : posteriors behind it.
    share_between : of the variance of the log odds, what lies between members; 0 of one.
    """

    value: float
    lower: float
    upper: float
    prior: tuple[float, float, float]
    level: float
    data_share: float
    median: float
    last: float
    still_free: float
    told_apart: float
    members: int = 1
    share_between: float = 0.0

    @property
    def short(self) -> bool:
        """Whether prior and form of the hazard say much of it."""
        return is_short(self.still_free, self.data_share, self.told_apart)

    def sentence(self, kind: str = RECONSTRUCTIONS) -> str:
        """Say the share, its prior, and what tells it from late events; members are called ``kind``."""
        middle, low, high = (100.0 * one for one in self.prior)
        short = (
            "; SHORT FOLLOW-UP for a cure: whether these would have the event later, prior and form of the hazard say"
            if self.short
            else ""
        )
        over = over_words(self.members, self.share_between, "its log odds", kind)
        return (
            f"Cured: {100 * self.value:.0f} % ({100 * self.level:g} % credible interval {100 * self.lower:.0f} % to "
            f"{100 * self.upper:.0f} %){over}; prior median {middle:.0f} % ({low:.0f} % to {high:.0f} %); "
            f"{100 * self.data_share:.0f} % of the precision of its log odds is data. Of those not cured "
            f"{100 * self.still_free:.0f} % are expected to be free of the event where follow-up of the patients "
            f"without it ends (half of them by month {self.median:.1f}, the last at {self.last:.1f}); its precision is "
            f"{100 * self.told_apart:.0f} % of what it would be if it were known who is cured{short}."
        )


def cure_fraction(posterior: Drawn, level: float) -> CureFraction | None:
    """Return the share cured of a posterior; None for a model without one."""
    return cure_over((posterior,), level)


def cure_over(members: Sequence[Drawn], level: float) -> CureFraction | None:
    """Return the share cured by the mixture of the members' posteriors, as many draws of each; None without one."""
    cure = members[0].plan.spec.cure
    if cure is None:
        return None
    by_member = np.stack(evenly([member.flat[CURE][:, 0] for member in members]))
    log_odds, tail = by_member.ravel(), (1.0 - level) / 2.0
    value, lower, upper = (1.0 / (1.0 + np.exp(-np.quantile(log_odds, [0.5, tail, 1.0 - tail])))).tolist()
    ends = [ends_of_follow_up(member.plan) for member in members]
    return CureFraction(
        value=value,
        lower=lower,
        upper=upper,
        prior=fraction_range(cure.prior, level),
        level=level,
        data_share=float(np.clip(1.0 - log_odds.var(ddof=1) / cure.prior.sd**2, 0.0, 1.0)),
        median=min(float(np.median(months)) for months in ends),
        last=min(float(member.plan.rows.time.max()) for member in members),
        still_free=float(np.mean([free_at(*pair).mean() for pair in zip(members, ends, strict=True)])),
        told_apart=float(np.mean([told_apart(m.flat[CURE][:, 0], cure.prior.sd, m.plan.rows.n) for m in members])),
        members=len(members),
        share_between=variance_parts(by_member).share,
    )


def is_short(still_free: float, data_share: float, told_apart: float) -> bool:
    """Return whether prior and form of the hazard say much of a share cured."""
    return still_free > STILL_FREE or data_share < DATA or told_apart < TOLD_APART


def told_apart(log_odds: FloatArray, prior_sd: float, patients: int) -> float:
    """Return the precision of draws (m,) of log odds, over what it would be if it were known who is cured.

    Of n patients known to be cured or not the log odds have the information n pi (1 - pi); the prior adds its own.

    Examples
    --------
    >>> from scipy.special import logit
    >>> from scipy.stats import beta
    >>> known = logit(beta(30, 70).ppf((np.arange(4000) + 0.5) / 4000))  # 30 of 100 known to be cured, and no prior
    >>> round(told_apart(known, 100.0, 100), 1)
    1.0
    """
    share = 1.0 / (1.0 + np.exp(-log_odds))
    known = patients * float(np.mean(share * (1.0 - share))) + prior_sd**-2
    return min(1.0, 1.0 / (float(log_odds.var(ddof=1)) * known))


def ends_of_follow_up(plan: ModelPlan) -> FloatArray:
    """Return the months to which patients without the event are followed, of many 50 quantiles; of none the last."""
    ends = plan.rows.time[plan.rows.event == 0.0]
    if not ends.size:
        return np.array([plan.rows.time.max()])
    return np.quantile(ends, (np.arange(ENDS) + 0.5) / ENDS) if ends.size > ENDS else ends


def free_at(posterior: Drawn, months: FloatArray) -> FloatArray:
    """Return who of those not cured is free of the event at months (t,), (t, draws): the average over patients."""
    step = max(1, next(iter(posterior.flat.values())).shape[0] // DRAWS)
    values = {name: drawn[::step] for name, drawn in posterior.flat.items()}
    draws = values[CURE].shape[0]
    patterns = posterior.plan.patterns
    found = others(hazards(posterior.plan, values, draws))
    share = np.full((1, len(patterns)), 1.0 / len(patterns))
    return found.survival(patterns, share, months)[:, 0]


def others(found: PatientHazards) -> PatientHazards:
    """Return the hazards of those not cured."""
    if isinstance(found, Stratified):
        first, *rest = (others(one) for one in found.strata)
        return Stratified(first.coefficients, first.hazard, (first, *rest))
    assert isinstance(found, Cured)
    return found.others


def cure_sentences(members: Sequence[Drawn], level: float, kind: str = RECONSTRUCTIONS) -> tuple[str, ...]:
    """Say the share cured, by one posterior or by an ensemble's members; nothing for a model without one."""
    found = cure_over(members, level)
    return () if found is None else (found.sentence(kind),)
