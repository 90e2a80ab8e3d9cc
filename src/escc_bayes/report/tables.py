"""Tables of the page: results as the words that readers see, intervals named, NAIVE clocks said."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from escc_bayes.bayes.posterior import Posterior
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.estimand.tables import Row
from escc_bayes.plots.words import (
    ESTIMANDS,
    METHODS,
    estimate_words,
    interval_words,
    method_words,
    months,
    percent,
    probability,
    ratio,
    with_limits,
)
from escc_bayes.report.bundle import Bundle
from escc_bayes.report.outcomes import Outcome, provenance_first, term_labels
from escc_bayes.report.view import Table

EVERYONE = "all patients"


def number(row: Row, name: str) -> float:
    """Return a number of a row."""
    value = row[name]
    assert isinstance(value, int | float)
    return float(value)


def analysed(bundle: Bundle) -> Table:
    """Return who was analysed and who was left out, model by model."""
    rows = []
    for name, posterior in bundle.posteriors.items():
        r = posterior.plan.rows
        left_out = "; ".join(f"{d.patients} {d.reason}" for d in r.dropped) or "nobody"
        censored = f"{100 * (1 - r.events / r.n):.0f} %"
        rows.append((name, r.endpoint, r.clock, f"{r.total}", f"{r.n}", f"{r.events}", censored, left_out))
    head = ("Model", "Endpoint", "Time from", "In cohort", "Analysed", "Events", "Censored", "Left out")
    return Table(provenance_first(bundle.cohort.provenance, "Patients of each model"), head, tuple(rows))


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


def confidence(bundle: Bundle) -> str:
    """Name a classical interval."""
    return f"{100 * bundle.level:g} % confidence interval"


def ratio_table(outcome: Outcome, cohort: Cohort) -> Table:
    """Return every method's hazard ratios, contrast by contrast."""
    labels = term_labels(cohort)
    rows: list[tuple[str, ...]] = []
    for (term, contrast), block in groupby(outcome.comparison.of("hazard_ratio"), key=lambda e: (e.term, e.contrast)):
        rows.append((f"{labels.get(term, term)}: {contrast_text(cohort, term, contrast)}",))
        rows += [ratio_row(e) for e in block]
    head = ("Method", "Hazard ratio (limits)", "Interval", "P(HR > 1 | data)", "P value", "Remark")
    return Table(
        provenance_first(cohort.provenance, f"{outcome.title}: hazard ratios by contrast and method; {outcome.key}"),
        head,
        tuple(rows),
        "HR of A vs B: the hazard of A over that of B. A credible interval holds the hazard ratio with the stated "
        "probability, given model and prior; a confidence interval does not. Bayes: posterior medians.",
    )


def contrast_text(cohort: Cohort, term: str, contrast: str) -> str:
    """Return a contrast with the unit of a continuous covariate."""
    unit = cohort.schema.covariates[term].unit if contrast.startswith("per ") else ""
    return f"{contrast} {unit}".strip()


def ratio_row(e: Estimate) -> tuple[str, ...]:
    """Return one method's line; a posterior that must not be used says so."""
    remark = e.note if e.verdict == "ok" else e.verdict
    return (
        method_words(e.method, e.model),
        estimate_words(e),
        interval_words(e),
        probability(e.prob_gt_1),
        probability(e.p_value),
        remark,
    )


