"""What may be believed of a log hazard ratio: a normal, published evidence, or a mixture of normals that is stated."""

import math
from dataclasses import dataclass

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.evidence_prior import Components, EvidencePrior
from escc_bayes.spec.mixture import NormalMixture, mixture_of
from escc_bayes.spec.prior import MOST_SD, Normal, mean_from, sd_from

# Weights are printed to three or four decimals.
WHOLE = 1e-3


@dataclass(frozen=True, slots=True)
class StatedMixture:
    """Normals (weight, mean, sd) on the log hazard ratio; weights sum to one.

    Examples
    --------
    >>> StatedMixture(((0.5, -0.4, 0.2), (0.5, 0.0, 0.1))).hazard_ratio_words()
    'hazard ratio 0.88, 95 % prior interval 0.48 to 1.18 (mixture of 2 normals: 0.5 at 0.67, 0.5 at 1)'
    """

    components: Components

    @property
    def mixture(self) -> NormalMixture:
        """The components as arrays, for computing."""
        return mixture_of(self.components)

    def hazard_ratio_words(self) -> str:
        """Say median, 95 % range and parts."""
        low, middle, high = (math.exp(self.mixture.quantile(p)) for p in (0.025, 0.5, 0.975))
        parts = ", ".join(f"{weight:.3g} at {math.exp(mean):.3g}" for weight, mean, _ in self.components)
        return (
            f"hazard ratio {middle:.2f}, 95 % prior interval {low:.2f} to {high:.2f} "
            f"(mixture of {len(self.components)} normals: {parts})"
        )


type LogHrPrior = Normal | EvidencePrior | StatedMixture


def stated_mixture(value: object, where: str) -> StatedMixture:
    """Return the mixture of ``[[weight, mean, sd], ..]``.

    Raises
    ------
    SpecError, TomlError : no list of threes, weights that do not sum to 1, a mean or SD that no log hazard ratio has.
    """
    if not isinstance(value, list) or len(value) < 2:
        raise SpecError(f"{where}: expected two or more [weight, mean, sd], was given {value!r}")
    found = []
    for place, part in enumerate(value, start=1):
        at = f"{where}, component {place}"
        if not isinstance(part, list) or len(part) != 3:
            raise SpecError(f"{at}: expected [weight, mean, sd] on the log hazard ratio, was given {part!r}")
        mean, sd = mean_from(part[1:], at)
        found.append((checks.number(part[0], f"{at}, weight", above=0.0), mean, sd_from(sd, f"{at}, sd", MOST_SD)))
    total = math.fsum(weight for weight, _, _ in found)
    if abs(total - 1.0) > WHOLE:
        raise SpecError(f"{where}: the weights sum to {total:.6g}; they must sum to 1")
    return StatedMixture(tuple((weight / total, mean, sd) for weight, mean, sd in found))
