"""The table that a report opens with: each level, its patients and events, and what three ways of asking say of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from escc_bayes.classical.fit import cox_word
from escc_bayes.data.cohort import Cohort
from escc_bayes.estimand.behind import Behind, behind, of_group, within_of
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import HazardRatio, contrast_in, contrast_words, within_words
from escc_bayes.estimand.estimate import Estimate
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import Outcome, term_labels
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.transitions import heading

# Events below which a level says little by itself.
FEW = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """One line: a level against the reference of its covariate, a number per unit, or the reference itself.

    Attributes
    ----------
    topic : words of the covariate.
    transition : of an illness-death model, or the cause, in which the hazard ratio holds; "" of one endpoint.
    level : of what; ``per 10``.
    patients, events : of the level; of all for a number.
    posterior, sceptic, cox : hazard ratios; None for the reference.
    reference : what it is compared with, in words; "" for the reference itself.
    beside : who it is compared with where that is no line of the table, as within a level of another covariate.
    hazard : of which hazard; in excess of a life table where the model has one.
    """

    topic: str
    level: str
    patients: int
    events: int
    posterior: Estimate | None = None
    sceptic: Estimate | None = None
    cox: Estimate | None = None
    reference: str = ""
    transition: str = ""
    beside: Behind | None = None
    hazard: str = "hazard"

    @property
    def heading(self) -> str:
        """Words over the lines of the covariate, in one transition where there are several."""
        return heading(self.topic, self.transition)

    @property
    def few(self) -> bool:
        """Whether fewer than five events stand behind the level, or whom it is compared with."""
        return self.events < FEW or (self.beside is not None and self.beside.events < FEW)


def answers(outcome: Outcome, bundle: Bundle) -> tuple[Answer, ...]:
    """Return the lines of an outcome's first model, covariate by covariate, the reference first."""
    first = outcome.posteriors[0]
    rows, labels = first.plan.rows, term_labels(bundle.cohort)
    found = by_contrast(outcome, bundle)
    lines: list[Answer] = []
    hazard = "hazard" if first.plan.spec.background is None else "excess hazard"
    # Ratios of hazard ratios compare no two groups of patients; they stand with the other hazard ratios below.
    for asked in (one for one in standard_contrasts(first.plan.design) if one.within_versus is None):
        topic, within = labels.get(asked.term, asked.term), asked.transition
        if asked.versus and all(line.heading != heading(topic, within) for line in lines):
            words, numbers = (
                level_words(bundle.cohort, asked.term, asked.versus),
                held(rows, replace(asked, modifier=""), asked.versus),
            )
            lines.append(Answer(topic, words, *numbers, transition=within))
        estimates = found.get((asked.term, contrast_in(asked)), {})
        level = level_words(bundle.cohort, asked.term, asked.level) if asked.level else contrast_words(asked)
        level = f"{level}, {within_words(asked)}" if asked.modifier and asked.level else level
        reference = level_words(bundle.cohort, asked.term, asked.versus) if asked.versus else ""
        numbers = held(rows, asked, asked.level)
        posterior, sceptic, cox = (estimates.get(kind) for kind in ("posterior", "sceptic", "cox"))
        beside = behind(asked, rows)[1] if within_of(asked, rows) and asked.level else None
        lines.append(Answer(topic, level, *numbers, posterior, sceptic, cox, reference, within, beside, hazard))
    return tuple(lines)


def by_contrast(outcome: Outcome, bundle: Bundle) -> Mapping[tuple[str, str], dict[str, Estimate]]:
    """Return the three hazard ratios of each contrast; of several reconstructions the posterior over all of them."""
    name = outcome.posteriors[0].plan.spec.name
    cox = cox_word(outcome.posteriors[0].plan.rows)
    found: dict[tuple[str, str], dict[str, Estimate]] = {}
    for e in outcome.comparison.of("hazard_ratio"):
        if e.method == cox:
            found.setdefault((e.term, e.contrast_in), {})["cox"] = e
        elif e.model == name and e.interval_kind == "credible":
            found.setdefault((e.term, e.contrast_in), {})["posterior"] = e
    for e in bundle.sceptics.get(name, ()):
        found.setdefault((e.term, e.contrast_in), {})["sceptic"] = e
    if bundle.reconstructions is not None:
        for ratio in bundle.reconstructions.ratios.get(name, ()):
            found[ratio.pooled.term, ratio.pooled.contrast_in]["posterior"] = ratio.pooled
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
            shown.append(pooled.get((e.term, e.contrast_in), e))
    return tuple(shown)


def held(rows: AnalysisRows, asked: HazardRatio, level: str | None) -> tuple[int, int]:
    """Return patients at risk and events of a level, in a transition where there are several; of a number everyone."""
    covariate = rows.covariates.get(asked.term)
    inside = within_of(asked, rows)
    if inside and covariate is not None:
        group = (level or "") if covariate.schema.categorical else ""
        mine = of_group(rows, asked.term, group, transition=asked.transition, within=inside[0])
        return mine.n, mine.events
    if not level or covariate is None or not covariate.schema.categorical:
        whole = of_group(rows, transition=asked.transition)
        return whole.n, whole.events
    mine = of_group(rows, asked.term, level, transition=asked.transition)
    return mine.n, mine.events


def level_words(cohort: Cohort, term: str, level: str) -> str:
    """Return a level as readers see it."""
    held = cohort.covariates.get(term)
    return f"{term} {level}" if held is None else held.schema.read_as(level)


def surest(lines: tuple[Answer, ...]) -> float:
    """Return the largest posterior probability of a direction among lines, of those that have one."""
    found = [line.posterior.prob_gt_1 for line in lines if line.posterior is not None]
    return max((max(p, 1.0 - p) for p in found if not math.isnan(p)), default=math.nan)
