"""P values over a whole multiverse: outcomes of whole patients, all endpoints together, against all covariates.

Every specification's score statistic is computed under each order of outcomes; the largest over specifications gives P
values adjusted over them (Westfall & Young 1993, single step), under the complete null: no covariate matters. Patients
without one of the endpoints take no part.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.coding import classical_design
from escc_bayes.data.cohort import Cohort
from escc_bayes.data.landmark import restart_clock
from escc_bayes.estimand.contrast import weights
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.sensitivity.multiverse.answers import Answered, all_rows
from escc_bayes.sensitivity.multiverse.scores import Outcomes, orders, permuted_scores, projection, statistics
from escc_bayes.sensitivity.multiverse.specifications import Specification
from escc_bayes.spec.request import Outcome


@dataclass(frozen=True)
class Permuted:
    """Scores of patients under every order of outcomes, computed once for each clock and set of complete patients.

    Attributes
    ----------
    cohort : the patients with all endpoints.
    place : (n,) their positions in the whole cohort.
    order : (orders, n) whose outcome each is given; the first is the observed one.
    """

    cohort: Cohort
    place: IntArray
    order: IntArray
    kept: dict[tuple[Outcome, bytes], FloatArray]

    @classmethod
    def of(cls, cohort: Cohort, count: int, seed: Seed) -> "Permuted":
        """Return the permutations of a cohort."""
        present = np.logical_and.reduce([data.present for data in cohort.endpoints.values()])
        place = np.flatnonzero(present)
        return cls(cohort.subset(place), place, orders(place.size, count, seed), {})

    def scores(self, outcome: Outcome, whole: np.ndarray) -> FloatArray:
        """Return the scores (orders, n) from a clock of the patients in ``whole``."""
        key = (outcome, whole.tobytes())
        if key not in self.kept:
            self.kept[key] = permuted_scores(outcomes_of(self.cohort, outcome), whole, self.order)
        return self.kept[key]

    def tested(self, one: Specification, answers: tuple[Answered, ...]) -> FloatArray:
        """Return |z| of each answer of a specification under each order, (answers, orders)."""
        own = one.cohort.subset(self.place)
        rows = all_rows(one, own)
        design = classical_design(one.spec, rows)[0]
        whole = np.zeros(len(own), dtype=bool)
        whole[rows.positions] = True
        contrasts = np.array([weights(a.asked, design) for a in answers]).reshape(len(answers), -1)
        scores = self.scores(one.spec.outcome, whole)
        return statistics(projection(design.columns, contrasts, whole), scores)


def outcomes_of(cohort: Cohort, outcome: Outcome) -> Outcomes:
    """Return the follow-up of every patient from a clock."""
    data = cohort.endpoint(outcome.endpoint)
    if outcome.landmark is None:
        return Outcomes(data.time, data.event, data.entry, data.present)
    clock = restart_clock(data, outcome.landmark)
    return Outcomes(clock.data.time, clock.data.event, clock.data.entry, clock.keep)
