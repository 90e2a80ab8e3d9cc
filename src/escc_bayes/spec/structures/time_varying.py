"""A log hazard ratio that changes over time: beta_s = b + sd (w_1 z_1 + .. + w_s-1 z_s-1) in segment s.

Segments end at ``cuts``; w_j^2 is the distance in years between the midpoints of segments j and j + 1 (the open last
one taken to be as long as the one before it): a random walk whose step over a year has SD ``sd``. z is standard
normal. docs/methods/time_varying.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import CutError, SpecError
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray, midpoint_distances
from escc_bayes.spec import prior as priors
from escc_bayes.spec.prior import NEUTRAL, HalfNormal, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import against_reference, level_columns, number_column
from escc_bayes.spec.structures.free import Free, Standard, Term
from escc_bayes.spec.structures.keys import PER_UNIT, SD
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key, Reading
from escc_bayes.spec.structures.words import over, per_words, step_words


def normal_of_first(value: object, at: str, _: Reading) -> Normal:
    """Read the normal on the first segment; published evidence is of one hazard ratio for all of follow-up."""
    raw = checks.table(value, at)
    if "evidence" in raw:
        raise SpecError(
            f"{at}: published evidence is of one hazard ratio for all of follow-up, and this one changes over time; "
            "state { normal = [mean, sd] } on the first segment"
        )
    return priors.per_unit_prior(raw, at)


def months(value: object, at: str, _: Reading) -> tuple[float, ...]:
    """Read rising months above 0."""
    return checks.increasing(value, at, error=CutError, above=0.0)


@dataclass(frozen=True, slots=True)
class TimeVarying:
    """Hazard ratios that change at ``cuts``; ``prior`` on the first segment, ``sd`` on the SD of a step of a year."""

    name: str
    covariates: tuple[str, ...]
    cuts: tuple[float, ...]
    prior: Normal
    sd: HalfNormal

    WORD: ClassVar[str] = "time_varying"
    KINDS: ClassVar[tuple[str, ...]] = ("ordered", "nominal", "binary", "continuous")
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {
        "cuts": Key(months, "[6.0, 12.0], months"),
        "prior": Key(normal_of_first, PER_UNIT.form),
        "sd": SD,
    }

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return an indicator for each level but the first, or one number, whose coefficients change at the cuts."""
        follow_up = float(rows.time.max())
        if self.cuts[-1] >= follow_up:
            raise CutError(
                f"effect '{self.name}', cuts: {counted(self.cuts[-1], 'month')} is not before the last follow-up of "
                f"'{rows.endpoint}', {counted(follow_up, 'month')}: nobody is at risk after it; leave it out"
            )
        covariate = self.covariates[0]
        categorical = rows.covariates[covariate].schema.categorical
        plain = level_columns(rows, covariate) if categorical else number_column(rows, covariate)
        return replace(plain, coding=replace(plain.coding, centred=False, segments=self.cuts))

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return b of the first segment, the SD of a step of a year, and a latent for each step of each column."""
        steps = tuple(f"{label}, from {cut:g}" for cut in self.cuts for label in coding.labels)
        return (
            Free(f"b_{self.name}", self.prior, coding.width, f"{self.name}_column", coding.labels),
            Free(f"sd_{self.name}", self.sd),
            Free(f"z_{self.name}", Standard(), len(steps), f"{self.name}_step", steps),
        )

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return beta = b + sd W z, segment by segment."""
        steps, each = len(self.cuts), np.eye(coding.width)
        walk: FloatArray = np.tril(np.ones((steps, steps))) * np.sqrt(midpoint_distances(np.array(self.cuts)))
        first, later = np.ones((steps + 1, 1)), np.vstack([np.zeros(steps), walk])
        return (
            Term(f"b_{self.name}", np.asarray(np.kron(first, each))),
            Term(f"z_{self.name}", np.asarray(np.kron(later, each)), scales=(f"sd_{self.name}",)),
        )

    def words(self, coding: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say who over whom, when it changes, and the prior."""
        whose = per_words(self.covariates[0], schemas) if coding.numeric else over(coding.levels[0])
        cuts = ", ".join(f"{cut:g}" for cut in self.cuts)
        return (
            f"{self.name}: hazard ratios that change at {cuts} months; {whose} before the first: "
            f"{self.prior.hazard_ratio_words()}; from one segment to the next a random walk, step of a year: "
            f"{step_words(self.sd, 'the hazard ratio')}."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return every level over the reference, or the number per its scale, in each segment."""
        plain = against_reference(self.covariates, coding)
        return tuple(replace(one, months=span) for one in plain for span in coding.spans)

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple["TimeVarying", ...]:
        """Return the same: maximum likelihood fits each segment's own hazard ratios."""
        return (TimeVarying(self.name, self.covariates, self.cuts, NEUTRAL, HalfNormal(1.0)),)
