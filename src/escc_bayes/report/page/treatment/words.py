"""Numbers of the chapter as readers see them, and what its tables begin with."""

import math
from collections.abc import Iterable, Sequence

from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.printed import number
from escc_bayes.estimand.tables import Row
from escc_bayes.matching.as_read import POSTERIORS, covariate_read
from escc_bayes.matching.run import Match
from escc_bayes.plots.words import METHODS, NOTHING, months, percent, probability, ratio, with_limits
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.study.treatment.gather import Treatment

NOT_REACHED = "not reached"
OTHERS = {"bayes_laplace": "Bayes"}


def method_of(word: str) -> str:
    """Name a method."""
    return f"Bayes, {POSTERIORS[word]}" if word in POSTERIORS else OTHERS.get(word) or METHODS.get(word, word)


def alike_by(match: Match) -> str:
    """Return how the groups of a design were made alike, a verb's stem: match or weight."""
    return "weight" if match.design.pairs is None else "match"


def label_of(cohort: Cohort, name: str) -> str:
    """Return the words of a covariate."""
    return covariate_read(cohort, name)


def treatment_of(held: Treatment) -> str:
    """Return the words of the treatment."""
    return label_of(held.cohort, held.asked.treatment)


def endpoint_of(cohort: Cohort, name: str) -> str:
    """Return the words of an endpoint."""
    return cohort.schema.endpoints[name].label or name


def chosen(rows: Iterable[Row], **asked: object) -> list[Row]:
    """Return the rows in which every column asked for has its value."""
    return [row for row in rows if all(row[key] == value for key, value in asked.items())]


def ratio_cell(hr: float, lower: float, upper: float) -> str:
    """Print a hazard ratio with its limits; nothing where there is none."""
    return "" if math.isnan(hr) else with_limits(ratio(hr), ratio(lower), ratio(upper))


def ratio_of(row: Row, value: str = "value") -> str:
    """Print the hazard ratio of a row."""
    return ratio_cell(number(row[value]), number(row["lower"]), number(row["upper"]))


def cell_of(row: Row) -> str:
    """Print value and limits of a row of ``contrasts.csv`` in the unit of its quantity."""
    value, lower, upper = (number(row[key]) for key in ("value", "lower", "upper"))
    quantity = row["quantity"]
    if quantity == "probability":
        return probability(value)
    if quantity == "hazard_ratio":
        return ratio_cell(value, lower, upper)
    if quantity == "median":
        found = [months(x) if math.isfinite(x) else NOT_REACHED for x in (value, lower, upper)]
        return NOT_REACHED if set(found) == {NOT_REACHED} else with_limits(*found)
    if math.isnan(value):
        return NOTHING
    if quantity in ("survival", "survival_difference"):
        return with_limits(*(percent(x) for x in (value, lower, upper)))
    return with_limits(*(limit(x) for x in (value, lower, upper)))


def limit(x: float) -> str:
    """Print months gained, or a limit of them."""
    return NOTHING if math.isnan(x) else months(x)


def captioned(held: Treatment, words: str, file: str, *, of_design: bool = False) -> str:
    """Return a caption: provenance first, how many reconstructions it is pooled over, a design's clock, the file."""
    pooled = f"; pooled over {held.members} reconstructions" if held.members > 1 else ""
    clock = held.first.patients.clock(held.asked.treatment) if of_design else ""
    naive = f"; {clock}" if clock.startswith("NAIVE") else ""
    return provenance_first(held.cohort.provenance, f"{words}{pooled}{naive}; {file_words(file)}")


def file_words(file: str) -> str:
    """Say in which file the numbers of a table stand."""
    return f"file treatment_{file}.csv"


def naive_words(held: Treatment, endpoint: str) -> tuple[str, ...]:
    """Say that a treatment that becomes known later is compared as if known at time zero."""
    clock = held.matches[endpoint][0].patients.clock(held.asked.treatment)
    if not clock.startswith("NAIVE"):
        return ()
    return (f"{clock}: whoever had it lived until it began; analyses that take this out stand below.",)


def limits_words(held: Treatment) -> str:
    """Say level and kinds of the intervals."""
    return f"{100 * held.level:g} % limits: confidence of Cox, Weibull and Kaplan-Meier, credible of Bayes."


def marks_note(held: Treatment, shown: Sequence[str]) -> tuple[str, ...]:
    """Say what the marks of printed numbers mean, where one is shown."""
    if held.printed is None:
        return ()
    return tuple(one for one in held.printed.remarks if any(text.endswith(one[0]) for text in shown))


def note_of(*parts: str) -> str:
    """Join the sentences of a note."""
    return " ".join(part for part in parts if part)
