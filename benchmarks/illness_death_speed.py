"""CPU of a full illness-death posterior of 79 patients by ``laplace``, beside the model of overall survival.

Pairs, one after the other in one process: each fit with its hazard ratios and their notes, and of the illness-death
model states at 12 and 24 months of every patient set to each stage. Median of the pairs' ratios.
``OMP_NUM_THREADS=1 python benchmarks/illness_death_speed.py``
"""

import time

import numpy as np

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.bundled import example_cohort
from escc_bayes.spec.reading import load_spec

PAIRS, MONTHS = 9, np.array([12.0, 24.0])


def cpu(spec, cohort, seed):
    """Return seconds of CPU of one fit and what is asked of it."""
    before = time.process_time()
    posterior = fit(spec, cohort, seed=seed, engine="laplace")
    posterior.hazard_ratios()
    if spec.outcome.states is not None:
        for stage in ("II", "III", "IV"):
            posterior.thinned(4000).states(MONTHS, term="stage", group=stage)
    return time.process_time() - before


if __name__ == "__main__":
    cohort = example_cohort("escc79")
    both = [load_spec(name) for name in ("illness_death", "os_piecewise")]
    found = np.array([[cpu(spec, cohort, seed) for spec in both] for seed in range(PAIRS + 1)][1:])
    ratio = found[:, 0] / found[:, 1]
    print(f"illness-death {np.median(found[:, 0]):.2f} s, overall survival {np.median(found[:, 1]):.2f} s of CPU")
    print(f"ratio: median {np.median(ratio):.1f}, {ratio.min():.1f} to {ratio.max():.1f} in {PAIRS} pairs")
