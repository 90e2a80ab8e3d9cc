"""The sections of the page, in the order in which a reader asks: who was studied first, origins last.

What every method says of every question is folded: it stands in the CSV files, and open on the page that ``--full``
writes.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from escc_bayes.bayes.posterior.loo import NO_LOO
from escc_bayes.classical.fit import cox_word
from escc_bayes.estimand.estimate import Estimate, notes_once
from escc_bayes.foundation.sentence import capital
from escc_bayes.plots.words import interval_words, probability, ratio
from escc_bayes.report.page import baseline_tables, tables
from escc_bayes.report.page.appendix import appendix, cautions
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.chapters import Pictures, study_chapter, treatment_chapter
from escc_bayes.report.page.endpoint_blocks import endpoint_blocks
from escc_bayes.report.page.imputed_section import imputed_section
from escc_bayes.report.page.methods_text import methods_section
from escc_bayes.report.page.other_blocks import other_blocks, other_pages
from escc_bayes.report.page.outcomes import Outcome, endpoint_label, outcomes, term_labels
from escc_bayes.report.page.over_time_table import over_time_table
from escc_bayes.report.page.participants import participants
from escc_bayes.report.page.reconstruction_section import NAME, pooled_words, reconstruction_section
from escc_bayes.report.page.sensitivity_section import sensitivity_section
from escc_bayes.report.page.state_section import state_section
from escc_bayes.report.page.survival_table import headline_survival
from escc_bayes.report.page.term_blocks import term_blocks
from escc_bayes.report.page.view import Block, Picture, Section, Table
from escc_bayes.sensitivity.attribution_words import NONE
from escc_bayes.spec.transitions import heading

HR_WORDS = (
    "HR of A vs B: the hazard of A over that of B; above 1, more events in A. Posterior medians with credible "
    "intervals; Cox beside them on the same patients, with confidence intervals."
)


def sections(bundle: Bundle, pictures: Pictures) -> tuple[Section, ...]:
    """Return every section; ``pictures`` by section and outcome."""
    found = outcomes(bundle)
    pooled = {o.key: of(pictures, NAME, o.key) for o in found}
    chapters = (
        participants(bundle, found),
        *treatment_chapter(bundle, pictures),
        ratios(bundle, found, pictures),
        *([reconstruction_section(bundle, found, pooled)] if bundle.reconstructions is not None else []),
        *([imputed_section(bundle, found)] if bundle.imputed else []),
        survival(bundle, found, pictures),
        *(
            [state_section(bundle, found, {o.key: of(pictures, "states", o.key) for o in found})]
            if bundle.states
            else []
        ),
        *study_chapter(bundle, pictures),
        classical(bundle, pictures),
        attribution(bundle, found, pictures),
        sensitivity_section(bundle, found),
        priors(bundle, found, pictures),
        checks(bundle, found, pictures),
        cautions(bundle),
        methods_section(bundle),
        appendix(bundle),
    )
    kept = (replace(chapter, blocks=tuple(filter(filled, chapter.blocks))) for chapter in chapters)
    return tuple(chapter for chapter in kept if chapter.blocks or chapter.intro)


def filled(block: Block) -> bool:
    """Whether a block shows anything: some figures are drawn for the full page alone."""
    return bool(block.sentences or block.tables or block.pictures)


def result_sentences(outcome: Outcome, bundle: Bundle) -> tuple[str, ...]:
    """Return one sentence for each contrast, the first model's posterior beside Cox, and what to know of them."""
    first = outcome.posteriors[0].plan.spec.name
    estimates = outcome.comparison.of("hazard_ratio")
    method = cox_word(outcome.posteriors[0].plan.rows)
    cox = {(e.term, e.contrast_in): e for e in estimates if e.method == method}
    labels = term_labels(bundle.cohort)
    held = bundle.reconstructions
    pooled = {
        (r.pooled.term, r.pooled.contrast_in): f"; {pooled_words(r)}" for r in (held.ratios[first] if held else ())
    }
    bayes = [e for e in estimates if e.model == first and e.interval_kind == "credible"]
    said = (
        f"{heading(labels.get(e.term, e.term), e.transition)}, {e.contrast}: {bayes_words(e)}"
        f"{pooled.get((e.term, e.contrast_in), '')}; "
        f"Cox {cox_words(cox[e.term, e.contrast_in])}."
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


def ratios(bundle: Bundle, found: Sequence[Outcome], pictures: Pictures) -> Section:
    """Return hazard ratios: the forest, what it says in sentences, and every method's numbers."""
    blocks: list[Block] = []
    for o in found:
        if not o.comparison.of("hazard_ratio"):
            continue
        shown = [p for name in ("hazard_ratios", "time_varying", "spline") for p in of(pictures, name, o.key)]
        every = folded((tables.ratio_table(o, bundle.cohort, bundle.information),))
        blocks.append(Block(f"{o.title}: {o.key}", (), present((over_time(o, bundle), *every)), tuple(shown)))
        name = o.posteriors[0].plan.spec.name
        blocks.append(Block(f"In sentences: {o.title}, model {name}", result_sentences(o, bundle), folded=True))
    labels = term_labels(bundle.cohort)
    specs = [posterior.plan.spec for o in found for posterior in o.posteriors]
    others = [block for o in found for block in beside(o, bundle, labels)]
    engines = (Block("Which engine answered", bundle.remarks),) if bundle.remarks else ()
    title, pages = (
        "Hazard ratios beside Cox",
        ("first_screen", "cox", "laplace", "nuts", *other_pages(bundle.other_analyses, specs)),
    )
    return Section("hazard_ratios", title, HR_WORDS, (*blocks, *others, *engines), "Hazard ratios", pages)


def beside(outcome: Outcome, bundle: Bundle, labels: Mapping[str, str]) -> tuple[Block, ...]:
    """Return what models of an outcome say beside hazard ratios: endpoints together, own terms, the same without."""
    return (
        *endpoint_blocks(outcome, bundle.pooled, labels, bundle.level),
        *term_blocks(outcome, bundle.pooled, labels, bundle.level),
        *other_blocks(outcome, labels, bundle.other_analyses),
    )


def over_time(outcome: Outcome, bundle: Bundle) -> Table | None:
    """Return hazard ratios over time, where any changes."""
    return over_time_table(outcome, term_labels(bundle.cohort), bundle.cohort.provenance)


def survival(bundle: Bundle, found: Sequence[Outcome], pictures: Pictures) -> Section:
    """Return survival and medians of groups in one table; every method, population and restricted mean folded."""
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
            tables=present(
                (
                    headline_survival(o, bundle.cohort),
                    *folded(tables.pivot(o, bundle.cohort, *which) for which in asked),
                )
            ),
            pictures=of(pictures, "survival", o.key),
        )
        for o in found
    )
    title = "Survival: posterior and Kaplan-Meier"
    return Section("survival", title, "", blocks, "Survival", ("marginal", "kaplan_meier", "rmst"))


