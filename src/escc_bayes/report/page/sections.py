"""The sections of the page, in the order in which a reader asks: results first, origins last."""

import math
from collections.abc import Iterable, Mapping, Sequence

from escc_bayes.bayes.posterior.loo import NO_LOO
from escc_bayes.estimand.estimate import Estimate, notes_once
from escc_bayes.foundation.record import seed_label
from escc_bayes.plots.words import interval_words, probability, ratio
from escc_bayes.report.page import baseline_tables, tables
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import Outcome, endpoint_label, outcomes, term_labels
from escc_bayes.report.page.over_time import over_time_table
from escc_bayes.report.page.reconstruction_section import NAME, pooled_words, reconstruction_section
from escc_bayes.report.page.view import Block, Picture, Section, Table
from escc_bayes.spec.describe import describe

type Pictures = Mapping[tuple[str, str], Sequence[Picture]]

HR_WORDS = (
    "HR of A vs B: the hazard of A over that of B; above 1, more events in A. Posterior medians with credible "
    "intervals; Cox beside them on the same patients, with confidence intervals."
)


def sections(bundle: Bundle, pictures: Pictures) -> tuple[Section, ...]:
    """Return every section; ``pictures`` by section and outcome."""
    found = outcomes(bundle)
    pooled = {o.key: of(pictures, NAME, o.key) for o in found}
    return (
        results(bundle, found),
        *([reconstruction_section(bundle, found, pooled)] if bundle.reconstructions is not None else []),
        patients(bundle),
        ratios(bundle, found, pictures),
        survival(bundle, found, pictures),
        classical(bundle, pictures),
        priors(bundle, found, pictures),
        attribution(bundle, found, pictures),
        checks(bundle, found, pictures),
        cards(bundle),
        origins(bundle),
    )


def results(bundle: Bundle, found: Sequence[Outcome]) -> Section:
    """Return the hazard ratios of each outcome's first model in sentences, beside Cox."""
    blocks = tuple(
        Block(f"{o.title}: {o.key}, model {o.posteriors[0].plan.spec.name}", result_sentences(o, bundle)) for o in found
    )
    engines = (Block("Which engine answered", bundle.remarks),) if bundle.remarks else ()
    return Section("results", "Key results", HR_WORDS, (*blocks, *engines))


def result_sentences(outcome: Outcome, bundle: Bundle) -> tuple[str, ...]:
    """Return one sentence for each contrast, the first model's posterior beside Cox, and what to know of them."""
    first = outcome.posteriors[0].plan.spec.name
    estimates = outcome.comparison.of("hazard_ratio")
    method = "cox_stratified" if outcome.posteriors[0].plan.rows.strata else "cox"
    cox = {(e.term, e.contrast): e for e in estimates if e.method == method}
    labels = term_labels(bundle.cohort)
    held = bundle.reconstructions
    pooled = {(r.pooled.term, r.pooled.contrast): f"; {pooled_words(r)}" for r in (held.ratios[first] if held else ())}
    bayes = [e for e in estimates if e.model == first and e.interval_kind == "credible"]
    said = (
        f"{labels.get(e.term, e.term)}, {e.contrast}: {bayes_words(e)}{pooled.get((e.term, e.contrast), '')}; "
        f"Cox {cox_words(cox[e.term, e.contrast])}."
        for e in bayes
    )
    return (*said, *notes_once(bayes))


def bayes_words(e: Estimate) -> str:
    """Say a posterior hazard ratio; one that must not be used says so first."""
    unfit = "" if e.verdict == "ok" else "NOT FIT FOR USE: "
    p = probability(e.prob_gt_1)
    return (
        f"{unfit}HR {ratio(e.value)} ({interval_words(e)} {ratio(e.lower)} to {ratio(e.upper)}; "
        f"P(HR > 1 | data) {'' if p[0] in '<>' else '= '}{p})"
    )


