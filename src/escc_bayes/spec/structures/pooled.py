"""Several covariates with the same levels about one mean: psi_t = mean + sd z_t for covariate t."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec import prior as priors
from escc_bayes.spec.prior import HalfNormal, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import against_reference, level_columns
from escc_bayes.spec.structures.fixed import Fixed, plain
from escc_bayes.spec.structures.free import Free, Standard, Term
from escc_bayes.spec.structures.keys import PRIOR, SD
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key, Reading
from escc_bayes.spec.structures.words import over, spread_words


def normal_of_mean(value: object, at: str, _: Reading) -> Normal:
    """Read the normal on the mean; published evidence is of one covariate."""
    raw = checks.table(value, at)
    if "evidence" in raw:
        raise SpecError(
            f"{at}: published evidence is of one hazard ratio, a pooled effect has one at each covariate, or in each "
            "transition; use an effect of one covariate, or state { normal = [mean, sd] }"
        )
    return priors.effect_prior(raw, at)


MEAN = Key(normal_of_mean, PRIOR.form)


@careful_class
@dataclass(frozen=True, slots=True)
class Pooled:
    """Effects pooled over covariates; ``prior`` on the mean log hazard ratios, ``sd`` on the SD about them."""

    name: str
    covariates: tuple[str, ...]
    prior: Normal
    sd: HalfNormal

    WORD: ClassVar[str] = "pooled"
    KINDS: ClassVar[tuple[str, ...]] = ("ordered", "nominal", "binary")
    SEVERAL: ClassVar[bool] = True
    KEYS: ClassVar[Mapping[str, Key]] = {"prior": MEAN, "sd": SD}

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return the indicators of every covariate side by side; all need the same levels."""
        parts = [level_columns(rows, name) for name in self.covariates]
        levels = tuple(part.coding.levels[0] for part in parts)
        if len({len(of_one) for of_one in levels}) > 1:
            held = "; ".join(f"{name}: {', '.join(of)}" for name, of in zip(self.covariates, levels, strict=True))
            raise SpecError(
                f"effect '{self.name}': pooled covariates need the same levels among the rows analysed, but {held}"
            )
        labels = tuple(label for part in parts for label in part.coding.labels)
        notes = tuple(note for part in parts for note in part.notes)
        return Columns(np.hstack([part.values for part in parts]), Coding(labels, levels), notes)

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return means, SD and a latent for each column."""
        means = coding.levels[0][1:]
        return (
            Free(f"mean_{self.name}", self.prior, len(means), f"{self.name}_level", means),
            Free(f"sd_{self.name}", self.sd),
            Free(f"z_{self.name}", Standard(), coding.width, f"{self.name}_column", coding.labels),
        )

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi_t = mean + sd z_t."""
        several = len(self.covariates)
        return (
            Term(f"mean_{self.name}", np.tile(np.eye(coding.width // several), (several, 1))),
            Term(f"z_{self.name}", np.eye(coding.width), scales=(f"sd_{self.name}",)),
        )

    def words(self, coding: Coding, _: Mapping[str, CovariateSchema]) -> str:
        """Say the mean, who over whom, and how far covariates may lie apart."""
        spread = spread_words(self.sd, "the ratio of two of their hazard ratios")
        return (
            f"{self.name}: pooled over {', '.join(self.covariates)}; mean of {over(coding.levels[0])}: "
            f"{self.prior.hazard_ratio_words()}; between the covariates, {spread}."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return every level over the reference, of every covariate."""
        return against_reference(self.covariates, coding)

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple[Fixed, ...]:
        """Return a free effect for each level of each covariate."""
        return tuple(plain(name) for name in self.covariates)
