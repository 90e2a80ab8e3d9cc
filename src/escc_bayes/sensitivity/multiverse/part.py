"""``multiverse.csv`` as a part of a sensitivity analysis."""

from collections.abc import Sequence
from dataclasses import replace

from escc_bayes.sensitivity.multiverse.table import COLUMNS, PERMUTATIONS, multiverse, with_numbers
from escc_bayes.sensitivity.multiverse.words import words
from escc_bayes.sensitivity.not_computed import (
    CROSSED,
    CURVES,
    MANY,
    OVER_TIME,
    OWN_TERMS,
    WHOLE,
    except_of,
    or_refusal,
)
from escc_bayes.sensitivity.part import Part, Rows
from escc_bayes.sensitivity.pooled import pooled_rows
from escc_bayes.sensitivity.subject import Subject, Tell

# What names a specification's answer; where numbers were cut differs between reconstructions.
KEYS = (
    "endpoint", "model", "term", "contrast", "coding", "covariates", "clock", "baseline", "prior", "method",
    "selected_by_outcome",
)  # fmt: skip


def run(subject: Subject, tell: Tell) -> Rows:
    """Return the rows of ``multiverse.csv``."""
    thorough = subject.asked.thorough
    return multiverse(
        subject.spec,
        subject.cohort,
        level=subject.asked.level,
        seed=subject.stream("multiverse"),
        permutations=10 * PERMUTATIONS if thorough else PERMUTATIONS,
        thorough=thorough,
        scheduler=subject.asked.scheduler,
        progress=tell,
    ).rows


def pooled(each: Sequence[Rows]) -> Rows:
    """Return averages over reconstructions, the specifications numbered anew."""
    rows = [dict(row) for row in pooled_rows(replace(PART, pool=None), each)]
    return with_numbers(rows)


PART = Part(
    "multiverse",
    "other defensible specifications",
    COLUMNS,
    KEYS,
    except_of((*WHOLE, *OWN_TERMS, OVER_TIME, CURVES, CROSSED, MANY), run, COLUMNS),
    or_refusal(words),
    pooled,
)
