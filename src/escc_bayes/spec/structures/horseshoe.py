"""Many covariates of which few matter: the regularised horseshoe. Piironen & Vehtari 2017, Electron J Stat 11:5018.

    psi_j = s_j z_j / sd_j,    s_j = (1 / (tau lambda_j)^2 + 1 / slab^2)^(-1/2),
    z_j ~ N(0, 1),    lambda_j ~ half-Cauchy(0, 1),    tau ~ half-Cauchy(0, tau_0),

sd_j the standard deviation of column j, so that covariates of any scale are alike, and

    tau_0 = expected / (D - expected) / sqrt(events),    D columns.

docs/methods/horseshoe.md.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.sentence import about
from escc_bayes.spec.prior import MOST_SCALE, Z975, HalfCauchy, Slab
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import against_reference
from escc_bayes.spec.structures.free import Free, Standard, Term
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key, Reading, Shrinkage
from escc_bayes.spec.structures.side_by_side import SideBySide, one_each


def number_of_effects(value: object, at: str, _: Reading) -> float:
    """Read how many of the covariates are expected to matter."""
    return checks.number(value, at, above=0.0)


def slab_sd(value: object, at: str, _: Reading) -> Slab:
    """Read the SD of log hazard ratios that are not shrunk."""
    return Slab(checks.number(value, at, above=0.0, below=MOST_SCALE))


@careful_class
@dataclass(frozen=True, slots=True)
class Horseshoe:
    """Covariates of which ``expected`` matter; ``slab`` is the SD of a log hazard ratio, per SD, that does."""

    name: str
    covariates: tuple[str, ...]
    expected: float
    slab: Slab

    WORD: ClassVar[str] = "horseshoe"
    KINDS: ClassVar[tuple[str, ...]] = ("continuous", "binary", "ordered")
    SEVERAL: ClassVar[bool] = True
    KEYS: ClassVar[Mapping[str, Key]] = {
        "expected": Key(number_of_effects, "3, how many of the covariates are expected to matter"),
        "slab": Key(slab_sd, "1.0, the SD of a log hazard ratio per standard deviation that does"),
    }

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return a column of each covariate."""
        width, events = len(self.covariates), float(rows.weight @ rows.event)
        if not self.expected < width:
            raise SpecError(
                f"effect '{self.name}', expected: {self.expected:g} of {width} covariates are expected to matter; "
                "state fewer than there are, or give each a prior of its own"
            )
        found = one_each(rows, self.covariates)
        scale = self.expected / (width - self.expected) / math.sqrt(max(events, 1.0))
        spreads = tuple(deviations(found.values, rows).tolist())
        return replace(found, coding=replace(found.coding, shrinkage=Shrinkage(spreads, scale, events)))

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return tau, and lambda and a latent for each column."""
        assert coding.shrinkage is not None
        own = (coding.width, f"{self.name}_column", coding.labels)
        return (
            Free(f"tau_{self.name}", HalfCauchy(coding.shrinkage.scale)),
            Free(f"lambda_{self.name}", HalfCauchy(1.0), *own),
            Free(f"z_{self.name}", Standard(), *own),
        )

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi_j = s_j z_j / sd_j."""
        assert coding.shrinkage is not None
        loading = np.diag(1.0 / np.array(coding.shrinkage.spreads))
        scales = (f"tau_{self.name}", f"lambda_{self.name}")
        return (Term(f"z_{self.name}", loading, scales=scales, slab=self.slab.sd),)

    def words(self, coding: Coding, _: Mapping[str, CovariateSchema]) -> str:
        """Say how many are expected to matter, what that makes tau, and how large an effect may be."""
        assert coding.shrinkage is not None
        reach = math.exp(Z975 * self.slab.sd)
        return (
            f"{self.name}: a regularised horseshoe over {coding.width} covariates ({', '.join(self.covariates)}), of "
            f"which about {self.expected:g} are expected to matter: each log hazard ratio per standard deviation is "
            "shrunk by its own half-Cauchy scale times a common one, half-Cauchy with scale "
            f"{coding.shrinkage.scale:.3g} (from {about(coding.shrinkage.events, 'event')}); one that is not shrunk "
            f"lies within {1.0 / reach:.2f} to {reach:.2f}, as a hazard ratio per standard deviation, with 95 % "
            "probability."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return each second level over the first, each number per its scale."""
        return against_reference(self.covariates, coding)

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def sceptical(self, sd: float) -> "Horseshoe":
        """Return the effect as a sceptic has it: log hazard ratios per standard deviation with this SD at most."""
        return replace(self, slab=Slab(min(self.slab.sd, sd)))

    def unshrunk(self) -> tuple[SideBySide, ...]:
        """Return a free effect of each covariate."""
        return (SideBySide(self.name, self.covariates),)


def deviations(columns: np.ndarray, rows: AnalysisRows) -> np.ndarray:
    """Return the (weighted) standard deviations of columns (n, p) among the patients, each as in the first row."""
    whole = rows.first_rows()
    own, weight = columns[whole], rows.weight[whole]
    mean = np.average(own, axis=0, weights=weight)
    return np.asarray(np.sqrt(np.average((own - mean) ** 2, axis=0, weights=weight)))
