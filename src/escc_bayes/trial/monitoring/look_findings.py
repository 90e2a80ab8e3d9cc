"""What a look at the arms shows: verdict, adjusted estimates, hazard ratio, powers, conflict: rows and sentences."""

import math
from collections.abc import Collection, Iterator, Sequence

from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.rule_plan import RulePlan
from escc_bayes.trial.design.trial_plan import TrialPlan
from escc_bayes.trial.monitoring.adjusted import AdjustedRatio, adjusted_words
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.monitoring.interim_posterior import posterior_of, prior_conflict
from escc_bayes.trial.monitoring.interim_rules import (
    ConditionalPower,
    Standing,
    conditional_powers,
    log_rank_now,
    standings,
)
from escc_bayes.trial.monitoring.look_result import LookResult
from escc_bayes.trial.monitoring.monitor import Outlook
from escc_bayes.trial.monitoring.this_look import ThisLook
from escc_bayes.trial.monitoring.verdict import Verdict
from escc_bayes.trial.monitoring.verdict_words import headline, overrun_sentence, verdict_sentences
from escc_bayes.trial.simulation.confidence import lower_limit, upper_limit

SURPRISING = 0.05
ASSUMED = {"trend": "what is seen so far", "design": "the effect of the design", "null": "the rule's null"}


def verdict_found(
    design: TrialDesign, look: ThisLook, verdicts: Sequence[Verdict], *, blinded: bool
) -> Iterator[LookResult]:
    """Yield the verdict of this look, then every rule's boundary, statistic and whether it is crossed."""
    yield LookResult("look", "", float(look.place + 1), headline(design, look, verdicts, blinded=blinded))
    yield LookResult("information_fraction", "", look.fraction if look.events else 0.0, "")
    for sentence in overrun_sentence(look):
        yield LookResult("overrun", "", float(look.events_over), sentence)
    for verdict, said in verdict_sentences(verdicts):
        yield LookResult("crossed", verdict.rule, float(verdict.crossed), said, kind=verdict.kind)
        for of in verdict.criteria:
            yield LookResult("boundary", verdict.rule, of.boundary, "", of.words, kind=verdict.kind)
            yield LookResult("statistic", verdict.rule, of.statistic, "", of.words, kind=verdict.kind)


def adjusted_found(found: Sequence[AdjustedRatio], level: float) -> Iterator[LookResult]:
    """Yield the hazard ratio of each rule whose trial ends here, adjusted for the looks, and its P value."""
    for one in found:
        said = adjusted_words(one, level)
        ratio = one.adjusted
        limits = ratio.lower, ratio.upper, level, "confidence"
        yield LookResult("adjusted_hazard_ratio", one.rule, ratio.estimate, said, "", *limits)
        yield LookResult("adjusted_p_value", one.rule, one.p_value, "")


def comparison(
    plan: TrialPlan,
    interim: Interim,
    look: ThisLook,
    plans: tuple[RulePlan, ...],
    told: Outlook | None,
    level: float,
    judged: Collection[tuple[str, str]],
) -> Iterator[LookResult]:
    """Yield what compares the arms: hazard ratio, criteria, predictive and conditional power, conflict.

    ``judged``: rules and kinds of which the verdict has been said.
    """
    design = plan.design
    posterior, tail = posterior_of(interim, design.analysis_prior), (1.0 - level) / 2.0
    middle, low, high = (posterior.quantile(p) for p in (0.5, tail, 1.0 - tail))
    control, treatment = design.arms
    said = f"Hazard ratio {treatment} vs {control}: {middle:.3g} ({100 * level:g} % credible {low:.3g} to {high:.3g})."
    yield LookResult("hazard_ratio", "", middle, said, "", low, high, level, "credible")
    for standing in standings(plan, interim):
        yield standing_found(standing, judged=(standing.rule, standing.role) in judged)
    for success in told.rules if told is not None else ():
        hits = round(success.probability * success.completions)
        limits = (
            lower_limit(hits, success.completions, 1.0 - tail),
            upper_limit(hits, success.completions, 1.0 - tail),
        )
        said = (
            f"{success.rule}: predictive probability of success at the final look {success.probability:.3f} "
            f"(Monte Carlo {limits[0]:.3f} to {limits[1]:.3f})."
        )
        yield LookResult(
            "predictive_probability", success.rule, success.probability, said, "", *limits, level, "monte_carlo"
        )
    if not look.final:
        z = {rule.name: log_rank_now(interim, design.analysis_prior, rule.test) for rule in design.rules}
        for power in conditional_powers(plan, interim.events, z, plans):
            yield conditional_found(power)
    yield from conflict_found(design, interim, level)


def standing_found(now: Standing, *, judged: bool) -> LookResult:
    """Return where a criterion stands; said where no verdict of this look says it."""
    said = ""
    if not judged and now.quantity == "log_rank_z":
        said = f"{now.rule}: log-rank Z {now.value:.2f} now; at the final look success needs more than {now.bound:.2f}."
    elif not judged:
        said = f"{now.rule}: {now.words} for {now.role}; it is {now.value:.4f} now."
    return LookResult(now.quantity, now.rule, now.value, said, f"{now.role}: {now.words}", kind=now.role)


def conditional_found(power: ConditionalPower) -> LookResult:
    """Say a conditional power."""
    said = (
        f"{power.rule}: conditional power {power.probability:.3f} under {ASSUMED[power.assumed]} "
        f"(hazard ratio {power.hr:.2f})."
    )
    return LookResult(f"conditional_power_{power.assumed}", power.rule, power.probability, said)


def conflict_found(design: TrialDesign, interim: Interim, level: float) -> Iterator[LookResult]:
    """Yield whether the estimate surprises the design prior; nothing without one or while an arm has no event."""
    if design.believed is None:
        return
    conflict = prior_conflict(interim, design.analysis_prior, design.believed)
    if conflict is None:
        return
    low, high = (math.exp(end) for end in conflict.expected.interval(level))
    verdict = "a conflict" if conflict.tail < SURPRISING else "no conflict"
    said = (
        f"The data alone say hazard ratio {math.exp(conflict.estimate):.2f}; the design prior expected {low:.2f} to "
        f"{high:.2f} ({100 * level:g} %), tail probability {conflict.tail:.3f}: {verdict} at {SURPRISING:g}."
    )
    yield LookResult("prior_conflict_tail", "", conflict.tail, said)
    estimate = math.exp(conflict.estimate)
    yield LookResult("hazard_ratio_estimate", "", estimate, "", "", low, high, level, "prior_predictive")
