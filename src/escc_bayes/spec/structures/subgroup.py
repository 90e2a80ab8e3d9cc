"""An effect within the levels of another covariate: psi_jk = mean_j + sd z_jk in level k, shrunk towards mean_j.

mean_j is the common effect, what a further level would be expected to have. docs/methods/subgroup.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.prior import HalfNormal, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import place
from escc_bayes.spec.structures.crossing import base_contrasts, crossed, crossed_columns, plain, within_each
from escc_bayes.spec.structures.free import Free, Standard, Term
from escc_bayes.spec.structures.keys import NORMAL, SD, covariate
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key
from escc_bayes.spec.structures.within import Within
from escc_bayes.spec.structures.words import over, per_words, spread_words


@careful_class
@dataclass(frozen=True, slots=True)
class Subgroup:
    """An effect in each level of ``within``; ``prior`` on the common one, ``sd`` on the SD of the levels about it."""

    name: str
    covariates: tuple[str, ...]
    within: str
    prior: Normal
    sd: HalfNormal

    WORD: ClassVar[str] = "subgroup"
    KINDS: ClassVar[tuple[str, ...]] = ("ordered", "nominal", "binary", "continuous")
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {
        "within": Key(covariate, '"stage", a covariate with an effect of its own', modifier=True),
        "prior": NORMAL,
        "sd": SD,
    }

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return the covariate's columns for the common effect, and again within each level."""
        name, other = self.covariates[0], rows.covariates[self.within].schema
        if not other.categorical:
            raise SpecError(
                f"effect '{self.name}', within: {place(other, rows)} is a number and has no levels; cut it into "
                'classes in the schema (cuts = [..]), or use structure = "interaction"'
            )
        found = crossed(rows, name, self.within)
        return crossed_columns(found, (*found.plain(), *found.within(first=0)), rows, name, common=True)

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return the common effects, the SD, and a latent for each column within a level."""
        common, own = coding.labels[: plain(coding)], coding.labels[plain(coding) :]
        return (
            Free(f"mean_{self.name}", self.prior, len(common), f"{self.name}_column", common),
            Free(f"sd_{self.name}", self.sd),
            Free(f"z_{self.name}", Standard(), len(own), f"{self.name}_within", own),
        )

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi = mean for the common columns, sd z for those within levels, which add up."""
        every, first = np.eye(coding.width), plain(coding)
        return (
            Term(f"mean_{self.name}", every[:, :first]),
            Term(f"z_{self.name}", every[:, first:], scales=(f"sd_{self.name}",)),
        )

    def words(self, coding: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say within what, the prior on the common effect, and how far levels may lie apart."""
        assert coding.crossing is not None
        name = self.covariates[0]
        whose = per_words(name, schemas) if coding.numeric else over(coding.levels[0])
        spread = spread_words(self.sd, "the ratio of the hazard ratios of two levels")
        return (
            f"{self.name}: an effect in each level of {self.within} ({', '.join(coding.crossing.levels)}), shrunk "
            f"towards a common one; common, {whose}: {self.prior.hazard_ratio_words()}; between the levels, {spread}."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return each hazard ratio: the common one, that within each level, and its ratio to that in the first."""
        assert coding.crossing is not None
        crossing = coding.crossing
        return tuple(
            c for one in base_contrasts(self.covariates[0], coding) for c in (one, *within_each(one, crossing))
        )

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple[Within, ...]:
        """Return a free effect within each level."""
        return (Within(self.name, self.covariates, self.within),)
