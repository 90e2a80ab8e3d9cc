"""A smooth curve of a number that moves in one direction: psi(x) = b sum_j (share_1 + .. + share_j) B_j(x).

b is the log hazard ratio of the last knot over the first, and its sign the direction; B_j are quadratic B-splines,
shares uniform on the simplex. docs/methods/monotone.md.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec import prior as priors
from escc_bayes.spec.prior import NEUTRAL, HalfNormal, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import numbers_of, place, shown_contrast, values_of_patients
from escc_bayes.spec.structures.free import Free, Simplex, Term
from escc_bayes.spec.structures.keys import PRIOR
from escc_bayes.spec.structures.ordered_curve import OrderedCurve
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key, Reading
from escc_bayes.spec.structures.spline import Spline, number_or_values, placed_knots, quartiles


def normal_of_ends(value: object, at: str, _: Reading) -> Normal:
    """Read the normal on the log hazard ratio of the last knot over the first; published evidence is of two groups."""
    raw = checks.table(value, at)
    if "evidence" in raw:
        raise SpecError(
            f"{at}: published evidence is of one hazard ratio between two groups, and this prior is of the largest "
            "value over the smallest; state { hr_median = .., hr_upper = .. }"
        )
    return priors.effect_prior(raw, at)


@careful_class
@dataclass(frozen=True, slots=True)
class Monotone:
    """A monotone curve; ``prior`` on the log hazard ratio of the last knot over the first, whose sign may be either."""

    name: str
    covariates: tuple[str, ...]
    knots: int | tuple[float, ...]
    prior: Normal

    WORD: ClassVar[str] = "monotone"
    KINDS: ClassVar[tuple[str, ...]] = ("continuous",)
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {
        "knots": Key(number_or_values, "4, their number, or [40.0, 60.0, 80.0], their values"),
        "prior": Key(normal_of_ends, PRIOR.form),
    }

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return the B-splines but the first."""
        name = self.covariates[0]
        values, schema = numbers_of(name, rows)
        own = values_of_patients(rows, name)
        knots = placed_knots(self.knots, own, place(schema, rows))
        curve = OrderedCurve(schema.center, knots, quartiles(own, knots))
        labels = tuple(f"{name}[spline {j + 1}]" for j in range(len(knots)))
        return Columns(curve.columns(values), Coding(labels, ((),), curve=curve))

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return b, and the share of each step from one coefficient to the next."""
        steps = tuple(str(j + 1) for j in range(coding.width))
        return (
            Free(f"b_{self.name}", self.prior),
            Free(f"share_{self.name}", Simplex(), coding.width, f"{self.name}_step", steps),
        )

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi_j = b times the shares up to step j."""
        ranks = tuple(range(1, coding.width + 1))
        return (Term(f"b_{self.name}", np.ones((coding.width, 1)), shares=f"share_{self.name}", ranks=ranks),)

    def words(self, coding: Coding, _: Mapping[str, CovariateSchema]) -> str:
        """Say where the knots are, that the direction is one, and the prior on it."""
        assert coding.curve is not None
        knots = coding.curve.knots
        return (
            f"{self.name}: the hazard moves in one direction along {self.covariates[0]}, a quadratic spline with knots "
            f"at {', '.join(f'{knot:.4g}' for knot in knots)} and ordered coefficients, constant beyond; "
            f"{knots[-1]:.4g} over {knots[0]:.4g}: {self.prior.hazard_ratio_words()}; {self.direction_words()}; shares "
            "of the steps between uniform."
        )

    def direction_words(self) -> str:
        """Say how probable either direction is before the data."""
        rising = 0.5 * math.erfc(-self.prior.mean / (math.sqrt(2.0) * self.prior.sd))
        return f"rising with prior probability {rising:.2f}, falling {1.0 - rising:.2f}"

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return the upper quartile over the lower one."""
        return (shown_contrast(self.covariates[0], coding),)

    def by_construction(self, *_: object) -> str:
        """Say that values share P(HR > 1): that of the direction."""
        return (
            f"monotone effect: P(HR > 1) is one number for all values of {self.covariates[0]} by construction, that of "
            "a hazard that rises along it"
        )

    def unshrunk(self) -> tuple[Spline, ...]:
        """Return a natural spline with the same knots, which may turn."""
        return (Spline(self.name, self.covariates, self.knots, NEUTRAL, HalfNormal(1.0)),)
