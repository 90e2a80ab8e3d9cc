"""A run of trials of any kind of design, in blocks: on any scheduler, with finished blocks kept, summed in order.

A block's number alone decides its random streams, so the sums depend neither on the scheduler nor on where a killed
run went on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from escc_bayes.foundation.chunks import Progress, run_chunks
from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.scheduler import Arrays, Scheduler, Serial
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.simulation.checkpoint import Keep, nothing_kept

# From a block's number and its trials to named sums.
type BlockWork = Callable[[int, int], Arrays]


@dataclass(frozen=True, slots=True)
class Run:
    """How many ``trials`` of each scenario, from which seed, computed where, kept where; ``progress`` is told."""

    trials: int
    seed: Seed
    scheduler: Scheduler = field(default_factory=Serial)
    keep: Keep = nothing_kept
    progress: Progress | None = None

    def summed(self, work: BlockWork, *, size: int, part: str) -> dict[str, FloatArray]:
        """Return the sums of ``work`` over blocks of ``size`` trials; ``part`` says all that decides them in the run.

        Examples
        --------
        >>> import numpy as np
        >>> Run(25, 1).summed(lambda block, trials: {"trials": np.array(trials)}, size=10, part="count")
        {'trials': np.int64(25)}
        """
        total: dict[str, FloatArray] = {}
        for found in self.blocks(work, size=size, part=part):
            total = {name: total[name] + value for name, value in found.items()} if total else dict(found)
        return total

    def record(self, digest: str, block: int) -> Record:
        """Return the record of the run of a design, in blocks of ``block`` trials."""
        settings = (("trials", self.trials), ("block", block))
        return Record(digest, "", seed_label(self.seed), "simulated", "plan", settings, versions())

    def blocks(self, work: BlockWork, *, size: int, part: str) -> Iterator[Arrays]:
        """Yield what ``work`` says of each block, in order."""
        count = -(-self.trials // size)
        yield from run_chunks(
            partial(of_block, work, self.trials, size),
            count,
            scheduler=self.scheduler,
            store=self.keep(part),
            progress=self.progress,
        )


def of_block(work: BlockWork, trials: int, size: int, block: int) -> Arrays:
    """Return what ``work`` says of one block of a run of ``trials``."""
    return work(block, min(size, trials - block * size))
