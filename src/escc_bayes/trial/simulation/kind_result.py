"""What a simulated design of a kind of its own does: its quantities, and the record of the run."""

from dataclasses import dataclass

from escc_bayes.foundation.record import Record
from escc_bayes.trial.simulation.quantity import Quantity


@dataclass(frozen=True, slots=True, eq=False)
class KindResult[Design]:
    """A design with its quantities and the record of the run."""

    design: Design
    quantities: tuple[Quantity, ...]
    record: Record

    def of(self, scenario: str, rule: str, quantity: str) -> Quantity:
        """Return one quantity, which is there."""
        found = self.find(scenario, rule, quantity)
        assert found is not None, (scenario, rule, quantity)
        return found

    def find(self, scenario: str, rule: str, quantity: str) -> Quantity | None:
        """Return one quantity; None where there is none."""
        wanted = (scenario, rule, quantity)
        return next((q for q in self.quantities if (q.scenario, q.rule, q.quantity) == wanted), None)
