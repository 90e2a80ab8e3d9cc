"""What missing counts do: means of those with a count and of all patients, and what a printed t implies."""

from collections.abc import Mapping, Sequence

import numpy as np

from escc_bayes.foundation.seeds import stream
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.study.ici_crt.roles import PRINTED_MEANS
from escc_bayes.study.of_draws import of_draws
from escc_bayes.study.part import Row, StudyTable, table_of
from escc_bayes.study.subject import Subject
from escc_bayes.study.trajectory import mean_draws, patients_implied

BASELINE, LATER = "alc_baseline", ("alc_mid", "alc_post")
PRINTED_T = {"alc_mid": "t_baseline_vs_mid", "alc_post": "t_baseline_vs_post"}
# Draws in all, shared out among the reconstructions.
DRAWS = 2000
# 10^9 per litre: the middle of the low class, to which those without a count may have fallen.
WORST = 0.25


def missing_tables(subject: Subject, counted: Mapping[str, Sequence[FloatArray]]) -> tuple[StudyTable, ...]:
    """Return means by the trajectory, and what the printed t says of missing counts; none of fewer than two times."""
    enough = len(counted) > 1 and len(subject.first) > len(counted) + 1
    found = [trajectory_table(subject, counted)] if enough else []
    return (*found, *implied_table(subject))


def trajectory_table(subject: Subject, counted: Mapping[str, Sequence[FloatArray]]) -> StudyTable:
    """Return, at each time, the mean of those with a count and the posterior mean of all patients."""
    names = list(counted)
    each = max(100, DRAWS // len(subject.members))
    drawn = [
        mean_draws(
            np.column_stack([counted[name][place] for name in names]),
            each,
            stream(subject.seed, "trajectory", str(place)),
        )
        for place in range(len(subject.members))
    ]
    draws = np.concatenate(drawn)
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for place, name in enumerate(names):
        known = [values[~np.isnan(values)] for values in counted[name]]
        n, mean = float(np.mean([v.size for v in known])), float(np.mean([v.mean() for v in known]))
        found = of_draws(draws[:, place], subject.level)
        cells.append((subject.label(name), f"{n:.0f}", f"{mean:.3f}", found.words(lambda x: f"{x:.3f}")))
        rows.append(
            {
                "time": name,
                "n": n,
                "mean": mean,
                "posterior_median": found.value,
                "lower_credible": found.lower,
                "upper_credible": found.upper,
                "level": subject.level,
                "members": len(subject.members),
            }
        )
    head = ("Time", "With a count", "Their mean", f"All patients ({100 * subject.level:g} % credible interval)")
    note = (
        "All patients: a normal model of all times together, missing counts drawn given the patient's other times; "
        "right where they are missing at random given these. Without missing counts both are of the same patients."
    )
    return table_of("table2_trajectory", "means by the whole trajectory", rows, head, cells, note=note, folded=True)


def implied_table(subject: Subject) -> list[StudyTable]:
    """Return how many patients the printed t would have had at later times, and what the others could do."""
    n = subject.printed.count("n_total")
    if not subject.of_paper or n is None:
        return []
    (first, first_sd), rows, cells = moments(subject, BASELINE), [], []
    for later in LATER:
        mean, sd = moments(subject, later)
        t, fall = subject.printed.number(PRINTED_T[later]) or np.nan, first - mean
        there = patients_implied(fall, first_sd, sd, n, t)
        share = there / n
        unchanged, low = share * fall, share * fall + (1.0 - share) * (first - WORST)
        cells.append(
            (subject.label(later), f"{t:g}", f"{there:.0f} of {n}", *(f"{x:.2f}" for x in (fall, unchanged, low)))
        )
        falls = {"fall": fall, "fall_if_unchanged": unchanged, "fall_if_low": low}
        rows.append({"time": later, "t_printed": t, "n_implied": there, "n": n, **falls})
    head = (
        *("Time", "Printed t", "Patients that give it, all at baseline"),
        *("Fall as printed", "if the others had not changed", "if the others had fallen to 0.25"),
    )
    note = (
        "Printed means and SDs give the printed t, as that of two samples, only if later counts are missing: how many, "
        "with everybody at baseline. Falls are of means, 10^9 per litre."
    )
    caption = "what missing counts could do, from what the paper prints"
    return [table_of("table2_missing", caption, rows, head, cells, note=note, folded=True)]


def moments(subject: Subject, name: str) -> tuple[float, float]:
    """Return the printed mean and SD of a time; NaN where there is none."""
    mean, sd = (subject.printed.number(key) for key in PRINTED_MEANS[name])
    return np.nan if mean is None else mean, np.nan if sd is None else sd
