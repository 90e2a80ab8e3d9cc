"""What other priors would have said, in two sentences a contrast."""

import math
from collections.abc import Iterator
from itertools import groupby

from escc_bayes.sensitivity.part import Row, Rows, number

# Power-scaling index from which ArviZ calls a posterior sensitive; tail probability from which prior and data disagree.
SENSITIVE, CONFLICT = 0.05, 0.05


def prior_words(rows: Rows) -> tuple[str, ...]:
    """Return the sentences of every contrast."""

    def key(row: Row) -> tuple[object, ...]:
        return (row["endpoint"], row["model"], row["term"], row["contrast"])

    ordered = sorted(range(len(rows)), key=lambda place: [key(row) for row in rows].index(key(rows[place])))
    ways = groupby((rows[place] for place in ordered), key=key)
    return tuple(said for _, way in ways for said in contrast_words(list(way)))


def contrast_words(way: list[Row]) -> Iterator[str]:
    """Yield the ladder with the region in which the conclusion holds, and where prior and data disagree."""
    name = f"{way[0]['term']} {way[0]['contrast']}"
    ladder = [row for row in way if row["kind"] == "ladder" and row["prior"] != "model"]
    steps = "; ".join(
        f"{row['prior']} HR {number(row, 'hr'):.2f} (P(HR > 1) {number(row, 'prob_gt_1'):.3f})" for row in ladder
    )
    if steps:
        yield f"{name}: {steps}. {region_words([row for row in way if row['kind'] == 'grid'])}"
    sensitive = {str(row["prior"]) for row in way if row["kind"] == "power" and number(row, "sensitivity") > SENSITIVE}
    if sensitive:
        yield f"{name}: sensitive to the power of {' and '.join(sorted(sensitive))} (index above {SENSITIVE})."
    tail = next((number(row, "tail") for row in way if row["kind"] == "conflict"), math.nan)
    if tail < CONFLICT:
        yield f"{name}: prior and data disagree (tail probability {tail:.3f})."


def region_words(grid: list[Row]) -> str:
    """Say in how many priors the conclusion holds, and how narrow a prior around HR 1 may be."""
    if not grid:
        return ""
    held = [row for row in grid if row["conclusion"] == "holds"]
    if not held:
        return f"On no side of 1 with probability 0.95 under any of {len(grid)} priors."
    nearest = min(abs(number(row, "prior_mean")) for row in grid)
    around = [number(row, "prior_sd") for row in held if abs(number(row, "prior_mean")) <= nearest + 1e-12]
    least = f", around HR 1 from SD {min(around):.2f} on" if around else ""
    return f"The conclusion holds (P at least 0.95) under {len(held)} of {len(grid)} priors{least}."
