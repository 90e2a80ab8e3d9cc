"""What was printed beside what the cohorts give, and the spread of what was not printed.

Column names of ``targets.csv`` are fixed by the design page; further columns come after them.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import permutations

import numpy as np

from escc_bayes.data.rounding import interval
from escc_bayes.evidence.reconstruction.curve_statistics import UNREACHED
from escc_bayes.evidence.reconstruction.reconstruct import Reconstruction
from escc_bayes.evidence.reconstruction.search import Solution
from escc_bayes.evidence.reconstruction.target import Target
from escc_bayes.evidence.reconstruction.target_places import number_of
from escc_bayes.evidence.reconstruction.targets_of_curves import half_width
from escc_bayes.foundation.sentence import counted

COLUMNS = (
    *("study", "endpoint", "target", "printed", "achieved_median", "matched", "within_rounding", "reachable"),
    *("distance", "achieved_low", "achieved_high", "matched_share", "fights_with"),
)
SPREAD_COLUMNS = ("study", "quantity", "low", "median", "high", "cohorts")
SET_ASIDE = (
    "  Set aside is what no search had beside everything that is required (a curve of some patients as a whole), and "
    "what other printed numbers decide; distances are those of the nearest cohort."
)
NOTHING_GAVE_WAY = "; not had either when it was insisted on, and nothing gave way"
# What is read back of a value: below this, two are the same.
SAME = 1e-9


def target_rows(found: Reconstruction) -> list[dict[str, object]]:
    """Return one row for every printed statistic and count.

    A median that is not reached is infinite. ``matched``: in every cohort. ``distance``: from the values that count as
    matched, of the nearest cohort.
    """
    values = np.array([cohort.value for cohort in found.solutions])
    values = np.where(values * [t.unit for t in found.targets] >= UNREACHED, np.inf, values)
    rows = [target_row(found, k, values[:, k]) for k in range(len(found.targets))]
    return [*rows, *count_rows(found), *t_test_rows(found)]


def target_row(found: Reconstruction, number: int, values: np.ndarray) -> dict[str, object]:
    """Return the row of one target."""
    target = found.targets[number]
    gaps = np.array([target.distance(float(v)) for v in values])
    inside = [target.rounding.holds(float(v)) for v in values]
    against = [name_of(found.targets[k]) for k in found.conflicts.fights.get(number, ())]
    return row(
        found.study.id,
        target.endpoint,
        target.name,
        target.printed,
        values,
        matched=gaps <= SAME,
        within_rounding=bool(np.all(inside)),
        # Only what some cohort has is known to be within reach.
        reachable=not bool(found.conflicts.unreachable[number]) and bool((gaps <= SAME).any()),
        distance=float(gaps.min()),
        fights_with="; ".join(against),
    )


def name_of(target: Target) -> str:
    """Return endpoint and name of a target."""
    return f"{target.endpoint}: {target.name}" if target.endpoint else target.name


def row(
    study: str,
    endpoint: str,
    target: str,
    printed: str,
    values: np.ndarray,
    *,
    matched: np.ndarray,
    within_rounding: bool,
    reachable: bool,
    distance: float,
    fights_with: str,
) -> dict[str, object]:
    """Return one row of ``targets.csv``."""
    return {
        "study": study,
        "endpoint": endpoint,
        "target": target,
        "printed": printed,
        "achieved_median": rounded(float(np.median(values))),
        "matched": bool(matched.all()),
        "within_rounding": within_rounding,
        "reachable": reachable,
        "distance": rounded(distance),
        "achieved_low": rounded(float(values.min())),
        "achieved_high": rounded(float(values.max())),
        "matched_share": rounded(float(matched.mean())),
        "fights_with": fights_with,
    }


def rounded(value: float) -> float:
    """Return a number with the digits that a reader can use."""
    return round(value, 5)


def count_rows(found: Reconstruction) -> Iterator[dict[str, object]]:
    """Yield patients, levels and cells of cross-tables, and the printed counts that the layout rejects."""
    study, layout = found.study, found.layout
    patients = found.n if layout.outside is None else number_of(layout.outside.total, study, layout.where)
    yield exact_row(study.id, "patients", float(patients), np.array([len(c) for c in found.cohorts], dtype=float))
    for covariate in layout.covariates:
        for k, (level, count) in enumerate(zip(covariate.levels, covariate.counts, strict=False)):
            achieved = np.array(
                [(codes_of(cohort, covariate.name) == k).sum() for cohort in found.solutions], dtype=float
            )
            printed = float(number_of(count, study, layout.where))
            yield exact_row(study.id, f"n, {covariate.name} {level}", printed, achieved)
    for joint in layout.joints:
        for cell in joint.cells:
            words = ", ".join(f"{name} {level}" for name, level in cell.levels)
            inside = [
                np.logical_and.reduce(
                    [codes_of(c, name) == layout.covariate(name).levels.index(level) for name, level in cell.levels]
                ).sum()
                for c in found.solutions
            ]
            printed = float(number_of(cell.count, study, layout.where))
            yield exact_row(study.id, f"n, {words}", printed, np.array(inside, dtype=float))
    yield from rejected_rows(found)


def rejected_rows(found: Reconstruction) -> Iterator[dict[str, object]]:
    """Yield the printed counts that contradict those the layout follows, with the reason."""
    for entry in found.layout.rejected:
        level = found.layout.covariate(entry.covariate).levels.index(entry.level)
        achieved = np.array([(codes_of(c, entry.covariate) == level).sum() for c in found.solutions], dtype=float)
        printed = float(number_of(entry.number, found.study, found.layout.where))
        name = f"n, {entry.covariate} {entry.level} ({entry.number})"
        yield exact_row(found.study.id, name, printed, achieved, reachable=False, why=entry.why)


def exact_row(
    study: str, name: str, printed: float, achieved: np.ndarray, *, reachable: bool = True, why: str = ""
) -> dict[str, object]:
    """Return the row of a count."""
    gaps = np.abs(achieved - printed)
    return row(
        study,
        "",
        name,
        f"{printed:g}",
        achieved,
        matched=gaps == 0.0,
        within_rounding=bool((gaps == 0.0).all()),
        reachable=reachable and bool((gaps == 0.0).any()),
        distance=float(gaps.min()),
        fights_with=why,
    )


def codes_of(cohort: Solution, name: str) -> np.ndarray:
    """Return the level of one covariate at every slot."""
    found: np.ndarray = cohort.state.code[list(cohort.columns.codes).index(name)]
    return found


def t_test_rows(found: Reconstruction) -> Iterator[dict[str, object]]:
    """Yield the printed t statistics between two measured covariates, unpaired as their degrees of freedom say."""
    for test in found.layout.t_tests:
        names = list(found.cohorts[0][0])
        if test.first not in names or test.second not in names:
            continue
        achieved = np.array([unpaired_t(cohort, test.first, test.second) for cohort in found.cohorts])
        printed = number_of(test.number, found.study, found.layout.where)
        inside = interval(printed)
        gaps = np.maximum(np.abs(achieved - float(printed)) - half_width(inside), 0.0)
        yield row(
            found.study.id,
            "",
            f"t, {test.first} against {test.second}",
            str(printed),
            achieved,
            matched=gaps <= SAME,
            within_rounding=bool((gaps <= SAME).all()),
            reachable=bool((gaps <= SAME).all()),
            distance=float(gaps.min()),
            fights_with="" if (gaps <= SAME).all() else f"means and SDs of {test.first} and {test.second}, n {found.n}",
        )


def unpaired_t(cohort: tuple[dict[str, str], ...], first: str, second: str) -> float:
    """Return Student's t of two columns of equal length."""
    a, b = (np.array([float(r[name]) for r in cohort]) for name in (first, second))
    return float((a.mean() - b.mean()) / np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / a.size))


