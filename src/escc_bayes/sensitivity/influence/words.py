"""What ``influence.csv`` says, from its rows alone."""

from collections.abc import Iterator

from escc_bayes.sensitivity.not_computed import refusals
from escc_bayes.sensitivity.part import Row, Rows, number

SETS = {"smallest removal": "removing", "smallest recoding": "recoding the event of"}


def words(rows: Rows) -> tuple[str, ...]:
    """Return the sentences of influence and fragility, hazard ratio by hazard ratio.

    Examples
    --------
    >>> words([{"kind": "smallest removal", "whom": "P01", "term": "arm", "contrast": "b vs a", "patients_changed": 1,
    ...     "at_least": 1, "prob_gt_1": 0.94, "prob_gt_1_before": 0.96, "note": ""}])
    ('arm b vs a: removing 1 patient (P01) moves P(HR > 1) from 0.960 to 0.940.',)
    """
    found: list[str] = []
    for row in rows:
        if row["kind"] in SETS:
            found.append(set_words(row))
    found += list(agreement(rows))
    for row in rows:
        if row["kind"] == "tipping point of censoring" and row["tipping_delta"] != "":
            found.append(tipping(row))
    return (*found, *refusals(rows))


def tipping(row: Row) -> str:
    """Say the hazard after censoring that moves an answer."""
    return (
        f"{name(row)}: a hazard after censoring in '{row['who']}' of {number(row, 'tipping_delta'):.2g} times that of "
        f"those still followed moves P(HR > 1), now {number(row, 'prob_gt_1_before'):.3f}, past its limit."
    )


def name(row: Row) -> str:
    """Name a row's hazard ratio."""
    return f"{row['term']} {row['contrast']}"


def set_words(row: Row) -> str:
    """Say the smallest set of patients that moves an answer."""
    before = number(row, "prob_gt_1_before")
    if row["patients_changed"] == "":
        least = number(row, "at_least")
        return (
            f"{name(row)}: no small set of patients was found whose {str(row['kind']).removeprefix('smallest ')} moves "
            f"P(HR > 1), now {before:.3f}, past 0.95 or 0.05; fewer than {least:.0f} do not suffice."
        )
    size = number(row, "patients_changed")
    who = f"{size:.3g} patient{'s' if size > 1 else ''} ({row['whom']})"
    noted = f"; {row['note']}" if row["note"] else ""
    moved = f"moves P(HR > 1) from {before:.3f} to {number(row, 'prob_gt_1'):.3f}"
    return f"{name(row)}: {SETS[str(row['kind'])]} {who} {moved}{noted}."


def agreement(rows: Rows) -> Iterator[str]:
    """Say how far exact refits and PSIS lie apart where k is below 0.5, and for how many patients it is not."""
    left = [row for row in rows if row["kind"] == "patient left out" and row["pareto_k"] != ""]
    if not left:
        return
    good = [row for row in left if number(row, "pareto_k") < 0.5]
    bad = {row["who"] for row in left if number(row, "pareto_k") >= 0.5}
    apart = max((abs(number(row, "elpd") - number(row, "elpd_psis")) for row in good), default=0.0)
    far = max((abs(number(row, "prob_gt_1") - number(row, "prob_gt_1_psis")) for row in good), default=0.0)
    yield (
        f"Each patient left out: exact refits and importance sampling from one fit differ by at most {apart:.3f} in "
        f"log predictive density and {far:.3f} in P(HR > 1) where k is below 0.5; k is above for {len(bad)} patients."
    )
