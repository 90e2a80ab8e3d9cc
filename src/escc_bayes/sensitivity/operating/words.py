"""What ``operating_characteristics.csv`` says, from its rows alone."""

from collections.abc import Iterator

from escc_bayes.sensitivity.part import Row, Rows, number

NAMES = {
    "bayes_laplace": "the posterior",
    "cox": "Cox",
    "cox_firth": "Firth",
    "cox_univariable": "univariable Cox",
    "cox_screened": "Cox after screening",
}


def words(rows: Rows) -> tuple[str, ...]:
    """Return the sentences of the operating characteristics.

    Examples
    --------
    >>> row = {"scenario": "printed", "term": "arm", "contrast": "b vs a", "method": "cox", "true_hr": 2.0,
    ...     "cohorts": 100, "power": 0.5, "coverage": 0.94, "type_s": 0.02, "type_m": 1.4, "selected": ""}
    >>> words([row])[0].splitlines()
    ['In 100 cohorts like this one with a true HR of 2 (arm b vs a): Cox power 50 %, coverage 94 %, exaggeration 1.4.']
    """
    return (*under_null(rows), *under_effects(rows))


def under_null(rows: Rows) -> Iterator[str]:
    """Say how often each method excludes 1 where nothing matters, over all contrasts."""
    null = [row for row in rows if row["scenario"] == "null" and row["power"] != ""]
    if not null:
        return
    parts = []
    for method, name in NAMES.items():
        own = [row for row in null if row["method"] == method]
        if own:
            share = 100 * sum(number(row, "power") for row in own) / len(own)
            kept = [number(row, "selected") for row in own if row["selected"] != ""]
            whom = f" of the {100 * sum(kept) / len(kept):.0f} % selected" if kept else ""
            parts.append(f"{name} {share:.0f} %{whom}")
    yield (
        f"In {number(null[0], 'cohorts'):.0f} cohorts like this one in which no covariate matters, these shares of "
        f"intervals exclude 1 (mean over hazard ratios): {', '.join(parts)}."
    )


def under_effects(rows: Rows) -> Iterator[str]:
    """Say, for each contrast under the printed effects, what each method does."""
    alike: dict[tuple[object, object], list[Row]] = {}
    for row in rows:
        if row["scenario"] == "printed" and row["power"] != "":
            alike.setdefault((row["term"], row["contrast"]), []).append(row)
    for (term, contrast), found in alike.items():
        first = found[0]
        said = "; ".join(of_method(row) for row in found if row["method"] in NAMES)
        yield (
            f"In {number(first, 'cohorts'):.0f} cohorts like this one with a true HR of {number(first, 'true_hr'):.3g} "
            f"({term} {contrast}): {said}."
        )


def of_method(row: Row) -> str:
    """Say power, coverage and exaggeration of one method."""
    kept = f", selected {100 * number(row, 'selected'):.0f} %" if row["selected"] != "" else ""
    size = f", exaggeration {number(row, 'type_m'):.2g}" if row["type_m"] != "" else ""
    power, coverage = 100 * number(row, "power"), 100 * number(row, "coverage")
    return f"{NAMES[str(row['method'])]} power {power:.0f} %, coverage {coverage:.0f} %{size}{kept}"
