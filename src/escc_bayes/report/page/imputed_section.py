"""The section on missing covariates: hazard ratios over completed cohorts beside those of the complete cases."""

from collections.abc import Sequence

from escc_bayes.compare.imputed import Imputed
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.plots.words import estimate_words, interval_words, probability
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import Outcome, term_labels
from escc_bayes.report.page.view import Block, Section, Table

NAME, TITLE = "missing", "Missing covariates: imputed, and complete cases"
INTRO = (
    "Everything else on this page is of complete cases. Here each missing value was drawn in proportion to what the "
    "other covariates say of it and to the likelihood of the patient's follow-up, again and again; the model was "
    "fitted to each completed cohort and the posteriors pooled. It holds if values are missing at random given the "
    "other covariates and the outcome. The share between cohorts is the part of the variance of the log hazard ratio "
    "that comes from missing values."
)


def imputed_section(bundle: Bundle, found: Sequence[Outcome]) -> Section:
    """Return the section, a block for each model that imputes."""
    blocks = tuple(
        Block(
            f"{o.title}: {o.key}, model {held.spec.name}",
            (held.pooled.sentence(), *complete_words(held)),
            (ratio_table(o, bundle, held),),
        )
        for o in found
        for held in of_outcome(o, bundle)
    )
    return Section(NAME, TITLE, INTRO, blocks, "Missing covariates", ("missing",))


def of_outcome(outcome: Outcome, bundle: Bundle) -> list[Imputed]:
    """Return the models of an outcome that impute."""
    names = {p.plan.spec.name for p in outcome.posteriors}
    return [held for held in bundle.imputed.values() if held.cases_name in names]


def complete_words(held: Imputed) -> tuple[str, ...]:
    """Say whom the complete cases leave out."""
    cases = held.complete_cases
    return () if cases is None else (f"Complete cases: {cases[0].plan.rows.sentence()}",)


def ratio_table(outcome: Outcome, bundle: Bundle, held: Imputed) -> Table:
    """Return each contrast: imputed by Bayes and Cox, complete cases by Bayes and Cox."""
    labels, level = term_labels(bundle.cohort), bundle.level
    shown = cases_shown(outcome, held)
    rows = []
    for asked in standard_contrasts(held.pooled.plan.design):
        e, cox = held.pooled.estimate(asked, level=level), held.by_rubin(asked, level)[0]
        beside = (shown.get((e.term, e.contrast, method)) for method in ("bayes", cox.method))
        rows.append(
            (
                f"{labels.get(e.term, e.term)}: {e.contrast}",
                estimate_words(e),
                probability(e.prob_gt_1),
                f"{100.0 * held.pooled.variance_parts(asked).share:.0f} %",
                estimate_words(cox),
                *("" if one is None else estimate_words(one) for one in beside),
            )
        )
    kind = interval_words(held.pooled.hazard_ratios(level=level)[0])
    head = (
        *("Contrast", f"Imputed: HR ({kind})", "P(HR > 1 | data)", "Share between cohorts"),
        *("Imputed: Cox (Rubin's rules)", f"Complete cases: HR ({kind})", "Complete cases: Cox"),
    )
    words = f"{outcome.title}: hazard ratios with missing covariates imputed; {outcome.key}"
    return Table(provenance_first(bundle.cohort.provenance, words), head, tuple(rows), note(held))


def cases_shown(outcome: Outcome, held: Imputed) -> dict[tuple[str, str, str], Estimate]:
    """Return the hazard ratios of complete cases that the page shows, by term, contrast and method."""
    found: dict[tuple[str, str, str], Estimate] = {}
    for e in outcome.comparison.of("hazard_ratio"):
        if e.interval_kind != "credible":
            found[e.term, e.contrast, e.method] = e
        elif e.model == held.cases_name:
            found[e.term, e.contrast, "bayes"] = e
    return found


def note(held: Imputed) -> str:
    """Say patients and events of both, and how many values of each covariate are imputed."""
    rows, cases = held.pooled.plan.rows, held.complete_cases
    said = [f"Imputed: n = {rows.n}, {rows.events} events, in each of {len(held.completed)} completed cohorts"]
    if cases is not None:
        said.append(f"complete cases: n = {cases[0].plan.rows.n}, {cases[0].plan.rows.events} events")
    return f"{'; '.join((*said, *held.pooled.about))}."
