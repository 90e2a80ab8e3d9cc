"""Events misclassified at random: some share of events were none, or of censored patients had one.

Each rate is answered by the average over random recodings, each refitted: the limits are the averages of theirs, so
they say what one such study would show, and ``spread`` how differently studies would.
"""

import numpy as np

from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.sensitivity.influence.changed import Set
from escc_bayes.spec.plan import ModelPlan

FALSE_EVENTS, MISSED_EVENTS = "false events", "missed events"
RATES = (0.05, 0.10)
RECODINGS = 5


def recodings(plan: ModelPlan, seed: Seed, count: int) -> dict[tuple[str, float], list[Set]]:
    """Return, for each kind and rate, ``count`` random sets of patients whose events are recoded."""
    counted = plan.rows.weight > 0.0
    pools = {
        FALSE_EVENTS: np.flatnonzero((plan.rows.event > 0.0) & counted),
        MISSED_EVENTS: np.flatnonzero((plan.rows.event == 0.0) & counted),
    }
    found: dict[tuple[str, float], list[Set]] = {}
    for kind, pool in pools.items():
        for rate in RATES:
            rng = generator(seed, kind, f"{rate:g}")
            drawn = [tuple(pool[rng.random(pool.size) < rate].tolist()) for _ in range(count)]
            found[kind, rate] = drawn
    return found