def pivot(outcome: Outcome, cohort: Cohort, estimand: str, population: str) -> Table | None:
    """Return one row for each group and month, one column for each method; None if nothing was asked."""
    estimates = [e for e in outcome.comparison.of(estimand) if e.population == population]
    if not estimates:
        return None
    labels = term_labels(cohort)
    methods = {method_words(e.method, e.model): interval_words(e) for e in estimates}
    rows: list[tuple[str, ...]] = []
    for term, of_term in groupby(estimates, key=lambda e: e.term):
        if term:
            rows.append((labels.get(term, term),))
        for (contrast, when), block in groupby(of_term, key=lambda e: (e.contrast, f"{e.time:g}")):
            cells = {method_words(e.method, e.model): estimate_words(e) for e in block}
            what = contrast or EVERYONE
            rows.append((what, *([] if when == "nan" else [when]), *(cells.get(m, "") for m in methods)))
    timed = estimand != "median"
    head = ("Group", *(["Month"] if timed else []), *(f"{m} ({kind})" for m, kind in methods.items()))
    whose = "patients of the group as they are" if population == "group" else "all patients, each set to the group"
    words = f"{outcome.title}: {ESTIMANDS[estimand].lower()}; {outcome.key}; averaged over {whose}"
    return Table(provenance_first(cohort.provenance, words), head, tuple(rows), extrapolated(estimates))


def extrapolated(estimates: Iterable[Estimate]) -> str:
    """Say which estimates look beyond follow-up."""
    beyond = sorted({e.note for e in estimates if e.note.startswith("beyond")})
    return f"Some medians lie {'; '.join(beyond)}." if beyond else ""


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


def limits_of(row: Row, name: str, words: object) -> str:
    """Print a value of a row with its limits."""
    assert callable(words)
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


def diagnostics_table(posteriors: Mapping[str, Posterior]) -> Table:
    """Return the checks of the sampler."""
    rows = []
    for name, p in posteriors.items():
        d = p.diagnostics
        numbers = (f"{d.divergences}", f"{d.max_rhat:.4f}", d.worst, f"{d.min_ess_bulk:.0f}", f"{d.min_ess_tail:.0f}")
        rows.append((name, p.method, *numbers, d.verdict))
    head = (
        "Model",
        "Method",
        "Divergences",
        "Largest R-hat",
        "of",
        "Smallest bulk ESS",
        "Smallest tail ESS",
        "Verdict",
    )
    return Table("Sampler diagnostics over every parameter and coefficient", head, tuple(rows))


def loo_table(bundle: Bundle) -> Table | None:
    """Return models compared by leave-one-out; None with one model an outcome."""
    rows: list[tuple[str, ...]] = []
    for key, found in bundle.loo.items():
        rows.append((key,))
        for r in found:
            elpd, difference = f"{r.elpd:.1f} ({r.elpd_se:.1f})", f"{r.elpd_diff:.1f} ({r.diff_se:.1f})"
            rows.append((r.model, elpd, difference, f"{r.weight:.2f}", f"{r.pareto_k_max:.2f}"))
    if not rows:
        return None
    head = ("Model", "elpd (SE)", "Difference to the best (SE)", "Stacking weight", "Largest Pareto k")
    caption = provenance_first(bundle.cohort.provenance, "Leave-one-patient-out comparison; higher elpd is better")
    return Table(caption, head, tuple(rows))


def attribution_table(outcome: Outcome, bundle: Bundle) -> Table:
    """Return each step from univariable Cox to the posterior, as hazard ratios before and after."""
    import math

    labels = term_labels(bundle.cohort)
    rows: list[tuple[str, ...]] = []
    for posterior in outcome.posteriors:
        name = posterior.plan.spec.name
        rows.append((name,))
        for (term, contrast), steps in groupby(bundle.attribution[name], key=lambda s: (s.term, s.contrast)):
            way = list(steps)
            start = ratio(math.exp(way[0].log_hr_before))
            rows.append(
                (f"{labels.get(term, term)}: {contrast}", start, *(ratio(math.exp(s.log_hr_after)) for s in way))
            )
    head = ("Contrast", "Cox, univariable", "Cox, adjusted", "Likelihood with the model's baseline", "Posterior mean")
    caption = provenance_first(
        bundle.cohort.provenance, f"{outcome.title}: hazard ratio after each step; {outcome.key}"
    )
    return Table(caption, head, tuple(rows), "Posterior mean: exponential of the mean log hazard ratio.")
