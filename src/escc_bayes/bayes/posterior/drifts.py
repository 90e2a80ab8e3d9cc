"""How far hazards of other studies drift from ours: posterior beside prior. docs/methods/external_information.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from escc_bayes.bayes.model.parameters import drift_free
from escc_bayes.bayes.posterior.between import evenly, over_words, variance_parts
from escc_bayes.bayes.posterior.drawn import Drawn
from escc_bayes.data.ensemble import RECONSTRUCTIONS
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Drift:
    """The hazard ratio of one study over ours, by one posterior or by the mixture of those of an ensemble's members.

    Attributes
    ----------
    study : its name.
    value, lower, upper : posterior median and limits.
    prior : median and limits of the same level.
    level : such as 0.95.
    data_share : of the precision of its logarithm, 1 - posterior variance / prior variance.
    members : posteriors behind it.
    share_between : of the variance of its logarithm, what lies between members; 0 of one.
    """

    study: str
    value: float
    lower: float
    upper: float
    prior: tuple[float, float, float]
    level: float
    data_share: float
    members: int = 1
    share_between: float = 0.0

    def sentence(self, kind: str = RECONSTRUCTIONS) -> str:
        """Say the drift and its prior; members are called ``kind``."""
        middle, low, high = self.prior
        level = f"{100 * self.level:g} %"
        over = over_words(self.members, self.share_between, "its logarithm", kind)
        return (
            f"Drift of {self.study}: its hazard over ours is {self.value:.2f} ({level} credible interval "
            f"{self.lower:.2f} to {self.upper:.2f}){over}; prior {middle:.2f} ({low:.2f} to {high:.2f}); "
            f"{100 * self.data_share:.0f} % of the precision of its logarithm is data."
        )


def drifts(posterior: Drawn, level: float) -> tuple[Drift, ...]:
    """Return the drift of each study of a posterior; none of most models."""
    return drifts_over((posterior,), level)


def drifts_over(members: Sequence[Drawn], level: float) -> tuple[Drift, ...]:
    """Return the drift of each study by the mixture of the members' posteriors, as many draws of each."""
    plan = members[0].plan
    return tuple(
        drift_of(study, sd, np.stack(evenly([member.flat[free.name][:, 0] for member in members])), level)
        for (study, sd), free in zip(plan.spec.studies, drift_free(plan), strict=True)
    )


def drift_of(study: str, sd: float, by_member: FloatArray, level: float) -> Drift:
    """Return the drift of a study from draws of its logarithm, (members, draws)."""
    tail, drawn = (1.0 - level) / 2.0, by_member.ravel()
    value, lower, upper = np.exp(np.quantile(drawn, [0.5, tail, 1.0 - tail])).tolist()
    far = sd * NormalDist().inv_cdf(1.0 - tail)
    return Drift(
        study=study,
        value=value,
        lower=lower,
        upper=upper,
        prior=(1.0, float(np.exp(-far)), float(np.exp(far))),
        level=level,
        data_share=float(np.clip(1.0 - drawn.var(ddof=1) / sd**2, 0.0, 1.0)),
        members=len(by_member),
        share_between=variance_parts(by_member).share,
    )


def drift_sentences(members: Sequence[Drawn], level: float, kind: str = RECONSTRUCTIONS) -> tuple[str, ...]:
    """Say the drift of each study, by one posterior or by an ensemble's members; nothing of most models."""
    return tuple(one.sentence(kind) for one in drifts_over(members, level))
