"""The forms that the effect of a number can have, as effects whose priors follow from one statement.

docs/methods/covariate_forms.md.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.prior import Z975, HalfNormal, Normal
from escc_bayes.spec.structures.fixed import Fixed
from escc_bayes.spec.structures.linear import Linear
from escc_bayes.spec.structures.monotone import Monotone
from escc_bayes.spec.structures.protocol import Structure
from escc_bayes.spec.structures.spline import Spline

NONE, CUTS = "none", "cut_points"
# Of each form what a reader is told, of a number and its cut points.
FORM_WORDS: Mapping[str, str] = MappingProxyType(
    {
        NONE: "without {name}",
        Linear.WORD: "linear in {along}",
        Spline.WORD: "spline of {along}",
        Monotone.WORD: "monotone spline of {along}",
        CUTS: "cut points {cuts}",
    }
)
TENTHS = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated before the data, of every form alike.

    Attributes
    ----------
    upper : 97.5 % point of the hazard ratio of the 90th percentile over the 10th; its median is 1.
    knots : number of knots of both splines.
    """

    upper: float
    knots: int

    @property
    def sd(self) -> float:
        """SD of that log hazard ratio."""
        return math.log(self.upper) / Z975


def form_effects(name: str, classes: str, entered: FloatArray, stated: Statement) -> dict[str, tuple[Structure, ...]]:
    """Return the effects of each form: of the number ``name``, and of its ``classes`` where there are cut points.

    A straight line has ``stated`` between the tenths of ``entered`` (units of the schema's scale); the slope of the
    spline and the whole of the monotone curve have the prior of that line; a class over the first has ``stated``.
    """
    low, high = np.quantile(entered, TENTHS)
    # Where so many share a value that the tenths are one, the whole range stands for them.
    slope = stated.sd / float(high - low if high > low else np.ptp(entered))
    held = (name,)
    forms: dict[str, tuple[Structure, ...]] = {
        NONE: (),
        Linear.WORD: (Linear(name, held, Normal(0.0, slope)),),
        Spline.WORD: (Spline(name, held, stated.knots, Normal(0.0, slope), HalfNormal(slope)),),
        Monotone.WORD: (Monotone(name, held, stated.knots, Normal(0.0, slope * float(np.ptp(entered)))),),
    }
    return forms | ({CUTS: (Fixed(classes, (classes,), Normal(0.0, stated.sd)),)} if classes else {})
