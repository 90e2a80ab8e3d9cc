"""The logarithm of a number on the log hazard: psi = b log2(value), b the log hazard ratio per doubling."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import SpecError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.prior import NEUTRAL, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import linear_column, place, shown_contrast, values_of_patients
from escc_bayes.spec.structures.free import Free, Term
from escc_bayes.spec.structures.keys import PRIOR
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key


@dataclass(frozen=True, slots=True)
class Log2:
    """log2(value / ``center``); ``within``: the data's extremes; ``shown``: a value's double and the value."""

    center: float
    within: tuple[float, float]
    shown: tuple[float, float]

    @property
    def knots(self) -> tuple[float, ...]:
        """None inside: the extremes."""
        return self.within

    @property
    def beyond(self) -> str:
        """What becomes of the curve beyond the extremes."""
        return "a straight line of the logarithm there, extrapolated"

    def columns(self, values: FloatArray) -> FloatArray:
        """Return the logarithm, (n, 1)."""
        return np.log2(values / self.center)[:, None]


def log2_of(covariate: CovariateData, rows: AnalysisRows) -> Log2:
    """Return the logarithm of a covariate of the rows; refuse a constant, and numbers that have no logarithm."""
    linear_column(covariate, rows)  # Refuses a constant.
    values, schema = covariate.values, covariate.schema
    refuse_no_logarithm(covariate.schema, values, rows)
    middle = float(f"{np.median(values_of_patients(rows, schema.name)):.1g}")
    center = schema.center if schema.center > 0.0 else 1.0
    return Log2(center, (float(values.min()), float(values.max())), (2.0 * middle, middle))


def refuse_no_logarithm(schema: CovariateSchema, values: FloatArray, rows: AnalysisRows) -> None:
    """Raise where a number that is not missing is not above 0."""
    bad = np.flatnonzero(values <= 0.0)
    if bad.size:
        whose = rows.ids[int(rows.whose[bad[0]])]
        raise SpecError(
            f"{place(schema, rows)} is {values[bad[0]]:g} in patient {whose} ({bad.size} in all), and its logarithm is "
            "modelled, which only numbers above 0 have; a count below the limit of detection is recorded as half of "
            'that limit, or leave the value empty; or model the number itself with structure = "linear"'
        )


@careful_class
@dataclass(frozen=True, slots=True)
class PerDoubling:
    """A straight line of the logarithm; ``prior`` on the log hazard ratio of a value's double over the value."""

    name: str
    covariates: tuple[str, ...]
    prior: Normal | EvidencePrior

    WORD: ClassVar[str] = "per_doubling"
    KINDS: ClassVar[tuple[str, ...]] = ("continuous",)
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {"prior": PRIOR}

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return log2(value / center)."""
        covariate = rows.covariates[self.covariates[0]]
        curve = log2_of(covariate, rows)
        return Columns(curve.columns(covariate.values), Coding((self.covariates[0],), ((),), curve=curve))

    def free(self, _: Coding) -> tuple[Free, ...]:
        """Return b."""
        return (Free(f"b_{self.name}", self.prior),)

    def terms(self, _: Coding) -> tuple[Term, ...]:
        """Return psi = b."""
        return (Term(f"b_{self.name}", np.eye(1)),)

    def words(self, _: Coding, __: Mapping[str, CovariateSchema]) -> str:
        """Say that it is per doubling, and the prior."""
        return f"{self.name}: linear in its logarithm, per doubling: {self.prior.hazard_ratio_words()}."

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return a value's double over the value, which is the same at every value."""
        return (shown_contrast(self.covariates[0], coding),)

    def by_construction(self, *_: object) -> str:
        """Say that the ratio is that of every doubling."""
        return "per doubling: the same from every value to its double"

    def unshrunk(self) -> tuple["PerDoubling", ...]:
        """Return the same; the prior plays no part there."""
        return (PerDoubling(self.name, self.covariates, NEUTRAL),)


def doubling_words(log_ratio: Normal) -> str:
    """Say a normal on a change of log2 as a factor.

    Examples
    --------
    >>> doubling_words(Normal(0.0, 1.0))
    'median 1, 95 % prior interval 0.257 to 3.89'
    """
    low, high = (2.0 ** (log_ratio.mean + sign * 1.959963984540054 * log_ratio.sd) for sign in (-1.0, 1.0))
    return f"median {2.0**log_ratio.mean:.3g}, 95 % prior interval {low:.3g} to {high:.3g}"
