"""Tables of the classical results of a cohort: follow-up, Kaplan-Meier, log-rank, PH test, Cox of every covariate."""

import math
from collections.abc import Callable, Sequence
from itertools import groupby

from escc_bayes.estimand.tables import Row
from escc_bayes.foundation.sentence import counted
from escc_bayes.plots.words import METHODS, months, percent, probability, ratio, with_limits
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import endpoint_label, term_labels
from escc_bayes.report.page.tables import COUNTS
from escc_bayes.report.page.view import Table


def number(row: Row, name: str) -> float:
    """Return a number of a row."""
    value = row[name]
    assert isinstance(value, int | float)
    return float(value)


def named(bundle: Bundle, endpoint: str) -> str:
    """Return the words of an endpoint."""
    return endpoint_label(bundle.cohort, endpoint)


def confidence(bundle: Bundle) -> str:
    """Name a classical interval."""
    return f"{100 * bundle.level:g} % confidence interval"


def follow_up(bundle: Bundle) -> Table:
    """Return events, share censored and median follow-up of each endpoint."""
    rows = []
    for endpoint, found in bundle.baselines.items():
        data = bundle.cohort.endpoints[endpoint]
        n = bundle.cohort.followed(endpoint)
        row = found.tables["followup"][0]
        interval = with_limits(*(months(number(row, k)) for k in ("median", "lower", "upper")))
        censored = f"{100 * (1 - data.events / n):.0f} %"
        rows.append((endpoint, str(row["clock"]), f"{n}", f"{data.events}", censored, interval))
    head = (
        "Endpoint",
        "Time from",
        "Patients",
        "Events",
        "Censored",
        f"Median follow-up, months ({confidence(bundle)})",
    )
    caption = provenance_first(bundle.cohort.provenance, "Events and follow-up (reverse Kaplan-Meier)")
    return Table(caption, head, tuple(rows))


def baseline_survival(bundle: Bundle, endpoint: str) -> Table:
    """Return Kaplan-Meier survival at the landmarks, medians and restricted means of each group."""
    tables = bundle.baselines[endpoint].tables
    medians = {(r["term"], r["group"]): r for r in tables["medians"]}
    means = {(r["term"], r["group"]): r for r in tables["rmst"]}
    times = list(dict.fromkeys(number(r, "time") for r in tables["landmarks"]))
    rows: list[tuple[str, ...]] = []
    for heading, of_term in groupby(tables["landmarks"], key=lambda r: heading_of(r, bundle)):
        rows.append((heading,))
        for key, block in groupby(of_term, key=lambda r: (r["term"], r["group"])):
            at = [limits_of(r, "survival", percent) for r in block]
            rows.append((str(key[1]), *survival_cells(medians[key], means[key], at)))
    head = ("Group", "Patients", "Events", *(f"{t:g} months, %" for t in times), "Median, months", "RMST, months", "to")
    caption = (
        f"{named(bundle, endpoint)}: Kaplan-Meier survival, medians and restricted means (RMST), {confidence(bundle)}s"
    )
    return Table(provenance_first(bundle.cohort.provenance, caption), head, tuple(rows))


def survival_cells(median: Row, mean: Row, at: Sequence[str]) -> tuple[str, ...]:
    """Return the cells of one group after its name."""
    until = f"{number(mean, 'until'):.1f}"
    counts = (f"{median['n']}", f"{median['events']}")
    return (*counts, *at, limits_of(median, "median", months), limits_of(mean, "rmst", months), until)


def heading_of(row: Row, bundle: Bundle) -> str:
    """Return covariate and clock of a row; NAIVE clocks say so."""
    term = str(row["term"])
    return f"{term_labels(bundle.cohort).get(term, term) or 'All patients'}; time from {row['clock']}"


def limits_of(row: Row, name: str, words: Callable[[float], str]) -> str:
    """Print a value of a row with its limits; where log-log limits do not exist, exact ones and their name."""
    value, lower, upper = (number(row, key) for key in (name, "lower", "upper"))
    if math.isnan(lower) and math.isnan(upper) and not math.isnan(value) and "lower_exact" in row:
        exact = [number(row, key) for key in ("lower_exact", "upper_exact")]
        if not all(map(math.isnan, exact)):
            return f"{words(value)} ({words(exact[0])} to {words(exact[1])}, exact)"
    return with_limits(words(value), words(lower), words(upper))


