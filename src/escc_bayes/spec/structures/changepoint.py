"""A slope of a number that changes at one value: psi = b u + d max(u - u_0, 0), u_0 the value at which it does.

b is the log hazard ratio per scale below the value, b + d above. docs/methods/changepoint.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import SpecError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec import prior as priors
from escc_bayes.spec.prior import NEUTRAL, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import numbers_of, place, shown_contrast, values_of_patients
from escc_bayes.spec.structures.free import Free, Term
from escc_bayes.spec.structures.keys import PER_UNIT
from escc_bayes.spec.structures.natural import STRAIGHT
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key, Reading
from escc_bayes.spec.structures.words import per_words


def normal(value: object, at: str, _: Reading) -> Normal:
    """Read the normal on a slope; published evidence is of two groups."""
    raw = checks.table(value, at)
    if "evidence" in raw:
        raise SpecError(
            f"{at}: published evidence is of one hazard ratio between two groups, and this effect has two slopes; "
            "state { normal = [mean, sd] }"
        )
    return priors.per_unit_prior(raw, at)


def number(value: object, at: str, _: Reading) -> float:
    """Read the value at which the slope changes."""
    return checks.number(value, at)


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """Two straight lines of (value - ``center``) / ``scale`` that meet at ``at``; ``within``: the data's extremes."""

    center: float
    scale: float
    at: float
    within: tuple[float, float]
    shown: tuple[float, float]

    @property
    def knots(self) -> tuple[float, ...]:
        """Where the lines meet, and the extremes."""
        return self.within[0], self.at, self.within[1]

    @property
    def beyond(self) -> str:
        """What becomes of the lines beyond the extremes."""
        return STRAIGHT

    def columns(self, values: FloatArray) -> FloatArray:
        """Return the number and what of it lies above the value, (n, 2)."""
        return np.column_stack([values - self.center, np.maximum(values - self.at, 0.0)]) / self.scale


@careful_class
@dataclass(frozen=True, slots=True)
class Changepoint:
    """A slope that changes at a value ``at``; ``prior`` on the slope below, ``change`` on what is added above."""

    name: str
    covariates: tuple[str, ...]
    at: float
    prior: Normal
    change: Normal

    WORD: ClassVar[str] = "changepoint"
    KINDS: ClassVar[tuple[str, ...]] = ("continuous",)
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {
        "at": Key(number, "65.0, a value of the covariate"),
        "prior": Key(normal, PER_UNIT.form),
        "change": Key(normal, PER_UNIT.form),
    }

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return the number, and what of it lies above the value."""
        name = self.covariates[0]
        values, schema = numbers_of(name, rows)
        least, largest = float(values.min()), float(values.max())
        if not least < self.at < largest:
            raise SpecError(
                f"{place(schema, rows)} runs from {least:g} to {largest:g}, and the slope is to change at {self.at:g}, "
                "where nobody is beyond; place it within"
            )
        low, high = (float(f"{q:.3g}") for q in np.quantile(values_of_patients(rows, name), [0.25, 0.75]))
        shown = (high, low) if high > low else (largest, least)
        curve = BrokenLine(schema.center, schema.scale, self.at, (least, largest), shown)
        return Columns(curve.columns(values), Coding((name, f"{name}[above {self.at:g}]"), ((),), curve=curve))

    def free(self, _: Coding) -> tuple[Free, ...]:
        """Return the slope below, and what is added above."""
        return Free(f"b_{self.name}", self.prior), Free(f"change_{self.name}", self.change)

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi = b for the number, d for what lies above."""
        every = np.eye(coding.width)
        return Term(f"b_{self.name}", every[:, :1]), Term(f"change_{self.name}", every[:, 1:])

    def words(self, _: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say where the slope changes, and the priors."""
        name = self.covariates[0]
        return (
            f"{self.name}: a straight line of {name} whose slope changes at {self.at:g}; below, "
            f"{per_words(name, schemas)}: {self.prior.hazard_ratio_words()}; above, times a hazard ratio of "
            f"{self.change.hazard_ratio_words()}."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return the upper quartile over the lower one."""
        return (shown_contrast(self.covariates[0], coding),)

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple["Changepoint", ...]:
        """Return the same: maximum likelihood fits both slopes."""
        return (Changepoint(self.name, self.covariates, self.at, NEUTRAL, NEUTRAL),)
