"""How far hazards of other studies drift from ours: posterior beside prior. docs/methods/external_information.md."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from escc_bayes.bayes.model.parameters import drift_free
from escc_bayes.bayes.posterior.drawn import Drawn
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Drift:
    """The hazard ratio of one study over ours.

    Attributes
    ----------
    study : its name.
    value, lower, upper : posterior median and limits.
    prior : median and limits of the same level.
    level : such as 0.95.
    data_share : of the precision of its logarithm, 1 - posterior variance / prior variance.
    """

    study: str
    value: float
    lower: float
    upper: float
    prior: tuple[float, float, float]
    level: float
    data_share: float

    def sentence(self) -> str:
        """Say the drift and its prior."""
        middle, low, high = self.prior
        level = f"{100 * self.level:g} %"
        return (
            f"Drift of {self.study}: its hazard over ours is {self.value:.2f} ({level} credible interval "
            f"{self.lower:.2f} to {self.upper:.2f}); prior {middle:.2f} ({low:.2f} to {high:.2f}); "
            f"{100 * self.data_share:.0f} % of the precision of its logarithm is data."
        )


def drifts(posterior: Drawn, level: float) -> tuple[Drift, ...]:
    """Return the drift of each study of a posterior; none of most models."""
    plan = posterior.plan
    return tuple(
        drift_of(study, sd, posterior.flat[free.name][:, 0], level)
        for (study, sd), free in zip(plan.spec.studies, drift_free(plan), strict=True)
    )


def drift_of(study: str, sd: float, drawn: FloatArray, level: float) -> Drift:
    """Return the drift of a study from draws of its logarithm."""
    tail = (1.0 - level) / 2.0
    value, lower, upper = np.exp(np.quantile(drawn, [0.5, tail, 1.0 - tail])).tolist()
    far = sd * NormalDist().inv_cdf(1.0 - tail)
    share = float(np.clip(1.0 - drawn.var(ddof=1) / sd**2, 0.0, 1.0))
    return Drift(study, value, lower, upper, (1.0, float(np.exp(-far)), float(np.exp(far))), level, share)


def drift_sentences(posterior: Drawn, level: float) -> tuple[str, ...]:
    """Say the drift of each study; nothing of most models."""
    return tuple(one.sentence() for one in drifts(posterior, level))
