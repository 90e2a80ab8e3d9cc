"""How a log-rank test shares its type I error over several looks.

By a spending function, by a classical shape, by nominal thresholds, or by what each look may have spent.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.significance.boundaries import (
    FutilityDesign,
    futility_design,
    haybittle_peto_boundaries,
    obrien_fleming_boundaries,
    pocock_boundaries,
    spending_boundaries,
    spent_as,
    wang_tsiatis_boundaries,
)
from escc_bayes.trial.significance.spending_functions import SPENDING, Spending, hwang_shih_decani, kim_demets

WORDS = {
    "obrien_fleming": "O'Brien-Fleming",
    "pocock": "Pocock",
    "hwang_shih_decani": "Hwang-Shih-DeCani with gamma",
    "kim_demets": "Kim-DeMets with rho",
    "wang_tsiatis": "Wang-Tsiatis with delta",
}
CLASSICAL = {"obrien_fleming": obrien_fleming_boundaries, "pocock": pocock_boundaries}
FAMILIES = {"hwang_shih_decani": hwang_shih_decani, "kim_demets": kim_demets}
HAYBITTLE_PETO, NOMINAL, BY_LOOK = "haybittle_peto", "z", "by_look"


@dataclass(frozen=True, slots=True)
class AlphaSpending:
    """``name`` of a spending function or, where ``classical``, of a shape; ``parameter`` of a family of them.

    ``values``, one for each look: of "z" the thresholds of Z, of "by_look" the type I error spent by then.
    """

    name: str
    classical: bool = False
    parameter: float | None = None
    values: tuple[float, ...] = ()

    @property
    def is_function(self) -> bool:
        """Whether it is a function of the information fraction, which can spend beta too."""
        return not self.classical and not self.values

    @property
    def spending(self) -> Spending:
        """The spending function."""
        return SPENDING[self.name] if self.parameter is None else FAMILIES[self.name](self.parameter)

    def boundaries(self, fractions: tuple[float, ...], alpha: float, lower: FloatArray | None = None) -> FloatArray:
        """Return the upper boundaries of Z at information ``fractions``, the last 1.

        ``lower`` (k,): a binding boundary, below which no path goes on; None: as if none ended. Thresholds do not move.
        """
        if self.name == NOMINAL:
            return np.array(self.values)
        if self.name == BY_LOOK:
            return spent_as(fractions, self.values, lower)
        if not self.classical:
            return spending_boundaries(fractions, alpha, self.spending, lower)
        if self.parameter is None:
            return CLASSICAL[self.name](fractions, alpha, lower)
        if self.name == HAYBITTLE_PETO:
            return haybittle_peto_boundaries(fractions, alpha, self.parameter, lower)
        return wang_tsiatis_boundaries(fractions, alpha, self.parameter, lower)

    def with_futility(
        self,
        fractions: tuple[float, ...],
        alpha: float,
        beta: float,
        *,
        acting: tuple[bool, ...] | None = None,
        binding: bool = False,
    ) -> FutilityDesign:
        """Return boundaries that spend ``alpha``, and lower ones that spend ``beta`` alike (``futility_design``)."""
        spending = self.spending
        return futility_design(
            fractions,
            alpha=alpha,
            power=1.0 - beta,
            spending=spending,
            beta_spending=spending,
            acting=acting,
            binding=binding,
        )

    def words(self) -> str:
        """Say how alpha is shared."""
        if self.name == NOMINAL:
            return f"thresholds of Z stated by look, one-sided P {', '.join(f'{ndtr(-z):.2g}' for z in self.values)}"
        if self.name == BY_LOOK:
            return f"alpha spent by look: {', '.join(f'{spent:g}' for spent in self.values)}"
        if self.name == HAYBITTLE_PETO:
            return (
                f"Haybittle-Peto: Z above {self.parameter:.4g} at interim looks, what is left of alpha at the final one"
            )
        said = WORDS[self.name] + (f" {self.parameter:g}" if self.parameter is not None else "")
        return f"{said} boundaries" if self.classical else f"alpha spent as {said} by Lan-DeMets"
