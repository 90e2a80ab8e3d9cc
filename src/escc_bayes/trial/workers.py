"""Chunks of a run on one or several processes; the sums are the same for any number of them."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.decide import criteria_of
from escc_bayes.trial.design import TrialDesign
from escc_bayes.trial.tally import tally_chunk


def tallies(design: TrialDesign, trials: int, seed: Seed, chunks: Sequence[int], workers: int) -> Iterator[FloatArray]:
    """Yield the sums of each chunk, in the order of ``chunks``."""
    work = partial(tally_chunk, design, criteria_of(design), trials, seed)
    if workers == 1 or len(chunks) < 2:
        yield from map(work, chunks)
        return
    # Fresh processes: threads of the parent (progress bars) do not survive a fork.
    with ProcessPoolExecutor(min(workers, len(chunks)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, chunks)
