"""The verb ``reconstruct``: an ensemble of cohorts that add up to what a study printed, and what cannot be had."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from escc_bayes.data.published import Study
from escc_bayes.evidence.reconstruction.assemble import Asked, in_order
from escc_bayes.evidence.reconstruction.audited import audited
from escc_bayes.evidence.reconstruction.conflicts import Conflicts, find_conflicts, had_after_all
from escc_bayes.evidence.reconstruction.layout import Layout, ReconstructionError
from escc_bayes.evidence.reconstruction.problem import TICKS_PER_MONTH
from escc_bayes.evidence.reconstruction.search import Plan, Progress, Solution, has_all, search
from escc_bayes.evidence.reconstruction.target import Target
from escc_bayes.evidence.reconstruction.target_places import number_of
from escc_bayes.evidence.reconstruction.target_weights import without
from escc_bayes.evidence.reconstruction.targets import targets_of
from escc_bayes.evidence.rules.impossible_prints import possible
from escc_bayes.foundation.ending import ended_with_block
from escc_bayes.foundation.seeds import Seed, generator, stream
from escc_bayes.foundation.sentence import counted

REPLICATES, STEPS = 20, 50_000_000
# A proposal costs as much as there are patients: beyond 80 the default search is shorter.
STEPS_TIMES_PATIENTS = 4_000_000_000
# How often a target that was set aside may be required after all, because cohorts have it.
TAKEN_BACK = 2
FEWEST_PATIENTS, MOST_PATIENTS = 4, 5_000


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """Cohorts that were found, beside what they aimed at.

    Attributes
    ----------
    targets : in order; ``solutions`` has one entry a cohort, ``cohorts`` its rows as text.
    conflicts : which targets cannot be had beside the rest, and what each fights with.
    unused : a sentence for each printed statistic that the layout gives no place.
    """

    study: Study
    layout: Layout
    n: int
    targets: tuple[Target, ...]
    solutions: tuple[Solution, ...]
    cohorts: tuple[tuple[dict[str, str], ...], ...]
    conflicts: Conflicts
    unused: tuple[str, ...]


def silent_search(what: str, done: int, total: int) -> None:
    """Report nothing."""


def reconstruct(
    study: Study,
    layout: Layout,
    *,
    seed: Seed,
    replicates: int = REPLICATES,
    steps: int | None = None,
    workers: int | None = None,
    progress: Progress = silent_search,
) -> Reconstruction:
    """Find cohorts whose recomputed statistics match what a study printed.

    Parameters
    ----------
    study, layout : what was printed, and how it becomes columns.
    seed : the same seed gives the same cohorts, on any number of cores.
    replicates : how many cohorts; one reconstruction is one guess.
    steps : proposals of one search; more come nearer. None: 50,000,000, fewer beyond 80 patients. A search
        that has matched every required target stops earlier.
    workers : threads; None: one a core.
    progress : called with (what, done, total).

    Raises
    ------
    ReconstructionError : layout and study do not fit each other, or a group has more events than patients.
    StudyError : the study prints a number that cannot be.
    """
    audited(study)
    targets, unused = targets_of(possible(study), layout)
    n = int(number_of(layout.n, study, f"{layout.where}, n"))
    if not FEWEST_PATIENTS <= n <= MOST_PATIENTS:
        raise ReconstructionError(
            f"{layout.where}, n: {counted(n, 'patient')}; the search works from {FEWEST_PATIENTS} to {MOST_PATIENTS}"
        )
    outside = patients_outside(study, layout, n)
    targets = in_order(targets)
    size = len(targets)
    plan = Plan(
        study,
        layout,
        targets,
        n,
        Asked(np.ones(size), np.ones(size, dtype=bool)),
        steps or min(STEPS, STEPS_TIMES_PATIENTS // n),
    )
    threads = workers or os.cpu_count() or 1
    conflicts = find_conflicts(plan, stream(seed, "conflicts"), threads, progress)
    conflicts, found = all_cohorts(plan, conflicts, seed, replicates, threads, progress)
    cohorts = tuple(rows_of(layout, cohort, stream(seed, "order", str(k)), outside) for k, cohort in enumerate(found))
    return Reconstruction(study, layout, n, targets, found, cohorts, conflicts, unused)


def all_cohorts(
    plan: Plan, conflicts: Conflicts, seed: Seed, replicates: int, threads: int, progress: Progress
) -> tuple[Conflicts, tuple[Solution, ...]]:
    """Return the cohorts; what a fourth of them have beside the rest is required of all, and the others go on."""
    found: list[Solution | None] = [None] * replicates
    for attempt in range(1 + TAKEN_BACK):
        final = without(plan, conflicts.unreachable)
        lacking = [k for k, cohort in enumerate(found) if cohort is None or not has_all(final, cohort)]

        def one(number: int, final: Plan = final, attempt: str = str(attempt)) -> Solution:
            return search(final, stream(seed, "replicate", str(number), attempt), found[number])

        with ended_with_block(ThreadPoolExecutor(max_workers=threads)) as pool:
            for done, (number, cohort) in enumerate(zip(lacking, pool.map(one, lacking), strict=True), start=1):
                found[number] = cohort
                progress("Cohorts", replicates - len(lacking) + done, replicates)
        cohorts = tuple(cohort for cohort in found if cohort is not None)
        fewer = had_after_all(final, conflicts, cohorts)
        if np.array_equal(fewer.unreachable, conflicts.unreachable):
            break
        conflicts = fewer
    return conflicts, cohorts


def patients_outside(study: Study, layout: Layout, n: int) -> int:
    """Return how many patients have no printed outcome.

    Raises
    ------
    ReconstructionError : fewer patients in all than those with outcomes.
    """
    if layout.outside is None:
        return 0
    total = int(number_of(layout.outside.total, study, f"{layout.where}, outside, total"))
    if total < n:
        raise ReconstructionError(
            f"{layout.where}, outside, total: {counted(total, 'patient')} in all, but n is {n}; correct one"
        )
    return total - n


def rows_of(layout: Layout, found: Solution, seed: Seed, outside: int = 0) -> tuple[dict[str, str], ...]:
    """Return the patients of a cohort as text, in random order; then those ``outside``, without outcomes."""
    n = found.state.time.shape[1]
    width = len(str(n + outside))
    order = generator(seed).permutation(n)
    rows = [row_of(layout, found, int(slot)) for slot in order]
    written = dict(layout.outside.write) if layout.outside is not None else {}
    rows += [dict.fromkeys(rows[0], "") | written for _ in range(outside)]
    return tuple(
        {"patient": f"P{number:0{width}d}", **row, "provenance": "reconstructed"}
        for number, row in enumerate(rows, start=1)
    )


def row_of(layout: Layout, found: Solution, slot: int) -> dict[str, str]:
    """Return outcomes and covariates of one slot."""
    row: dict[str, str] = {}
    for position, endpoint in enumerate(layout.endpoints):
        row[endpoint.time] = f"{found.state.time[position, slot] / TICKS_PER_MONTH:.2f}"
        row[endpoint.event] = str(found.state.event[position, slot])
    for name in (c.name for c in layout.covariates):
        row |= words_of(layout, found, name, slot)
    return row


def words_of(layout: Layout, found: Solution, name: str, slot: int) -> Mapping[str, str]:
    """Return the columns of one covariate of one slot."""
    covariate = layout.covariate(name)
    coded = list(found.columns.codes)
    if covariate.measured is not None:
        decimals = covariate.measured.decimals
        return {name: f"{measurement(found, name, slot) / 10**decimals:.{decimals}f}"}
    level = int(found.state.code[coded.index(name), slot])
    return dict(covariate.write[level]) if covariate.write else {name: covariate.levels[level]}


def measurement(found: Solution, name: str, slot: int) -> int:
    """Return the measurement at a slot; one without classes stays with its record."""
    coded = list(found.columns.codes)
    if name in coded:
        return int(found.state.value[coded.index(name), slot])
    block = next(k for k, group in enumerate(found.columns.blocks) if name in group)
    return int(found.columns.values[name][found.state.record[block, slot]])