def spread_rows(found: Reconstruction) -> list[dict[str, object]]:
    """Return the range over the cohorts of what was not printed: events, class sizes, one covariate within another."""
    shares: list[tuple[str, list[float]]] = []
    for position, endpoint in enumerate(found.layout.endpoints):
        shares.append((f"events, {endpoint.name}", [float(c.state.event[position].sum()) for c in found.solutions]))
    for covariate in found.layout.covariates:
        for k, level in enumerate(covariate.levels):
            if covariate.measured is not None:
                shares.append(
                    (
                        f"n, {covariate.name} {level}",
                        [float((codes_of(c, covariate.name) == k).sum()) for c in found.solutions],
                    )
                )
    for first, second in permutations([c for c in found.layout.covariates if c.levels], 2):
        shares += within(found, first.name, second.name)
    return ranges(found.study.id, shares)


def ranges(study: str, quantities: list[tuple[str, list[float]]]) -> list[dict[str, object]]:
    """Return one row of ``spread.csv`` for each quantity, from its value in every cohort."""
    return [
        {
            "study": study,
            "quantity": name,
            "low": rounded(min(values)),
            "median": rounded(float(np.median(values))),
            "high": rounded(max(values)),
            "cohorts": len(values),
        }
        for name, values in quantities
    ]


