"""What became of each of many trials, kept one by one: success of every rule, and the evidence it rests on."""

from collections.abc import Iterator

import numpy as np

from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import BoolArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.simulation.decide import Criteria, Evidence, Scenario, criteria_of, verdicts
from escc_bayes.trial.simulation.tally import chunk_count, chunk_evidence


def evidence_in_chunks(
    design: TrialDesign, criteria: Criteria, scenario: Scenario, trials: int, seed: Seed
) -> Iterator[list[Evidence]]:
    """Yield the evidence at every look, chunk by chunk, of ``trials`` under one scenario."""
    for chunk in range(chunk_count(trials)):
        yield chunk_evidence(design, criteria, (scenario,), trials, seed, chunk)[0]


def successes(design: TrialDesign, scenario: Scenario, trials: int, seed: Seed) -> BoolArray:
    """Return whether each trial succeeds by each rule, (rules, trials)."""
    criteria = criteria_of(planned(design))
    found = [
        np.stack([verdict.success for verdict in verdicts(design, criteria, looks)])
        for looks in evidence_in_chunks(design, criteria, scenario, trials, seed)
    ]
    return np.concatenate(found, axis=1)
