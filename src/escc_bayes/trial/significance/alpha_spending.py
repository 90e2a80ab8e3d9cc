"""How a log-rank test shares its type I error over several looks: by a spending function, or by a classical shape."""

from dataclasses import dataclass

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.significance.boundaries import (
    FutilityDesign,
    futility_design,
    obrien_fleming_boundaries,
    pocock_boundaries,
    spending_boundaries,
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


@dataclass(frozen=True, slots=True)
class AlphaSpending:
    """``name`` of a spending function or, where ``classical``, of a shape; ``parameter`` of a family of them."""

    name: str
    classical: bool = False
    parameter: float | None = None

    @property
    def spending(self) -> Spending:
        """The spending function."""
        return SPENDING[self.name] if self.parameter is None else FAMILIES[self.name](self.parameter)

    def boundaries(self, fractions: tuple[float, ...], alpha: float) -> FloatArray:
        """Return the upper boundaries of Z at information ``fractions``, the last 1."""
        if self.classical:
            if self.parameter is not None:
                return wang_tsiatis_boundaries(fractions, alpha, self.parameter)
            return CLASSICAL[self.name](fractions, alpha)
        return spending_boundaries(fractions, alpha, self.spending)

    def with_futility(self, fractions: tuple[float, ...], alpha: float, beta: float) -> FutilityDesign:
        """Return boundaries that spend ``alpha``, and lower ones, not binding, that spend ``beta`` alike."""
        spending = self.spending
        return futility_design(fractions, alpha=alpha, power=1.0 - beta, spending=spending, beta_spending=spending)

    def words(self) -> str:
        """Say how alpha is shared."""
        said = WORDS[self.name] + (f" {self.parameter:g}" if self.parameter is not None else "")
        return f"{said} boundaries" if self.classical else f"alpha spent as {said} by Lan-DeMets"
