"""Tables of the classical results of a cohort: follow-up, Kaplan-Meier, log-rank, PH test, Cox of every covariate."""

from collections.abc import Callable, Sequence
from itertools import groupby

from escc_bayes.estimand.tables import Row
from escc_bayes.plots.words import METHODS, months, percent, probability, ratio, with_limits
from escc_bayes.report.bundle import Bundle
from escc_bayes.report.outcomes import contrast_text, provenance_first, term_labels
from escc_bayes.report.view import Table


def number(row: Row, name: str) -> float:
    """Return a number of a row."""
    value = row[name]
    assert isinstance(value, int | float)
    return float(value)


def confidence(bundle: Bundle) -> str:
    """Name a classical interval."""
    return f"{100 * bundle.level:g} % confidence interval"


def follow_up(bundle: Bundle) -> Table:
    """Return events, share censored and median follow-up of each endpoint."""
    rows = []
    for endpoint, found in bundle.baselines.items():
        data = bundle.cohort.endpoints[endpoint]
        n = int(data.present.sum())
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
    rows = []
    for key, block in groupby(tables["landmarks"], key=lambda r: (r["term"], r["group"])):
        median, mean = medians[key], means[key]
        at = [limits_of(r, "survival", percent) for r in block]
        group = f"{term_labels(bundle.cohort).get(str(key[0]), '')}: {key[1]}".removeprefix(": ")
        n = (f"{median['n']}", f"{median['events']}")
        restricted = f"{limits_of(mean, 'rmst', months)}, to {number(mean, 'until'):.1f}"
        rows.append((group, *n, *at, limits_of(median, "median", months), restricted, str(median["clock"])))
    head = ("Group", "Patients", "Events", *(f"{t:g} months, %" for t in times), "Median, months", "RMST, months")
    caption = f"{endpoint}: Kaplan-Meier survival, medians and restricted means, {confidence(bundle)}s"
    return Table(provenance_first(bundle.cohort.provenance, caption), (*head, "Time from"), tuple(rows))


def limits_of(row: Row, name: str, words: Callable[[float], str]) -> str:
    """Print a value of a row with its limits."""
    return with_limits(words(number(row, name)), words(number(row, "lower")), words(number(row, "upper")))


def test_table(bundle: Bundle, endpoint: str, name: str, caption: str) -> Table | None:
    """Return log-rank or proportional-hazards tests; None without any."""
    labels = term_labels(bundle.cohort)
    found: Sequence[Row] = bundle.baselines[endpoint].tables[name]
    if not found:
        return None
    pairs = name == "logrank"
    rows = tuple(
        (
            labels.get(str(r["term"]), str(r["term"])),
            *([str(r["comparison"])] if pairs else []),
            f"{number(r, 'chi2'):.2f}",
            f"{r['df']}",
            probability(number(r, "p_value")),
            *([probability(number(r, "p_holm"))] if pairs else []),
            str(r["clock"]),
        )
        for r in found
    )
    middle = ("Comparison", "Chi-squared", "df", "P", "P, Holm") if pairs else ("Chi-squared", "df", "P")
    head = ("Covariate", *middle, "Time from")
    return Table(provenance_first(bundle.cohort.provenance, f"{endpoint}: {caption}"), head, rows)


def baseline_ratios(bundle: Bundle, endpoint: str) -> Table | None:
    """Return univariable and multivariable hazard ratios of all covariates of the cohort; None without any."""
    labels = term_labels(bundle.cohort)
    found = bundle.baselines[endpoint].tables["hazard_ratios"]
    if not found:
        return None
    rows = tuple(
        (
            f"{labels.get(str(r['term']), str(r['term']))}: "
            f"{contrast_text(bundle.cohort, str(r['term']), str(r['contrast']))}",
            str(r["model"]),
            METHODS.get(str(r["method"]), str(r["method"])),
            limits_of(r, "hr", ratio),
            probability(number(r, "p_value")),
            f"{r['n']}",
            f"{r['events']}",
            "; ".join(str(r[k]) for k in ("clock", "note") if r[k]),
        )
        for r in found
    )
    head = (
        "Contrast",
        "Model",
        "Method",
        f"Hazard ratio ({confidence(bundle)})",
        "P",
        "Patients",
        "Events",
        "Time from; remark",
    )
    caption = f"{endpoint}: hazard ratios of every covariate of the cohort, one by one and all together"
    return Table(provenance_first(bundle.cohort.provenance, caption), head, rows)
