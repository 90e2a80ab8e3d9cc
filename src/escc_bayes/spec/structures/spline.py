"""A smooth curve of a number: psi = b u + sd sum_j z_j C_j(u), C_j curves of unit roughness, 0 at the outer knots.

b is the log hazard ratio per scale from the first to the last knot; sd is the SD by which the slope, log hazard ratio
per scale, changes over one scale. docs/methods/spline.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SpecError
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec import prior as priors
from escc_bayes.spec.prior import NEUTRAL, HalfNormal, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import numbers_of, place, shown_contrast, values_of_patients
from escc_bayes.spec.structures.free import Free, Standard, Term
from escc_bayes.spec.structures.keys import PER_UNIT, SD
from escc_bayes.spec.structures.natural import NaturalCurve
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key, Reading
from escc_bayes.spec.structures.words import per_words, step_words

LEAST, MOST = 3, 12


def normal_of_slope(value: object, at: str, _: Reading) -> Normal:
    """Read the normal on the slope; published evidence is of two groups."""
    raw = checks.table(value, at)
    if "evidence" in raw:
        raise SpecError(
            f"{at}: published evidence is of one hazard ratio between two groups, a curve has one between any two "
            "values; state { normal = [mean, sd] } on the slope"
        )
    return priors.per_unit_prior(raw, at)


def number_or_values(value: object, at: str, _: Reading) -> int | tuple[float, ...]:
    """Read the number of knots, or their values, rising."""
    if isinstance(value, list):
        found = checks.increasing(value, at, error=SpecError)
        if not LEAST <= len(found) <= MOST:
            raise SpecError(f"{at}: {len(found)} knots are given; a curve takes {LEAST} to {MOST}")
        return found
    return checks.whole_number(value, at, least=LEAST, most=MOST)


def placed_knots(knots: int | tuple[float, ...], values: FloatArray, where: str) -> tuple[float, ...]:
    """Return the knots: those given, or at equally spaced quantiles, the outer ones at the extremes."""
    distinct = np.unique(values)
    asked = knots if isinstance(knots, int) else len(knots)
    if distinct.size < asked:
        raise SpecError(f"{where} has {distinct.size} values, too few for {asked} knots; give fewer knots")
    if not isinstance(knots, int):
        if knots[0] < distinct[0] or knots[-1] > distinct[-1]:
            raise SpecError(
                f"{where} runs from {distinct[0]:g} to {distinct[-1]:g}, and the knots {knots[0]:g} to "
                f"{knots[-1]:g} go beyond; place them within"
            )
        return knots
    found = np.unique(np.quantile(values, np.linspace(0.0, 1.0, asked)))
    # Many equal values leave fewer quantiles than knots: quantiles of the distinct values serve.
    spread = found if found.size == asked else np.quantile(distinct, np.linspace(0.0, 1.0, asked))
    return tuple(spread.tolist())


def quartiles(values: FloatArray, knots: tuple[float, ...]) -> tuple[float, float]:
    """Return the upper and the lower quartile, whose hazard ratio tables show; the outer knots where they are one."""
    low, high = (float(f"{q:.3g}") for q in np.quantile(values, [0.25, 0.75]))
    return (high, low) if high > low else (knots[-1], knots[0])


@dataclass(frozen=True, slots=True)
class Spline:
    """A penalised natural cubic spline; ``prior`` on the slope, ``sd`` on how much the slope changes."""

    name: str
    covariates: tuple[str, ...]
    knots: int | tuple[float, ...]
    prior: Normal
    sd: HalfNormal

    WORD: ClassVar[str] = "spline"
    KINDS: ClassVar[tuple[str, ...]] = ("continuous",)
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {
        "knots": Key(number_or_values, "5, their number, or [40.0, 60.0, 80.0], their values"),
        "prior": Key(normal_of_slope, PER_UNIT.form),
        "sd": SD,
    }

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return the number and its curves."""
        name = self.covariates[0]
        values, schema = numbers_of(name, rows)
        own = values_of_patients(rows, name)
        knots = placed_knots(self.knots, own, place(schema, rows))
        curve = NaturalCurve(schema.center, schema.scale, knots, quartiles(own, knots))
        labels = (name, *(f"{name}[curve {j + 1}]" for j in range(len(knots) - 2)))
        return Columns(curve.columns(values), Coding(labels, ((),), curve=curve))

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return the slope, the SD of its change, and a latent for each curve."""
        curves = coding.labels[1:]
        return (
            Free(f"b_{self.name}", self.prior, 1, f"{self.name}_column", coding.labels[:1]),
            Free(f"sd_{self.name}", self.sd),
            Free(f"z_{self.name}", Standard(), len(curves), f"{self.name}_curve", curves),
        )

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi = b for the number, sd z for the curves."""
        every = np.eye(coding.width)
        return (
            Term(f"b_{self.name}", every[:, :1]),
            Term(f"z_{self.name}", every[:, 1:], scales=(f"sd_{self.name}",)),
        )

    def words(self, coding: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say where the knots are, how the curve goes on beyond, and the priors."""
        assert coding.curve is not None
        name, knots = self.covariates[0], ", ".join(f"{knot:.4g}" for knot in coding.curve.knots)
        return (
            f"{self.name}: a natural cubic spline of {name} with knots at {knots}, a straight line below the first and "
            f"above the last; from the first to the last, {per_words(name, schemas)}: "
            f"{self.prior.hazard_ratio_words()}; its change over {schemas[name].scale:g} "
            f"{schemas[name].unit}: {step_words(self.sd, 'it')}."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return the upper quartile over the lower one."""
        return (shown_contrast(self.covariates[0], coding),)

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple["Spline", ...]:
        """Return the same: maximum likelihood fits the curve without a penalty."""
        return (Spline(self.name, self.covariates, self.knots, NEUTRAL, HalfNormal(1.0)),)
