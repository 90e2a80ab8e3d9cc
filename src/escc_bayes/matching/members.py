"""One request of every reconstruction of a print, pooled; of one cohort it is that cohort's match."""

from collections.abc import Sequence
from dataclasses import replace

from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.executors import Executor, Serial
from escc_bayes.foundation.seeds import stream
from escc_bayes.matching.pooling import common_cuts, pooled
from escc_bayes.matching.request import Request
from escc_bayes.matching.run import Match, matched

SERIAL = Serial()


def matched_members(cohorts: Sequence[Cohort], asked: Request, executor: Executor = SERIAL) -> Match:
    """Return what a request asks of a cohort, or of all reconstructions of one, pooled.

    Members have periods of the hazard ratio in common, and random streams of their own.
    """
    if len(cohorts) == 1:
        return matched(cohorts[0], asked)
    cuts = common_cuts(cohorts, asked.endpoint) if asked.cuts is None else asked.cuts
    held = (tuple(cohorts), replace(asked, cuts=cuts))
    return pooled(executor.shared(member, held, len(cohorts)))


def member(held: tuple[tuple[Cohort, ...], Request], place: int) -> Match:
    """Return the match of one reconstruction."""
    cohorts, asked = held
    return matched(cohorts[place], replace(asked, seed=stream(asked.seed, str(place))))
