"""What a page shows of the same model without its intervals, other sources or trajectory."""

from collections.abc import Iterable, Mapping

import numpy as np

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.compare.other_analyses import WORDS, Analysis, at_risk, sentences_of
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.foundation.sentence import counted
from escc_bayes.plots.words import estimate_words, method_words
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.other_analyses import OtherAnalyses
from escc_bayes.report.page.outcomes import Outcome
from escc_bayes.report.page.tail import tail_sentences, tail_table
from escc_bayes.report.page.view import Block, Table
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.transitions import SeveralEndpoints

INTERVALS, EXTERNAL = "Events between two months", "With and without other sources"
TAIL = "What the tail rests on"
TRAJECTORY = "The trajectory, and values as measured"
COX = {
    EXTERNAL: "",
    INTERVALS: " Cox and Kaplan-Meier: confidence intervals; neither has a place for an event between two months.",
    TRAJECTORY: " Cox: confidence intervals.",
}


def other_blocks(outcome: Outcome, labels: Mapping[str, str], found: Mapping[str, OtherAnalyses]) -> tuple[Block, ...]:
    """Return what a page shows of the models of an outcome; nothing where none has such a term."""
    blocks = []
    for posterior in outcome.posteriors:
        name = posterior.plan.spec.name
        of = found.get(name, OtherAnalyses())
        for each, title in ((of.intervals, INTERVALS), (of.external, EXTERNAL), (of.trajectory, TRAJECTORY)):
            if each:
                captions = (f"{title}: {what}, {outcome.key}; model {name}" for what in ("hazard ratios", "survival"))
                whole = [provenance_first(posterior.record.provenance, caption) for caption in captions]
                of_ratios, of_curves = (parted(each, ratios=ratios) for ratios in (True, False))
                tables = tuple(
                    analyses_table(*pair, labels, posterior.plan, COX[title])
                    for pair in zip((of_ratios, of_curves), whole, strict=True)
                    if any(a.estimates for a in pair[0])
                )
                counts = tuple(f"Other source: {words}." for words in posterior.plan.spec.other_sources)
                said = (*sentences_of(each), *(counts if each is of.external else ()))
                blocks.append(Block(f"{title}: {outcome.title}, model {name}", said, tables))
        if of.external:
            blocks.append(tail_block(posterior, outcome, of.external))
    return tuple(blocks)


def tail_block(posterior: Posterior, outcome: Outcome, external: tuple[Analysis, ...]) -> Block:
    """Return what the tail of the curve rests on."""
    plan = posterior.plan
    caption = provenance_first(posterior.record.provenance, f"{TAIL}, {outcome.key}; model {plan.spec.name}")
    table = tail_table(external, caption, plan)
    return Block(f"{TAIL}: {outcome.title}, model {plan.spec.name}", tail_sentences(external, plan), (table,))


def other_pages(found: Mapping[str, OtherAnalyses], specs: Iterable[ModelSpec]) -> tuple[str, ...]:
    """Return the pages on methods that stand behind these blocks."""
    specs = tuple(specs)
    held = {"interval_censoring": any(of.intervals for of in found.values())}
    held["external_information"] = any(spec.external for spec in specs)
    held["background_mortality"] = any(spec.background is not None for spec in specs)
    held["cure"] = any(spec.cure is not None for spec in specs)
    held["several_endpoints"] = any(isinstance(spec.outcome.states, SeveralEndpoints) for spec in specs)
    held["frailty"] = any(spec.intercepts for spec in specs)
    held["trajectory"] = any(of.trajectory for of in found.values())
    return tuple(page for page, there in held.items() if there)


def parted(analyses: tuple[Analysis, ...], *, ratios: bool) -> tuple[Analysis, ...]:
    """Return the analyses with their hazard ratios alone, or with everything else."""
    return tuple(
        Analysis(a.name, tuple(e for e in a.estimates if (e.estimand == "hazard_ratio") == ratios)) for a in analyses
    )


def analyses_table(
    analyses: tuple[Analysis, ...], caption: str, labels: Mapping[str, str], plan: ModelPlan, cox: str = ""
) -> Table:
    """Return a row for each question, and a column for each method of each analysis; ``cox`` says what Cox is here."""
    held: dict[tuple[str, str], dict[str, Estimate]] = {}
    for analysis in analyses:
        for e in analysis.estimates:
            column = (
                f"{WORDS[analysis.name]}: {'Model' if e.interval_kind == 'credible' else method_words(e.method, '')}"
            )
            held.setdefault(question_of(e, labels, plan), {})[column] = e
    columns = tuple(dict.fromkeys(column for cells in held.values() for column in cells))
    rows: list[tuple[str, ...]] = []
    heading = ""
    for (of, words), cells in held.items():
        if of != heading:
            rows.append((of,))
            heading = of
        beyond = any("extrapolated" in e.note for e in cells.values())
        rows.append(
            (f"{words} †" if beyond else words, *(estimate_words(cells[c]) if c in cells else "" for c in columns))
        )
    months = any(e.interval_kind == "confidence" for cells in held.values() for e in cells.values())
    note = f"Model: posterior median and credible interval.{cox if months else ''}"
    dagger = " †: extrapolated beyond follow-up." if any("†" in row[0] for row in rows) else ""
    return Table(caption, ("", *columns), tuple(rows), note + dagger)


def question_of(e: Estimate, labels: Mapping[str, str], plan: ModelPlan) -> tuple[str, str]:
    """Return heading and words of a question, with the patients still at risk at its month."""
    when = "" if np.isnan(e.time) else f"{counted(e.time, 'month')} ({at_risk(plan, e.time)} at risk)"
    group = f"{labels.get(e.term, e.term)}: {e.contrast_in}" if e.term else "all patients"
    names = {
        "hazard_ratio": ("Hazard ratios", group),
        "median": ("Medians, months", group),
        "survival": ("Survival of all patients", f"at {when}"),
        "rmst": ("Restricted mean survival of all patients, months", f"to {when}"),
    }
    return names[e.estimand]
