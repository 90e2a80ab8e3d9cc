"""A run's chunks of trials on any scheduler; the sums are the same for every one of them."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from escc_bayes.foundation.chunks import Progress, Store, run_chunks
from escc_bayes.foundation.scheduler import Arrays, Scheduler
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.trial_plan import TrialPlan
from escc_bayes.trial.simulation.decide import Criteria, criteria_of
from escc_bayes.trial.simulation.tally import chunk_count, tally_chunk

# Chunks of trials that are handed out together: about a tenth of a second of work, beside which sending is nothing.
BUNDLE = 8


def tallies(
    plan: TrialPlan,
    trials: int,
    seed: Seed,
    scheduler: Scheduler,
    *,
    store: Store | None = None,
    progress: Progress | None = None,
) -> Iterator[FloatArray]:
    """Yield the sums of each chunk of trials, in order."""
    work = partial(tally_bundle, plan.design, criteria_of(plan), trials, seed, BUNDLE)
    bundles = -(-chunk_count(trials) // BUNDLE)
    for found in run_chunks(work, bundles, scheduler=scheduler, store=store, progress=progress):
        yield from found["tallies"]


def tally_bundle(design: TrialDesign, criteria: Criteria, trials: int, seed: Seed, size: int, bundle: int) -> Arrays:
    """Return the sums of the ``size`` chunks of one bundle, (chunks, scenarios, rules, fields)."""
    chunks = range(bundle * size, min((bundle + 1) * size, chunk_count(trials)))
    return {"tallies": np.array([tally_chunk(design, criteria, trials, seed, chunk) for chunk in chunks])}
