"""Sums over simulated trials that add up exactly in any split of the work: chunks of four blocks of 250 trials.

Every block has its own random stream, and sums are formed chunk by chunk in order, so results do not depend on
how many workers share the chunks.
"""

import numpy as np

from escc_bayes.foundation.memory import keep_freed_memory
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.null import Null
from escc_bayes.trial.simulation.decide import (
    Criteria,
    Evidence,
    Scenario,
    Verdicts,
    evidence_of_block,
    scenarios,
    together,
    verdicts,
)

# A block's arrays stay in the processor's second-level cache; so do those of the posterior of a chunk.
BLOCK = 250
CHUNK = 4 * BLOCK
FIELDS = (
    "success",
    "early_success",
    "early_futility",
    "lucky_success",
    "short",
    "events",
    "events_squared",
    "patients",
    "patients_squared",
    "months",
    "months_squared",
)


def fields_of(looks: int) -> tuple[str, ...]:
    """Return the names of the sums of a design: ``FIELDS``, then how many succeed and how many stop at each look."""
    by_look = [f"{how}_at_look_{k + 1}" for k in range(looks) for how in ("success", "futility")]
    return (*FIELDS, *by_look)


def chunk_count(trials: int) -> int:
    """Return the number of chunks of so many trials."""
    return -(-trials // CHUNK)


def chunk_evidence(
    design: TrialDesign, criteria: Criteria, under: tuple[Scenario, ...], trials: int, seed: Seed, chunk: int
) -> list[list[Evidence]]:
    """Simulate one chunk of a run of ``trials`` under some scenarios; return the evidence by scenario and look."""
    keep_freed_memory()
    here, looks = min(CHUNK, trials - chunk * CHUNK), len(design.looks)
    blocks = [
        evidence_of_block(design, criteria, under, min(BLOCK, here - start), seed, (chunk * CHUNK + start) // BLOCK)
        for start in range(0, here, BLOCK)
    ]
    return [
        [together([of[scenario][look] for of in blocks]) for look in range(looks)] for scenario in range(len(under))
    ]


def tally_chunk(design: TrialDesign, criteria: Criteria, trials: int, seed: Seed, chunk: int) -> FloatArray:
    """Simulate and decide one chunk of a run of ``trials``; return sums, (scenarios, rules, fields)."""
    found = chunk_evidence(design, criteria, scenarios(design), trials, seed, chunk)
    sums = np.empty((len(found), len(design.rules), len(fields_of(len(design.looks)))))
    for scenario, seen in enumerate(found):
        for rule, verdict in enumerate(verdicts(design, criteria, seen)):
            sums[scenario, rule] = tally(verdict, seen, criteria.nulls[rule], design.looks[-1].awaited)
    return sums


def tally(verdict: Verdicts, looks: list[Evidence], null: Null, wanted: int | None) -> FloatArray:
    """Return the sums of one rule, in the order of ``fields_of``; ``null`` is its own, ``wanted`` the final events."""
    early = verdict.ended < len(looks) - 1
    row = np.arange(verdict.ended.size)
    sizes = [
        np.stack([np.asarray(size, dtype=np.float64) for size in of_looks])[verdict.ended, row]
        for of_looks in zip(*((look.events, look.enrolled, look.month) for look in looks), strict=True)
    ]
    short = ~early & (looks[-1].events < (wanted or 0))
    found = [verdict.success, verdict.success & early, verdict.futile, verdict.success & looks[-1].in_null[null], short]
    counts = [float(np.count_nonzero(of)) for of in found]
    counts += [float(value) for size in sizes for value in (size.sum(), (size**2).sum())]
    by_look = [how & (verdict.ended == k) for k in range(len(looks)) for how in (verdict.success, verdict.futile)]
    return np.array(counts + [float(np.count_nonzero(of)) for of in by_look])
