"""Tables of the models: results as the words that readers see, intervals named, clocks said."""

import math
from collections.abc import Iterable, Mapping
from itertools import groupby

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.estimate import Estimate, joined_notes
from escc_bayes.plots.words import (
    ESTIMANDS,
    estimate_words,
    interval_words,
    method_words,
    probability,
    ratio,
)
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.behind import behind_words, by_contrast
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import Outcome, term_labels
from escc_bayes.report.page.view import Table
from escc_bayes.sensitivity.attribution import STEPS
from escc_bayes.sensitivity.part import Rows
from escc_bayes.spec.transitions import heading

EVERYONE, COUNTS = "all patients", "Patients (events)"
# What each step of an attribution leads to.
REACHED = {
    "dropped_rows": "the model's patients",
    "likelihood_form": "likelihood with the model's baseline",
    "small_sample_bias": "Firth's penalty",
    "smoothing": "smoothed baseline",
    "confounding": "adjusted, marginal",
    "non_collapsibility": "adjusted, conditional",
    "centres": "centres",
    "baseline_prior": "prior on the baseline",
    "effect_prior": "priors on effects",
    "shrinkage": "shrinkage",
    "coding": "coding",
    "mode_to_mean": "posterior mean",
    "other_sources": "with other sources",
    "background_mortality": "excess over the life table",
    "cure_fraction": "of those not cured",
}


def ratio_table(outcome: Outcome, cohort: Cohort, information: Mapping[str, Rows]) -> Table:
    """Return every method's hazard ratios, contrast by contrast; beside each what the first model's stands on."""
    labels = term_labels(cohort)
    behind = by_contrast(information.get(outcome.posteriors[0].plan.spec.name, ()))
    rows: list[tuple[str, ...]] = []
    for _, block in groupby(outcome.comparison.of("hazard_ratio"), key=lambda e: (e.term, e.contrast_in)):
        first, *others = block
        key = (first.term, first.contrast_in)
        stands_on = f" ({behind_words(behind[key])})" if key in behind else ""
        over = heading(labels.get(first.term, first.term), first.transition)
        rows.append((f"{over}: {first.contrast}{stands_on}",))
        rows += [ratio_row(e) for e in (first, *others)]
    head = ("Method", "Hazard ratio (limits)", "Interval", "P(HR > 1 | data)", "P value", "Remark")
    return Table(
        provenance_first(cohort.provenance, f"{outcome.title}: hazard ratios by contrast and method; {outcome.key}"),
        head,
        tuple(rows),
        "HR of A vs B: the hazard of A over that of B. A credible interval holds the hazard ratio with the stated "
        "probability, given model and prior; a confidence interval does not. Bayes: posterior medians.",
    )


def ratio_row(e: Estimate) -> tuple[str, ...]:
    """Return one method's line; a posterior that must not be used says so."""
    remark = joined_notes("" if e.verdict == "ok" else e.verdict, e.remark)
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
            held = list(block)
            cells = {method_words(e.method, e.model): estimate_words(e) + mark(e) for e in held}
            what = contrast or EVERYONE
            rows.append(
                (what, counts_words(held[0]), *([] if when == "nan" else [when]), *(cells.get(m, "") for m in methods))
            )
    timed = estimand != "median"
    head = ("Group", COUNTS, *(["Month"] if timed else []), *(f"{m} ({kind})" for m, kind in methods.items()))
    whose = "patients of the group as they are" if population == "group" else "all patients, each set to the group"
    words = f"{outcome.title}: {ESTIMANDS[estimand].lower()}; {outcome.key}; averaged over {whose}"
    return Table(provenance_first(cohort.provenance, words), head, tuple(rows), extrapolated(estimates))


def counts_words(e: Estimate) -> str:
    """Return the patients and events behind an estimate: ``79 (31)``."""
    return f"{e.n} ({e.events})"


def mark(e: Estimate) -> str:
    """Return a dagger for a value that a model extrapolates."""
    return " †" if extrapolation(e) else ""


