"""What the tables of states and incidences say in sentences, and whether the model follows Aalen-Johansen."""

import math
from collections.abc import Mapping, Sequence

from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.sentence import counted
from escc_bayes.plots.words import percent

type StateTables = Mapping[str, Sequence[Row]]

YEARS = (12.0, 24.0, 36.0)
OBSERVED = "aalen_johansen"


def number(row: Row, key: str) -> float:
    """Return a number of a row; NaN where there is none."""
    value = row[key]
    return math.nan if value is None or value == "" else float(str(value))


def chosen(rows: Sequence[Row], **asked: object) -> list[Row]:
    """Return the rows in which every column asked for has its value."""
    return [row for row in rows if all(row.get(key) == value for key, value in asked.items())]


def what_of(tables: StateTables) -> tuple[Sequence[Row], str]:
    """Return the rows over time of a model, and the column that names what they are of: states, or causes."""
    return (tables["states"], "state") if "states" in tables else (tables["cumulative_incidence"], "cause")


def years_of(rows: Sequence[Row]) -> list[float]:
    """Return the years that follow-up reaches; without any its last month."""
    months = {number(row, "time") for row in rows}
    return [month for month in YEARS if month in months] or [max(months)]


def years_outside(tables: StateTables, method: str) -> list[float] | None:
    """Return the years at which Aalen-Johansen of all patients lies outside a posterior interval; None: not checked."""
    rows, key = what_of(tables)
    model = {(row[key], row["time"]): row for row in chosen(rows, method=method, term="")}
    seen = {(row[key], row["time"]): number(row, "probability") for row in chosen(rows, method=OBSERVED, term="")}
    if not model or not seen:
        return None
    outside = {
        month
        for (name, month), row in model.items()
        if month in years_of(rows)
        and not number(row, "lower") <= seen.get((name, month), math.nan) <= number(row, "upper")
    }
    return sorted(float(str(month)) for month in outside)


def interval(row: Row, *, of_rest: bool = False) -> str:
    """Return a probability with its limits in per cent; ``of_rest``: of what is not in it."""
    value, lower, upper = (number(row, key) for key in ("probability", "lower", "upper"))
    if of_rest:
        value, lower, upper = 1.0 - value, 1.0 - upper, 1.0 - lower
    limits = "" if math.isnan(lower) else f" ({percent(lower)} to {percent(upper)})"
    return f"{percent(value)} %{limits}"


def state_sentences(tables: StateTables, method: str, level: float) -> tuple[str, ...]:
    """Return a sentence on the states of all patients at each year, and one on survival after progression."""
    states = chosen(tables["states"], method=method, term="")
    found = [f"{100 * level:g} % credible intervals in brackets."]
    for month in years_of(states):
        start, progressed, dead = (chosen(states, time=month, state=s)[0] for s in ("start", "progressed", "dead"))
        found.append(
            f"At {counted(month, 'month')}: progression-free survival {interval(start)}, alive after progression "
            f"{interval(progressed)}, overall survival {interval(dead, of_rest=True)}."
        )
    found.append(
        "Overall survival is progression-free survival and being alive after progression together, so that "
        "progression-free survival is never above it: by construction, not as a finding."
    )
    after = chosen(tables["after_progression"], method=method, term="")
    return (*found, after_sentence(after)) if after else tuple(found)


def after_sentence(after: Sequence[Row]) -> str:
    """Say survival after progression of all who progress."""
    alive = "; ".join(
        f"at {counted(number(row, 'time'), 'month')} {value_words(row, 100.0, ' %')}"
        for row in chosen(after, estimand="survival")
    )
    median = value_words(chosen(after, estimand="median")[0], 1.0, " months")
    first = after[0]
    return (
        f"Survival after progression, of those who progress ({first['events']} deaths in {first['n']} followed after "
        f"it): {alive}; median {median}."
    )


def value_words(row: Row, scale: float, unit: str) -> str:
    """Return a value with limits in a unit; a median that was not reached says so, an extrapolation has a dagger."""
    value, lower, upper = (scale * number(row, key) for key in ("value", "lower", "upper"))
    if math.isnan(value):
        return "not reached" if row["estimand"] == "median" else "beyond follow-up"
    limits = tuple("not reached" if math.isnan(limit) else f"{limit:.1f}" for limit in (lower, upper))
    dagger = " †" if "extrapolated" in str(row["note"]) else ""
    return f"{value:.1f}{unit} ({limits[0]} to {limits[1]}){dagger}"


def incidence_sentences(tables: StateTables, method: str, level: float) -> tuple[str, ...]:
    """Return a sentence on the causes of all patients at each year."""
    rows = chosen(tables["cumulative_incidence"], method=method, term="")
    found = [f"{100 * level:g} % credible intervals in brackets."]
    for month in years_of(rows):
        each = [f"{row['cause']} {interval(row)}" for row in chosen(rows, time=month)]
        found.append(f"By month {month:g}: {', '.join(each)}.")
    return (
        *found,
        "A hazard ratio says how a cause comes about among those still free of every event; the cumulative incidence, "
        "how many have it. A covariate can raise the first and lower the second.",
    )