def classical(bundle: Bundle, pictures: Pictures) -> Section:
    """Return Kaplan-Meier, log-rank, proportional-hazards tests and Cox for every covariate of the cohort."""
    late = any(row["clock"] != "time zero" for b in bundle.baselines.values() for row in b.tables["medians"])
    naive = (
        "Rows that say NAIVE treat a covariate known later as if known at time zero; patients had to live to have it. "
        "`escc-bayes time-zero` puts naive, landmark and time-updated analyses of it side by side."
    )
    blocks = tuple(
        Block(
            endpoint_label(bundle.cohort, endpoint),
            tables=folded(
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
    said = tuple(
        Block(f"On the data behind: {endpoint_label(bundle.cohort, endpoint)}", found.sentences, folded=True)
        for endpoint, found in bundle.baselines.items()
    )
    title = "Kaplan-Meier, log-rank and Cox for every covariate of the cohort"
    pages = ("kaplan_meier", "logrank", "cox", "ph_test", *(("time_zero",) if late else ()))
    return Section("classical", title, naive if late else "", (*blocks, *said), "Kaplan-Meier", pages)


def priors(bundle: Bundle, found: Sequence[Outcome], pictures: Pictures) -> Section:
    """Return what the priors say, and what the data added."""
    checked = bundle.prior_checks.items()
    said = tuple(Block(f"Prior of {name}", sentences=check.sentences(), folded=True) for name, check in checked)
    shown = tuple(Block(f"{o.title}: {o.key}", pictures=of(pictures, "prior", o.key)) for o in found)
    pages = ("baseline_prior", "prior_sensitivity")
    return Section("priors", "Priors: before and after the data", "", (*shown, *said), "Priors", pages)


def attributed(outcome: Outcome, bundle: Bundle) -> bool:
    """Whether the first model of an outcome has a way from Cox to its posterior: without one it has none to show."""
    return bool(bundle.attribution[outcome.posteriors[0].plan.spec.name])


def ways(outcome: Outcome, bundle: Bundle) -> tuple[Table, ...]:
    """Return the way of the headline model, and those of the others, folded."""
    first, *others = outcome.posteriors
    rest = [replace(outcome, posteriors=tuple(others))] if others else []
    headline = tables.attribution_table(replace(outcome, posteriors=(first,)), bundle)
    return (headline, *folded(tables.attribution_table(each, bundle) for each in rest))


def attribution(bundle: Bundle, found: Sequence[Outcome], pictures: Pictures) -> Section:
    """Return why Cox and the posteriors differ."""
    blocks = tuple(
        Block(
            f"{o.title}: {o.key}",
            tables=ways(o, bundle),
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
    title = "Why Cox and the posterior differ"
    intro = intro if blocks else capital(f"{NONE}.")
    return Section("attribution", title, intro, blocks, "Why Cox differs", ("attribution",))


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
        tables=folded((tables.loo_table(bundle),)),
        pictures=of(pictures, "loo", ""),
    )
    sampler = Block(
        "Engines: are the posteriors computed rightly?",
        tables=folded((tables.diagnostics_table(bundle.fits), tables.agreement_table(bundle))),
        pictures=of(pictures, "diagnostics", ""),
    )
    blocks = (*fits, *([loo] if bundle.loo or weighted else []), sampler)
    return Section("checks", "Model checks and diagnostics", "", blocks, "Checks", ("checks_of_fit", "laplace", "nuts"))


def of(pictures: Pictures, section: str, outcome: str) -> tuple[Picture, ...]:
    """Return the figures of a section and outcome."""
    return tuple(pictures.get((section, outcome), ()))


def present(found: Iterable[Table | None]) -> tuple[Table, ...]:
    """Return the tables that exist."""
    return tuple(table for table in found if table is not None)


def folded(found: Iterable[Table | None]) -> tuple[Table, ...]:
    """Return the tables that exist, to be opened by who asks for them."""
    return tuple(replace(table, folded=True) for table in present(found))
