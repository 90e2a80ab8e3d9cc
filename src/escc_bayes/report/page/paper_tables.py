"""Tables as a paper prints them: Table 1, hazard ratios three ways side by side, survival. docs/report.md."""

from collections.abc import Iterator
from itertools import groupby

from escc_bayes.estimand.estimate import Estimate
from escc_bayes.plots.words import probability
from escc_bayes.report.document.provenance import provenance_first
from escc_bayes.report.page.answers import Answer, answers
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.chapters import chapter_tables
from escc_bayes.report.page.first_screen import notes, whose, with_brackets
from escc_bayes.report.page.outcomes import Outcome, as_labelled, outcomes
from escc_bayes.report.page.participants import table_one
from escc_bayes.report.page.survival_table import headline_survival
from escc_bayes.report.page.view import Table

HEAD = ("", "n", "Events", "Univariable HR", "P", "Multivariable HR", "P", "Posterior HR", "P(HR > 1)")


def paper_tables(bundle: Bundle) -> tuple[Table, ...]:
    """Return Table 1, of each outcome hazard ratios and survival, then the tables of further chapters."""
    found = [table_one(bundle.cohort, bundle.grouping)]
    for outcome in outcomes(bundle):
        if outcome.comparison.of("hazard_ratio"):
            found.append(ratios_side_by_side(outcome, bundle))
        survival = headline_survival(outcome, bundle.cohort)
        found += [survival] if survival is not None else []
    return (*found, *chapter_tables(bundle))


def ratios_side_by_side(outcome: Outcome, bundle: Bundle) -> Table:
    """Return each level with n, events, univariable and multivariable Cox, and the posterior; reference rows too."""
    lines = answers(outcome, bundle)
    alone = {(e.term, e.contrast_in): e for e in outcome.comparison.of("hazard_ratio") if e.method == "cox_univariable"}
    rows: list[tuple[str, ...]] = []
    for heading, block in groupby(lines, key=lambda line: line.heading):
        rows.append((heading,))
        rows += [row_of(line, alone.get(key_of(line))) for line in block]
    words = f"{outcome.title}, from {outcome.clock}: hazard ratios ({100 * bundle.level:g} % intervals)"
    kinds = "Univariable and multivariable: Cox, confidence intervals; posterior: median, credible interval."
    said = " ".join(
        (
            kinds,
            *([f"{whose(outcome, bundle)}."] if whose(outcome, bundle) else []),
            *(as_labelled(note, bundle.cohort) for note in notes(lines, outcome, informed=False)),
        )
    )
    return Table(provenance_first(bundle.cohort.provenance, words), HEAD, tuple(rows), said)


def key_of(line: Answer) -> tuple[str, str]:
    """Return term and contrast of a line; of a reference none."""
    e = line.posterior or line.cox
    return ("", "") if e is None else (e.term, e.contrast_in)


def row_of(line: Answer, alone: Estimate | None) -> tuple[str, ...]:
    """Return the cells of a line."""
    level = f"{line.level} !" if line.few else line.level
    counts = (str(line.patients), str(line.events))
    if line.posterior is None and line.cox is None:
        return (level, *counts, "1 (reference)", "", "1 (reference)", "", "1 (reference)", "")
    chance = "" if line.posterior is None else probability(line.posterior.prob_gt_1)
    return (level, *counts, *by_cox(alone), *by_cox(line.cox), with_brackets(line.posterior), chance)


def by_cox(e: Estimate | None) -> Iterator[str]:
    """Yield a hazard ratio of Cox with its limits, and its P value."""
    yield with_brackets(e)
    yield "" if e is None else probability(e.p_value)