def cox_words(e: Estimate) -> str:
    """Say a Cox hazard ratio, or why there is none."""
    if math.isnan(e.lower):
        return e.note or "not estimable"
    p = probability(e.p_value)
    equals = "" if p[0] in "<>" else "= "
    return f"{ratio(e.value)} ({interval_words(e)} {ratio(e.lower)} to {ratio(e.upper)}; P {equals}{p})"


def patients(bundle: Bundle) -> Section:
    """Return who was analysed, events, censoring and follow-up, and what looked wrong in the data."""
    counts = tuple(bundle.cohort.count_sentence(name) + "." for name in bundle.cohort.endpoints)
    block = Block(
        sentences=(*counts, *bundle.cohort.notes),
        tables=(tables.analysed(bundle), baseline_tables.follow_up(bundle)),
    )
    return Section("patients", "Patients, events and follow-up", "", (block,))


def ratios(bundle: Bundle, found: Sequence[Outcome], pictures: Pictures) -> Section:
    """Return hazard ratios by every method."""
    blocks = tuple(
        Block(
            f"{o.title}: {o.key}",
            tables=present((tables.ratio_table(o, bundle.cohort), over_time(o, bundle))),
            pictures=(
                *of(pictures, "hazard_ratios", o.key),
                *of(pictures, "time_varying", o.key),
                *of(pictures, "spline", o.key),
            ),
        )
        for o in found
        if o.comparison.of("hazard_ratio")
    )
    return Section("hazard_ratios", "Hazard ratios: every method side by side", HR_WORDS, blocks)


def over_time(outcome: Outcome, bundle: Bundle) -> Table | None:
    """Return hazard ratios over time, where any changes."""
    return over_time_table(outcome, term_labels(bundle.cohort), bundle.cohort.provenance)


def survival(bundle: Bundle, found: Sequence[Outcome], pictures: Pictures) -> Section:
    """Return survival, medians and differences of restricted means of groups."""
    asked = (
        ("survival", "group"),
        ("survival", "everyone"),
        ("median", "group"),
        ("rmst_difference", "group"),
        ("rmst_difference", "everyone"),
    )
    blocks = tuple(
        Block(
            f"{o.title}: {o.key}",
            tables=present(tables.pivot(o, bundle.cohort, *which) for which in asked),
            pictures=of(pictures, "survival", o.key),
        )
        for o in found
    )
    return Section("survival", "Survival: posterior and Kaplan-Meier", "", blocks)


def classical(bundle: Bundle, pictures: Pictures) -> Section:
    """Return Kaplan-Meier, log-rank, proportional-hazards tests and Cox for every covariate of the cohort."""
    late = any(row["clock"] != "time zero" for b in bundle.baselines.values() for row in b.tables["medians"])
    naive = (
        "Rows that say NAIVE treat a covariate known later as if known at time zero; patients had to live to have it."
    )
    blocks = tuple(
        Block(
            endpoint_label(bundle.cohort, endpoint),
            sentences=found.sentences,
            tables=present(
                (
                    baseline_tables.baseline_survival(bundle, endpoint),
                    baseline_tables.logrank_table(bundle, endpoint),
                    baseline_tables.baseline_ratios(bundle, endpoint),
                    baseline_tables.ph_table(bundle, endpoint),
                )
            ),
            pictures=of(pictures, "kaplan_meier", endpoint),
        )
        for endpoint, found in bundle.baselines.items()
    )
    intro = naive if late else ""
    return Section("classical", "Kaplan-Meier, log-rank and Cox for every covariate of the cohort", intro, blocks)


def priors(bundle: Bundle, found: Sequence[Outcome], pictures: Pictures) -> Section:
    """Return what the priors say, and what the data added."""
    said = tuple(Block(f"Prior of {name}", sentences=check.sentences()) for name, check in bundle.prior_checks.items())
    shown = tuple(Block(f"{o.title}: {o.key}", pictures=of(pictures, "prior", o.key)) for o in found)
    return Section("priors", "Priors: before and after the data", "", (*shown, *said))


