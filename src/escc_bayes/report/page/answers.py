"""The table that a report opens with: each level, its patients and events, and what three ways of asking say of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import Outcome, term_labels
from escc_bayes.spec.rows import AnalysisRows

# Events below which a level says little by itself.
FEW = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """One line: a level against the reference of its covariate, a number per unit, or the reference itself.

    Attributes
    ----------
    heading : words of the covariate.
    level : of what; ``per 10``.
    patients, events : of the level; of all for a number.
    posterior, sceptic, cox : hazard ratios; None for the reference.
    reference : what it is compared with, in words; "" for the reference itself.
    """

    heading: str
    level: str
    patients: int
    events: int
    posterior: Estimate | None = None
    sceptic: Estimate | None = None
    cox: Estimate | None = None
    reference: str = ""

    @property
    def few(self) -> bool:
        """Whether fewer than five events stand behind the level."""
        return self.events < FEW


def answers(outcome: Outcome, bundle: Bundle) -> tuple[Answer, ...]:
    """Return the lines of an outcome's first model, covariate by covariate, the reference first."""
    first = outcome.posteriors[0]
    rows, labels = first.plan.rows, term_labels(bundle.cohort)
    found = by_contrast(outcome, bundle)
    lines: list[Answer] = []
    for asked in standard_contrasts(first.plan.design):
        heading = labels.get(asked.term, asked.term)
        if asked.versus and all(line.heading != heading for line in lines):
            lines.append(
                Answer(
                    heading, level_words(bundle.cohort, asked.term, asked.versus), *held(rows, asked.term, asked.versus)
                )
            )
        estimates = found.get((asked.term, contrast_words(asked)), {})
        level = level_words(bundle.cohort, asked.term, asked.level) if asked.level else contrast_words(asked)
        reference = asked.versus or ""
        numbers = held(rows, asked.term, asked.level)
        posterior, sceptic, cox = (estimates.get(kind) for kind in ("posterior", "sceptic", "cox"))
        lines.append(Answer(heading, level, *numbers, posterior, sceptic, cox, reference))
    return tuple(lines)


def by_contrast(outcome: Outcome, bundle: Bundle) -> Mapping[tuple[str, str], dict[str, Estimate]]:
    """Return the three hazard ratios of each contrast; of several reconstructions the posterior over all of them."""
    name = outcome.posteriors[0].plan.spec.name
    cox = "cox_stratified" if outcome.posteriors[0].plan.rows.strata else "cox"
    found: dict[tuple[str, str], dict[str, Estimate]] = {}
    for e in outcome.comparison.of("hazard_ratio"):
        if e.method == cox:
            found.setdefault((e.term, e.contrast), {})["cox"] = e
        elif e.model == name and e.interval_kind == "credible":
            found.setdefault((e.term, e.contrast), {})["posterior"] = e
    for e in bundle.sceptics.get(name, ()):
        found.setdefault((e.term, e.contrast), {})["sceptic"] = e
    if bundle.reconstructions is not None:
        for ratio in bundle.reconstructions.ratios.get(name, ()):
            found[ratio.pooled.term, ratio.pooled.contrast]["posterior"] = ratio.pooled
    return found


def headline_ratios(outcome: Outcome, bundle: Bundle) -> tuple[Estimate, ...]:
    """Return the hazard ratios of the headline model, of Cox with all covariates, and of Cox with one at a time.

    Of several reconstructions the posterior is that over all of them; Cox is of the one shown.
    """
    pooled = {key: found["posterior"] for key, found in by_contrast(outcome, bundle).items() if "posterior" in found}
    name = outcome.posteriors[0].plan.spec.name
    shown: list[Estimate] = []
    for e in outcome.comparison.of("hazard_ratio"):
        if e.method in ("cox", "cox_stratified", "cox_univariable"):
            shown.append(e)
        elif e.model == name and e.interval_kind == "credible":
            shown.append(pooled.get((e.term, e.contrast), e))
    return tuple(shown)


def held(rows: AnalysisRows, term: str, level: str | None) -> tuple[int, int]:
    """Return patients and events of a level; of everyone for a number."""
    covariate = rows.covariates.get(term)
    if not level or covariate is None or not covariate.schema.categorical:
        return rows.n, rows.events
    mine = covariate.values == covariate.schema.levels.index(level)
    return int(mine.sum()), int(rows.event[mine].sum())


def level_words(cohort: Cohort, term: str, level: str) -> str:
    """Return a level as readers see it."""
    return level if term in cohort.covariates else f"{term} {level}"


def surest(lines: tuple[Answer, ...]) -> float:
    """Return the largest posterior probability of a direction among lines, of those that have one."""
    found = [line.posterior.prob_gt_1 for line in lines if line.posterior is not None]
    return max((max(p, 1.0 - p) for p in found if not math.isnan(p)), default=math.nan)