def logrank_table(bundle: Bundle, endpoint: str) -> Table | None:
    """Return log-rank tests, overall and pairwise; None without any."""
    rows: list[tuple[str, ...]] = []
    for heading, of_term in groupby(bundle.baselines[endpoint].tables["logrank"], key=lambda r: heading_of(r, bundle)):
        rows.append((heading,))
        rows += [
            (comparison_words(r), f"{r['n']} ({r['events']})", *chi_squared_cells(r), probability(number(r, "p_holm")))
            for r in of_term
        ]
    robust = bundle.cohort.sampled or bundle.cohort.cluster is not None
    tests = "robust score tests (Cox) in place of log-rank tests" if robust else "log-rank tests"
    caption = provenance_first(
        bundle.cohort.provenance, f"{named(bundle, endpoint)}: {tests}; pairs with Holm's correction"
    )
    head = ("Comparison", COUNTS, "Chi-squared", "df", "P", "P, Holm")
    return Table(caption, head, tuple(rows)) if rows else None


def comparison_words(row: Row) -> str:
    """Return what a rank test compares, and within which strata."""
    return f"{row['comparison']}, within {row['strata']}" if row["strata"] else str(row["comparison"])


def ph_table(bundle: Bundle, endpoint: str) -> Table | None:
    """Return tests of proportional hazards of the multivariable Cox model; None without any."""
    labels = term_labels(bundle.cohort)
    found = bundle.baselines[endpoint].tables["ph_test"]
    if not found:
        return None
    rows = [(labels.get(str(r["term"]), str(r["term"])), *chi_squared_cells(r)) for r in found]
    first = found[0]
    of = of_patients(first)
    heading = (f"All covariates together; {of}; time from {first['clock']}",)
    caption = provenance_first(bundle.cohort.provenance, f"{named(bundle, endpoint)}: tests of proportional hazards")
    return Table(caption, ("Covariate", "Chi-squared", "df", "P"), (heading, *rows))


def chi_squared_cells(row: Row) -> tuple[str, str, str]:
    """Print chi-squared, degrees of freedom and P value."""
    return f"{number(row, 'chi2'):.2f}", f"{row['df']}", probability(number(row, "p_value"))


def baseline_ratios(bundle: Bundle, endpoint: str) -> Table | None:
    """Return univariable and multivariable hazard ratios of all covariates of the cohort; None without any."""
    rows: list[tuple[str, ...]] = []
    for heading, block in groupby(bundle.baselines[endpoint].tables["hazard_ratios"], key=model_words):
        rows.append((heading,))
        rows += [ratio_cells(r, bundle) for r in block]
    head = ("Contrast", "Method", f"Hazard ratio ({confidence(bundle)})", "P", "Remark")
    caption = f"{named(bundle, endpoint)}: hazard ratios of every covariate of the cohort, one by one and all together"
    return Table(provenance_first(bundle.cohort.provenance, caption), head, tuple(rows)) if rows else None


def model_words(row: Row) -> str:
    """Return model, patients, events and clock of a row."""
    words = {"univariable": "Covariate on its own", "multivariable_known_at_zero": "Covariates known at time zero"}
    model = words.get(str(row["model"]), "All covariates together")
    within = f", within {row['strata']}" if row["strata"] else ""
    return f"{model}{within}; {of_patients(row)}; time from {row['clock']}"


def ratio_cells(row: Row, bundle: Bundle) -> tuple[str, ...]:
    """Return the cells of one hazard ratio."""
    term, method = str(row["term"]), str(row["method"])
    return (
        f"{term_labels(bundle.cohort).get(term, term)}: {row['contrast']}",
        METHODS.get(method, method),
        limits_of(row, "hr", ratio),
        probability(number(row, "p_value")),
        str(row["note"]),
    )


def of_patients(row: Row) -> str:
    """Say how many patients and events a row is of."""
    return f"{counted(int(str(row['n'])), 'patient')}, {counted(int(str(row['events'])), 'event')}"