def extrapolation(e: Estimate) -> str:
    """Return the part of an estimate's note that says how far it extrapolates."""
    return "; ".join(part for part in e.note.split("; ") if part.endswith("extrapolated"))


def extrapolated(estimates: Iterable[Estimate]) -> str:
    """Say what the daggers of a table mean; nothing without one."""
    beyond = sorted({extrapolation(e) for e in estimates if mark(e)})
    return f"†: {'; '.join(beyond)}." if beyond else ""


def agreement_table(bundle: Bundle) -> Table | None:
    """Return each headline model's hazard ratios by both engines, and how far they agree; None with one engine."""
    labels = term_labels(bundle.cohort)
    rows: list[tuple[str, ...]] = []
    methods = ("", "")
    for name, found in bundle.agreements.items():
        rows.append((name,))
        for row in found:
            methods = (row.first.method, row.second.method)
            what = f"{heading(labels.get(row.first.term, row.first.term), row.first.transition)}: {row.first.contrast}"
            hazard_ratios = (estimate_words(row.first), estimate_words(row.second))
            rows.append((what, counts_words(row.first), *hazard_ratios, f"{row.shift:+.3f}", f"{row.sd_ratio:.3f}"))
    if len(rows) == len(bundle.agreements):
        return None
    head = (
        "Contrast",
        COUNTS,
        *(f"HR by {m}" for m in methods),
        "Difference of means, in posterior SDs",
        "Ratio of SDs",
    )
    words = f"Two engines, one model: {100 * bundle.level:g} % credible intervals"
    caption = provenance_first(bundle.cohort.provenance, words)
    note = "Means and SDs of the log hazard ratio. Less than 0.1 SD apart, SDs within 10 %: no conclusion changes."
    return Table(caption, head, tuple(rows), note)


def diagnostics_table(posteriors: Iterable[Posterior]) -> Table:
    """Return the checks of the sampler."""
    rows = []
    for p in posteriors:
        name, d = p.plan.spec.name, p.diagnostics
        chains = (f"{d.divergences}", number(d.max_rhat, ".4f"), d.worst)
        sizes = (number(d.min_ess_bulk, ".0f"), number(d.min_ess_tail, ".0f"))
        weights = (number(d.pareto_k_max, ".2f"), number(d.importance_ess, ".0f"))
        rows.append((name, p.method, *chains, *sizes, *weights, d.verdict))
    head = (
        "Model",
        "Method",
        "Divergences",
        "Largest R-hat",
        "of",
        "Smallest bulk ESS",
        "Smallest tail ESS",
        "Pareto k",
        "Importance ESS",
        "Verdict",
    )
    return Table("Sampler diagnostics over every parameter and coefficient", head, tuple(rows))


def number(value: float, form: str) -> str:
    """Return a number in words; nothing where it does not exist."""
    return "" if math.isnan(value) else format(value, form)


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
    labels = term_labels(bundle.cohort)
    taken = {s.step for p in outcome.posteriors for s in bundle.attribution[p.plan.spec.name]}
    shown = [step for step in STEPS if step in taken]
    rows: list[tuple[str, ...]] = []
    for posterior in outcome.posteriors:
        name = posterior.plan.spec.name
        if not bundle.attribution[name]:
            continue
        rows.append((name,))
        for (term, contrast), steps in groupby(bundle.attribution[name], key=lambda s: (s.term, s.contrast)):
            way = list(steps)
            start = ratio(math.exp(way[0].log_hr_before))
            after = {s.step: ratio(math.exp(s.log_hr_after)) for s in way}
            rows.append((f"{labels.get(term, term)}: {contrast}", start, *(after.get(step, "") for step in shown)))
    head = ("Contrast", "Cox, univariable", *(REACHED[step] for step in shown))
    caption = provenance_first(
        bundle.cohort.provenance, f"{outcome.title}: hazard ratio after each step; {outcome.key}"
    )
    return Table(
        caption,
        head,
        tuple(rows),
        "Posterior mean: exponential of the mean log hazard ratio. From confounding to coding: averages over orders.",
    )
