"""One page first: for each hazard ratio what the data say alone, what the prior adds, what would overturn it.

``one_page.csv`` takes every number from the tables of the parts; the sentences are made of its rows alone.
"""

import math
from collections.abc import Iterator

from escc_bayes.estimand.estimand import HazardRatio, contrast_in
from escc_bayes.sensitivity.information import cox_is_of
from escc_bayes.sensitivity.one_page_words import one_page_words
from escc_bayes.sensitivity.part import Row, Rows, Summary, Tables, number
from escc_bayes.sensitivity.subject import Subject

COLUMNS = (
    *("endpoint", "model", "term", "contrast", "hr", "lower", "upper", "level", "prob_gt_1"),
    *("events", "versus_events", "cox_hr", "cox_lower", "cox_upper", "cox_of", "data_share", "prior_events"),
    *("tipping_sd", "prior_sd", "priors_held", "priors", "priors_low", "priors_high"),
    *("patients_to_overturn", "patients_at_least", "confounder_hr", "prevalence", "versus_prevalence"),
    *("overturn",),
    *("specifications_alike", "specifications", "specifications_low", "specifications_high", "warning"),
    *("provenance", "clock"),
)


def one_page(subject: Subject, tables: Tables) -> Rows:
    """Return a row for every hazard ratio that tables show."""
    return [page_row(subject, asked, tables) for asked in subject.contrasts]


def page_row(subject: Subject, asked: HazardRatio, tables: Tables) -> Row:
    """Return the row of one hazard ratio; what no table says stays empty."""
    endpoint, contrast = subject.plan.rows.endpoint, contrast_in(asked)
    # Of several endpoints some parts name all, some that of the contrast.
    own = {
        name: [row for row in rows if held_by(row, (endpoint, asked.transition), asked.term, contrast)]
        for name, rows in tables.items()
    }
    cells: dict[str, object] = {"endpoint": endpoint, "model": subject.spec.name, "term": asked.term}
    cells["contrast"] = contrast
    cells |= {"provenance": subject.plan.rows.provenance, "clock": subject.plan.rows.clock, "warning": ""}
    cells["cox_of"] = cox_is_of(subject.plan, asked)
    cells |= of_posterior(subject, asked) | answer(own) | data(own) | priors(own) | fragility(own) | confounder(own)
    cells["overturn"] = looked(own)
    cells |= specifications(own, number_or_nan(cells, "hr"))
    return {name: cells.get(name, math.nan) for name in COLUMNS}


def held_by(row: Row, endpoints: tuple[str, ...], term: str, contrast: str) -> bool:
    """Return whether a row is of a hazard ratio."""
    return row.get("endpoint") in endpoints and (row.get("term"), row.get("contrast")) == (term, contrast)


def of_posterior(subject: Subject, asked: HazardRatio) -> dict[str, object]:
    """Return the posterior's hazard ratio, which stands on the page whatever parts are not computed."""
    level = subject.asked.level
    found = subject.posterior.estimate(asked, level=level)
    values = (found.value, found.lower, found.upper, level, found.prob_gt_1)
    return dict(zip(("hr", "lower", "upper", "level", "prob_gt_1"), values, strict=True))


def number_or_nan(row: Row, name: str) -> float:
    """Return a cell as a number; NaN where the row has none."""
    return number(row, name) if name in row else math.nan


def taken(row: Row, names: dict[str, str]) -> dict[str, object]:
    """Return cells of a row under other names."""
    return {name: row[source] for name, source in names.items()}


def answer(own: Tables) -> dict[str, object]:
    """Return the posterior's hazard ratio as ``reverse_bayes.csv`` has it, and the prior that tips it."""
    names = ("hr", "lower", "upper", "level", "prob_gt_1", "tipping_sd")
    return next((taken(row, dict(zip(names, names, strict=True))) for row in own.get("reverse_bayes", ())), {})


def data(own: Tables) -> dict[str, object]:
    """Return events, the share that is data, and Cox."""
    names = ("events", "versus_events", "data_share", "prior_events", "prior_sd", "warning")
    found = next((taken(row, dict(zip(names, names, strict=True))) for row in own.get("information", ())), {})
    cox = (row for row in own.get("confounding", ()) if row["kind"] == "e_value" and row["method"] == "cox")
    return found | next((taken(row, {"cox_hr": "hr", "cox_lower": "lower", "cox_upper": "upper"}) for row in cox), {})


def priors(own: Tables) -> dict[str, object]:
    """Return under how many other priors the conclusion holds, and between which hazard ratios they lie."""
    grid = [row for row in own.get("priors", ()) if row["kind"] == "grid"]
    if not grid:
        return {}
    ratios = [number(row, "hr") for row in grid]
    held = sum(row["conclusion"] == "holds" for row in grid)
    return {"priors": len(grid), "priors_held": held, "priors_low": min(ratios), "priors_high": max(ratios)}


def fragility(own: Tables) -> dict[str, object]:
    """Return how many patients must go to overturn the conclusion, or how many do not suffice."""
    rows = (row for row in own.get("influence", ()) if row["kind"] == "smallest removal")
    names = {"patients_to_overturn": "patients_changed", "patients_at_least": "at_least"}
    return next((taken(row, names) for row in rows), {})


def confounder(own: Tables) -> dict[str, object]:
    """Return the weakest confounder among those looked at that takes the conclusion to P = 0.95."""
    rows = [r for r in own.get("confounding", ()) if r["kind"] == "tipping" and r["method"] == "P = 0.95"]
    found = [row for row in rows if not math.isnan(number(row, "confounder_hr"))]
    if not found:
        return {}
    names = ("confounder_hr", "prevalence", "versus_prevalence")
    weakest = min(found, key=lambda row: number(row, "confounder_hr"))
    return taken(weakest, dict(zip(names, names, strict=True)))


def looked(own: Tables) -> str:
    """Say where no part looked for a sceptic, patients or a confounder that overturns the conclusion."""
    confounders = any(row["kind"] == "tipping" for row in own.get("confounding", ()))
    return "" if own.get("reverse_bayes") or own.get("influence") or confounders else "not looked at"


def specifications(own: Tables, hr: float) -> dict[str, object]:
    """Return how many other analyses lie on the same side of 1, and between which hazard ratios all lie."""
    ratios = list(finite(own.get("multiverse", ())))
    if not ratios or math.isnan(hr):
        return {}
    alike = sum((ratio > 1.0) == (hr > 1.0) for ratio in ratios)
    return {
        "specifications": len(ratios),
        "specifications_alike": alike,
        "specifications_low": min(ratios),
        "specifications_high": max(ratios),
    }


def finite(rows: Rows) -> Iterator[float]:
    """Yield the hazard ratios of single specifications."""
    for row in rows:
        ratio = number(row, "hr")
        if row["method"] != "stacked" and 0.0 < ratio < math.inf:
            yield ratio


SUMMARY = Summary("one_page", "one page first", COLUMNS, one_page, one_page_words)
