"""One covariate in every transition, shrunk towards a common effect: psi_k = mean + sd z_k in transition k."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.prior import HalfNormal, Normal
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.coding import against_reference, level_columns, number_column
from escc_bayes.spec.structures.fixed import Fixed, plain
from escc_bayes.spec.structures.free import Free, Standard, Term
from escc_bayes.spec.structures.keys import SD
from escc_bayes.spec.structures.pooled import MEAN
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast, Key
from escc_bayes.spec.structures.words import over, per_words, spread_words


@careful_class
@dataclass(frozen=True, slots=True)
class AcrossTransitions:
    """Effects in all transitions about a common one; ``prior`` on the common log hazard ratios, ``sd`` about them."""

    name: str
    covariates: tuple[str, ...]
    prior: Normal
    sd: HalfNormal

    WORD: ClassVar[str] = "across_transitions"
    KINDS: ClassVar[tuple[str, ...]] = ("continuous", "ordered", "nominal", "binary")
    SEVERAL: ClassVar[bool] = False
    KEYS: ClassVar[Mapping[str, Key]] = {"prior": MEAN, "sd": SD}
    ACROSS: ClassVar[bool] = True

    def columns(self, rows: AnalysisRows) -> Columns:
        """Return the covariate's columns once for each transition; the design keeps each in its own rows."""
        if not rows.transition_names:
            raise SpecError(
                f"effect '{self.name}': structure '{self.WORD}' shrinks the effects in several transitions towards "
                'each other; it belongs to an outcome of kind = "illness_death" or "competing_causes", or of several '
                "endpoints = [..]"
            )
        name, names = self.covariates[0], rows.transition_names
        number = rows.covariates[name].schema.kind == "continuous"
        one = number_column(rows, name) if number else level_columns(rows, name)
        labels = tuple(f"{label}, {transition}" for transition in names for label in one.coding.labels)
        coding = replace(one.coding, labels=labels, ranks=one.coding.ranks * len(names), copies=names)
        return Columns(np.tile(one.values, (1, len(names))), coding, one.notes)

    def free(self, coding: Coding) -> tuple[Free, ...]:
        """Return common effects, SD and a latent for each column."""
        width = coding.width // len(coding.copies)
        means = coding.levels[0][1:] or self.covariates
        return (
            Free(f"mean_{self.name}", self.prior, width, f"{self.name}_level", means),
            Free(f"sd_{self.name}", self.sd),
            Free(f"z_{self.name}", Standard(), coding.width, f"{self.name}_column", coding.labels),
        )

    def terms(self, coding: Coding) -> tuple[Term, ...]:
        """Return psi_k = mean + sd z_k."""
        several = len(coding.copies)
        return (
            Term(f"mean_{self.name}", np.tile(np.eye(coding.width // several), (several, 1))),
            Term(f"z_{self.name}", np.eye(coding.width), scales=(f"sd_{self.name}",)),
        )

    def words(self, coding: Coding, schemas: Mapping[str, CovariateSchema]) -> str:
        """Say the common effect, and how far transitions may lie apart."""
        whose = per_words(self.covariates[0], schemas) if coding.numeric else over(coding.levels[0])
        spread = spread_words(self.sd, "the ratio of two of their hazard ratios")
        return (
            f"{self.name}: in each of {', '.join(coding.copies)}, shrunk towards a common effect, {whose}: "
            f"{self.prior.hazard_ratio_words()}; between them, {spread}."
        )

    def contrasts(self, coding: Coding) -> tuple[Contrast, ...]:
        """Return every level over the reference, or the number per its scale; in each transition."""
        return against_reference(self.covariates, coding)

    def by_construction(self, *_: object) -> str:
        """Return nothing: no contrast is fixed before the data."""
        return ""

    def unshrunk(self) -> tuple[Fixed, ...]:
        """Return a free effect; Cox fits it in each transition by itself."""
        return (plain(self.covariates[0]),)