def within(found: Reconstruction, outer: str, inner: str) -> list[tuple[str, list[float]]]:
    """Return the share of each level of ``inner`` within each level of ``outer``, by cohort."""
    tables = [
        Counter(zip(codes_of(c, outer).tolist(), codes_of(c, inner).tolist(), strict=True)) for c in found.solutions
    ]
    shares = []
    for i, first in enumerate(found.layout.covariate(outer).levels):
        for j, second in enumerate(found.layout.covariate(inner).levels):
            sizes = [sum(n for (a, _), n in table.items() if a == i) for table in tables]
            values = [table[(i, j)] / max(size, 1) for table, size in zip(tables, sizes, strict=True)]
            shares.append((f"share of {inner} {second} within {outer} {first}", values))
    return shares


def cohorts_words(found: Reconstruction) -> str:
    """Say how many cohorts there are."""
    return f"{len(found.solutions)} cohort{'s' * (len(found.solutions) != 1)}"


def patients_words(found: Reconstruction) -> str:
    """Say how many patients a cohort has, and how many of them have no outcome."""
    outside = len(found.cohorts[0]) - found.n
    return f"{counted(found.n, 'patient')}" + (f", beside {outside} of whom nothing is printed" if outside else "")


def nearest_words(row: dict[str, object]) -> str:
    """Say how near the cohorts come to a target that was not asked of them."""
    share = float(str(row["matched_share"]))
    near = (
        f"had in {100 * share:.0f} % of cohorts, not asked for"
        if share > 0.0
        else f"nearest off by {row['distance']:g}"
    )
    return f"{near} (median {row['achieved_median']:g})"


def summary(found: Reconstruction) -> list[str]:
    """Say in sentences what was matched, what could not be, and what it fights with."""
    rows = target_rows(found)
    required = {
        (target.endpoint, target.name)
        for number, target in enumerate(found.targets)
        if not found.conflicts.unreachable[number]
    }
    asked = [r for r in rows if r["reachable"] or (r["endpoint"], r["target"]) in required]
    said = [
        f"RECONSTRUCTED {found.study.id}: {cohorts_words(found)} of {patients_words(found)}; "
        f"{sum(bool(r['matched']) for r in asked)} of {len(asked)} targets asked of every "
        "cohort are matched in every cohort."
    ]
    for r in asked:
        if not r["matched"]:
            said.append(
                f"  not in every cohort ({100 * float(str(r['matched_share'])):.0f} %): {r['endpoint']} {r['target']}, "
                f"printed {r['printed']}, achieved {r['achieved_low']:g} to {r['achieved_high']:g}"
            )
    if len(asked) < len(rows):
        said.append(SET_ASIDE)
    for r in rows:
        if r not in asked:
            against = f"; against {r['fights_with']}" if r["fights_with"] else NOTHING_GAVE_WAY
            said.append(
                f"  set aside: {r['endpoint']} {r['target']}, printed {r['printed']}, {nearest_words(r)}{against}"
            )
    return said
