"""What ``multiverse.csv`` says, from its rows alone."""

from collections.abc import Iterator

from escc_bayes.sensitivity.part import Row, Rows, number

COX = ("cox", "cox_screened")
UNTESTED = (
    "; outcomes of several transitions, or with sampling weights, are not permuted: no P value is over all of them, "
    "and nothing is chosen by the outcome"
)
NULL = "under the complete null: no covariate matters"


def words(rows: Rows) -> tuple[str, ...]:
    """Return the sentences of the multiverse, hazard ratio by hazard ratio, of every endpoint together.

    Examples
    --------
    >>> row = {"specification": 1, "term": "arm", "contrast": "b vs a", "method": "cox", "hr": 2.0, "lower": 1.1,
    ...     "upper": 3.6, "level": 0.95, "selected_by_outcome": "no", "p_adjusted": 0.2, "permutations": 199}
    >>> words([row])[1].partition("; ")[0]
    'arm b vs a: 1 of 1 have a hazard ratio above 1, 1 exclude 1 (95 %)'
    """
    single = [row for row in rows if row["method"] != "stacked" and row["hr"] != ""]
    if not single:
        return ()
    found = [counted(single)]
    alike: dict[tuple[object, object], list[Row]] = {}
    for row in single:
        alike.setdefault((row["term"], row["contrast"]), []).append(row)
    for (term, contrast), own in alike.items():
        found.append(of_contrast(f"{term} {contrast}", own))
    found += [*stacked(rows), *cuts(rows), *screening(rows)]
    return tuple(found)


def counted(rows: Rows) -> str:
    """Say how many specifications there are."""
    every = {row["specification"] for row in rows}
    classical = [row for row in rows if row["method"] in COX]
    by_cox = {row["specification"] for row in classical}
    plural = "s" if len(every) > 1 else ""
    tested = [row for row in classical if row["permutations"] != ""]
    count = f"{number(tested[0], 'permutations'):.0f} permutations of whole patients' outcomes" if tested else ""
    p = f", with P values over all of them from {count}" if tested else UNTESTED
    return f"{len(every)} specification{plural} by Cox or posterior; {len(by_cox)} of them by Cox{p}."


def of_contrast(name: str, rows: list[Row]) -> str:
    """Say on which side of 1 the specifications stand, how many exclude it, and the smallest adjusted P."""
    above = sum(number(row, "hr") > 1.0 for row in rows)
    out = sum(number(row, "lower") > 1.0 or number(row, "upper") < 1.0 for row in rows)
    level = 100 * number(rows[0], "level")
    tested = [number(row, "p_adjusted") for row in rows if row["method"] in COX and row["p_adjusted"] != ""]
    p = f"; least P over all {min(tested):.3f}, {NULL}" if tested else ""
    return f"{name}: {above} of {len(rows)} have a hazard ratio above 1, {out} exclude 1 ({level:g} %){p}."


def stacked(rows: Rows) -> Iterator[str]:
    """Say the stacked averages."""
    for row in rows:
        if row["method"] == "stacked":
            yield (
                f"{row['term']} {row['contrast']}, {row['endpoint']} from {row['clock']}: stacked average HR "
                f"{number(row, 'hr'):.2f} ({100 * number(row, 'level'):g} % credible interval "
                f"{number(row, 'lower'):.2f} to {number(row, 'upper'):.2f}), P(HR > 1) {number(row, 'prob_gt_1'):.3f}; "
                f"{row['note']}."
            )


def cuts(rows: Rows) -> Iterator[str]:
    """Say what cut points chosen by the outcome are worth."""
    for row in rows:
        if row["selected_by_outcome"] != "yes" or row["method"] != "cox" or row["hr"] == "":
            continue
        known = row["optimism"] != ""
        flattered = f", and flatters the log hazard ratio by {number(row, 'optimism'):.2f}" if known else ""
        yield (
            f"{row['endpoint']}, {row['coding']} (at {row['cuts']}): HR {number(row, 'hr'):.2f}, P = "
            f"{number(row, 'p_value'):.3f} as if it had not been searched for; with the search counted P = "
            f"{number(row, 'p_permutation'):.3f}{flattered}."
        )


def screening(rows: Rows) -> Iterator[str]:
    """Say how often screening selects each covariate in resampled cohorts."""
    shares: dict[object, dict[object, Row]] = {}
    for row in rows:
        if row["method"] == "cox_screened":
            shares.setdefault(row["endpoint"], {}).setdefault(row["term"], row)
    for endpoint, own in shares.items():
        said = ", ".join(f"{term} {100 * number(row, 'selected_share'):.0f} %" for term, row in own.items())
        yield f"{endpoint}: univariable P <= 0.05, then multivariable, selects in resampled cohorts {said}."