def attributed(outcome: Outcome, bundle: Bundle) -> bool:
    """Whether the first model of an outcome has a way from Cox to its posterior: without one it has none to show."""
    return bool(bundle.attribution[outcome.posteriors[0].plan.spec.name])


def attribution(bundle: Bundle, found: Sequence[Outcome], pictures: Pictures) -> Section:
    """Return why Cox and the posteriors differ."""
    blocks = tuple(
        Block(
            f"{o.title}: {o.key}",
            tables=(tables.attribution_table(o, bundle),),
            pictures=of(pictures, "attribution", o.key),
        )
        for o in found
        if attributed(o, bundle)
    )
    intro = (
        "From univariable Cox to the posterior mean, step by step: the form of the likelihood, small-sample bias and "
        "smoothing first; confounding apart from non-collapsibility, centres, priors, shrinkage and coding averaged "
        "over the orders in which they can be taken; from the mode to the mean last."
    )
    return Section("attribution", "Why Cox and the posterior differ", intro, blocks)


def checks(bundle: Bundle, found: Sequence[Outcome], pictures: Pictures) -> Section:
    """Return baseline hazards, predictive checks, leave-one-out and sampler diagnostics."""
    fits = tuple(
        Block(
            f"{o.title}: {o.key}",
            pictures=(*of(pictures, "baseline_hazard", o.key), *of(pictures, "fit_check", o.key)),
        )
        for o in found
    )
    several = [o.posteriors[0].plan.spec.name for o in found if len(o.posteriors) > 1]
    weighted = several if bundle.cohort.sampled else []
    loo = Block(
        "Leave-one-out comparison",
        sentences=tuple(f"Left out: {NO_LOO.format(model=name)}." for name in weighted),
        tables=present((tables.loo_table(bundle),)),
        pictures=of(pictures, "loo", ""),
    )
    sampler = Block(
        "Engines: are the posteriors computed rightly?",
        sentences=bundle.remarks,
        tables=present((tables.diagnostics_table(bundle.fits), tables.agreement_table(bundle))),
        pictures=of(pictures, "diagnostics", ""),
    )
    return Section(
        "checks", "Model checks and diagnostics", "", (*fits, *([loo] if bundle.loo or weighted else []), sampler)
    )


def cards(bundle: Bundle) -> Section:
    """Return each model in sentences."""
    blocks = tuple(Block(name, sentences=describe(p.plan)) for name, p in bundle.posteriors.items())
    return Section("models", "The models in sentences", "", blocks)


def origins(bundle: Bundle) -> Section:
    """Return seed, digests, settings and versions."""
    records = [(p.plan.spec.name, p.method, p.record) for p in bundle.fits]
    fits = tuple(
        (name, method, r.spec_digest, r.data_digest, str(r.seed), ", ".join(f"{k} {v}" for k, v in r.settings))
        for name, method, r in records
    )
    versions = records[0][2].versions
    block = Block(
        sentences=(
            f"{bundle.cohort.provenance.upper()}: cohort {bundle.cohort.name}, digest {bundle.cohort.digest}.",
            f"Seed of the run: {seed_label(bundle.seed)}. The same seed, data and versions give the same page.",
        ),
        tables=(
            Table("Fits", ("Model", "Method", "Specification digest", "Data digest", "Seed", "Settings"), fits),
            Table("Versions", ("Software", "Version"), tuple(versions)),
        ),
    )
    return Section("origins", "Seed, digests and versions", "", (block,))


def of(pictures: Pictures, section: str, outcome: str) -> tuple[Picture, ...]:
    """Return the figures of a section and outcome."""
    return tuple(pictures.get((section, outcome), ()))


def present(found: Iterable[Table | None]) -> tuple[Table, ...]:
    """Return the tables that exist."""
    return tuple(table for table in found if table is not None)
