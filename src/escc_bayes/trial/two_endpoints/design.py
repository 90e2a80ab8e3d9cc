"""A design with two endpoints: truth of both arms, looks by events of either, alpha of each and how it is passed."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.significance.alpha_spending import AlphaSpending
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.expected_events import month_of_events
from escc_bayes.trial.two_endpoints.graph import Hypothesis
from escc_bayes.trial.two_endpoints.truth import EndpointHazard, Transitions

PFS, OS = "pfs", "os"
ENDPOINTS = (PFS, OS)


@dataclass(frozen=True, slots=True)
class EndpointLook:
    """A look at so many ``events`` of an ``endpoint``, of both arms."""

    endpoint: str
    events: int

    def words(self) -> str:
        """Say it."""
        return f"{self.events} {self.endpoint.upper()} events"


@dataclass(frozen=True, slots=True)
class EndpointTest:
    """Log-rank test of an endpoint at one-sided ``alpha``, at ``looks`` from 0; ``passes``: share that it hands on."""

    endpoint: str
    alpha: float
    spending: AlphaSpending
    looks: tuple[int, ...]
    passes: float


@dataclass(frozen=True, slots=True)
class TwoEndpointDesign:
    """A design, checked; ``digest`` names its file's content.

    ``tests`` : of PFS and of OS. ``co_primary``: both must win, and no alpha is passed.
    """

    name: str
    title: str
    arms: tuple[str, str]
    allocation: tuple[float, float]
    truth: tuple[Transitions, Transitions]
    accrual: Accrual
    dropout: tuple[float, float]
    looks: tuple[EndpointLook, ...]
    tests: tuple[EndpointTest, EndpointTest]
    co_primary: bool
    digest: str

    @property
    def patients(self) -> tuple[int, int]:
        """Patients of control and treatment."""
        return self.accrual.of_two_arms(self.allocation)

    @property
    def expected_end(self) -> float:
        """Calendar month of the last look under the stated hazards; infinite where it never comes."""
        months = []
        for look in self.looks:
            arms = zip(self.patients, self.truth, self.dropout, strict=True)
            parts = tuple((self.accrual.part(n), EndpointHazard(of, look.endpoint == OS), lost) for n, of, lost in arms)
            months.append(month_of_events(look.events, parts))
        return max(months)

    @property
    def alpha(self) -> float:
        """Type I error of the whole: the sum of what is shared, or that of each where both must win."""
        first, second = self.tests
        return max(first.alpha, second.alpha) if self.co_primary else first.alpha + second.alpha

    def hypotheses(self, events: FloatArray) -> tuple[Hypothesis, Hypothesis]:
        """Return boundaries at planned ``events`` (endpoints, looks), with own alpha and with what the other passes."""
        found = []
        for this, test in enumerate(self.tests):
            counts = events[this][list(test.looks)]
            fractions = tuple((counts / counts[-1]).tolist())
            other = self.tests[1 - this]
            more = test.alpha if self.co_primary else test.alpha + other.passes * other.alpha
            own, larger = (np.array(test.spending.boundaries(fractions, alpha)) for alpha in (test.alpha, more))
            found.append(Hypothesis(test.looks, own, larger))
        return found[0], found[1]
