"""From simulated patients to decisions: every rule at every look, on the same trials."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import BoolArray, FloatArray, IntArray
from escc_bayes.trial.design.analysis import analysis_data, arm_prior
from escc_bayes.trial.design.criterion import Criterion
from escc_bayes.trial.design.design import TrialDesign, mixture_from
from escc_bayes.trial.design.futility import FutilityCriterion
from escc_bayes.trial.design.normal_power import has_normal_form
from escc_bayes.trial.design.null import Null
from escc_bayes.trial.design.null_truth import lies_in, log_ratios_at, own_null
from escc_bayes.trial.design.predictive_success import predictive_success
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import RulePlan
from escc_bayes.trial.design.trial_plan import TrialPlan
from escc_bayes.trial.looks.by_stratum import split
from escc_bayes.trial.looks.patients import Snapshot
from escc_bayes.trial.looks.risk_sets import RiskSets, risk_sets
from escc_bayes.trial.looks.snapshot import look_months, snapshot
from escc_bayes.trial.posterior.marginal_posterior import Marginal, WeightedData, joined_weighted, posterior
from escc_bayes.trial.significance.measures import Measure, Orders
from escc_bayes.trial.simulation.simulate import Draws, draw, drawn_log_ratios, patients
from escc_bayes.trial.truth.stratum import columns_of

TRUTH, NULL, BELIEVED = "truth", "null", "design_prior"

# What the patients live under: the stated effect, the design prior, or a null.
type Scenario = str | Null


@dataclass(frozen=True, slots=True, eq=False)
class Criteria:
    """What a look computes: probabilities at ``log_ratios`` (m,), ``measures``; each rule's ``plans`` and null.

    ``last_measures`` are those of the final look, where some tests are made alone.
    ``posteriors``: which are asked for, with borrowed controls (true) and without (false).
    """

    log_ratios: FloatArray
    measures: tuple[Measure, ...]
    last_measures: tuple[Measure, ...]
    plans: tuple[RulePlan, ...]
    nulls: tuple[Null, ...]
    posteriors: frozenset[bool]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What n trials show at one look: ``data`` for the posterior, ``values`` (n,) of measures, and the trial's size.

    ``in_null``: by null of a rule, whether the truth lies in it, so that success is an error; (n,).
    """

    data: WeightedData
    values: Mapping[Measure, FloatArray]
    month: FloatArray
    enrolled: IntArray
    events: IntArray
    in_null: Mapping[Null, BoolArray]


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """Of n trials under one rule: ``success``, ``futile``, and the look at which each ``ended``."""

    success: BoolArray
    futile: BoolArray
    ended: IntArray


def criteria_of(plan: TrialPlan) -> Criteria:
    """Return what the rules of a plan need."""
    design = plan.design
    ratios = sorted({ratio for rule in design.rules for ratio in rule.hazard_ratios})
    every, last = (
        tuple(dict.fromkeys(measure for rule in design.rules for measure in rule.measures(final=final)))
        for final in (False, True)
    )
    plans = tuple(of.boundaries for of in plan.rules)
    asked = frozenset(rule.borrows for rule in design.rules if rule.asks_posterior)
    nulls = tuple(of.null for of in plan.rules)
    return Criteria(np.array([math.log(ratio) for ratio in ratios]), every, last, plans, nulls, asked)


def scenarios(design: TrialDesign) -> tuple[Scenario, ...]:
    """Return the scenarios: the effect, the null of every rule (each once), and what is believed."""
    nulls = dict.fromkeys(null.truth for rule in design.rules for null in nulls_to_simulate(design, rule))
    return (TRUTH, *nulls) if design.design_prior is None else (TRUTH, *nulls, BELIEVED)


def nulls_to_simulate(design: TrialDesign, rule: DecisionRule) -> tuple[Null, ...]:
    """Return the rule's own null, then those of its other criteria where no closed form says how often it succeeds."""
    own = own_null(design, rule)
    if has_normal_form(design, rule):
        return (own,)
    return (own, *(null for null in rule.nulls if null != own))


def log_ratio_of(scenario: Scenario, design: TrialDesign, draws: Draws) -> FloatArray:
    """Return the log hazard ratio of each piece, or stratum, of the effect, (n or 1, k + 1).

    A draw from the design prior replaces the strongest piece or stratum; the others keep their share of it.
    """
    if scenario == TRUTH:
        return np.log(np.array([design.effect.ratios]))
    if isinstance(scenario, Null):
        return log_ratios_at(scenario, design, draws.control_draw)
    assert design.design_prior is not None
    drawn = drawn_log_ratios(mixture_from(design.design_prior), draws.effect_unit)
    if design.bias is not None:
        drawn += design.bias.mean + design.bias.sd * ndtri(draws.bias_unit)
    return drawn[:, None] * design.effect.shape


def evidence_of_block(
    design: TrialDesign, criteria: Criteria, under: tuple[Scenario, ...], trials: int, seed: Seed, block: int
) -> list[list[Evidence]]:
    """Simulate one block of trials under some scenarios; return the evidence by scenario and look."""
    draws = draw(design, trials, seed, block)
    found = []
    for scenario in under:
        log_ratio = log_ratio_of(scenario, design, draws)
        seen = patients(design, draws, log_ratio)
        months = look_months(seen, design.looks, design.lag)
        truth = {
            null: np.broadcast_to(lies_in(null, design, draws.control_draw, log_ratio), (trials,))
            for null in dict.fromkeys(criteria.nulls)
        }
        wanted = [criteria.measures] * (len(months) - 1) + [criteria.last_measures]
        found.append(
            [
                evidence_at(design, of, snapshot(seen, month, design.lag), truth)
                for of, month in zip(wanted, months, strict=True)
            ]
        )
    return found


def evidence_at(
    design: TrialDesign,
    measures: tuple[Measure, ...],
    shot: Snapshot,
    in_null: Mapping[Null, BoolArray],
    columns: Sequence[tuple[slice, slice]] | None = None,
) -> Evidence:
    """Return what one look shows; ``columns`` of the strata, where they are not those of the plan."""
    order = risk_sets(shot)
    strata: tuple[RiskSets, ...] = (order,)
    if design.strata:
        strata = tuple(risk_sets(part) for part in split(shot, columns or columns_of(design.patients, design.strata)))
    orders = Orders(order, strata, arm_prior(design.analysis_prior))
    values = {measure: measure.of(orders) for measure in measures}
    data = analysis_data(design.analysis_prior, orders)
    return Evidence(data, values, shot.month, shot.enrolled, shot.events, in_null)


def together(parts: list[Evidence]) -> Evidence:
    """Return blocks as one: the posterior of some thousand trials costs little more than that of some hundred."""
    return Evidence(
        joined_weighted([part.data for part in parts]),
        {measure: np.concatenate([part.values[measure] for part in parts]) for measure in parts[0].values},
        np.concatenate([part.month for part in parts]),
        np.concatenate([part.enrolled for part in parts]),
        np.concatenate([part.events for part in parts]),
        {null: np.concatenate([part.in_null[null] for part in parts]) for null in parts[0].in_null},
    )


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What criteria are held against at one look.

    Attributes
    ----------
    log_ratios : (m,) c.
    posterior : P(log HR < c | data), mean and SD of n trials; None where no rule asks.
    values : (n,) of each measure.
    """

    log_ratios: FloatArray
    posterior: Marginal | None
    values: Mapping[Measure, FloatArray]
    trials: int

    def below(self, hr: float) -> FloatArray:
        """Return P(HR < ``hr`` | data)."""
        assert self.posterior is not None
        return self.posterior.below[:, int(np.argmin(np.abs(self.log_ratios - math.log(hr))))]


@dataclass(frozen=True, slots=True, eq=False)
class RuleSeen:
    """What one rule's criteria are held against at ``look``: what is shown, and the rule's boundaries there."""

    rule: DecisionRule
    plan: RulePlan
    shown: Shown
    look: int

    @property
    def upper(self) -> float:
        """The upper boundary of the log-rank Z."""
        return float(self.plan.upper[self.look])

    @property
    def lower(self) -> float:
        """The lower boundary."""
        return float(self.plan.lower[self.look])

    def below(self, hr: float) -> FloatArray:
        """Return P(HR < ``hr`` | data)."""
        return self.shown.below(hr)

    def value(self, measure: Measure) -> FloatArray:
        """Return a measure."""
        return self.shown.values[measure]

    def log_rank(self) -> FloatArray:
        """Return the Z of the rule's log-rank test; zeros where it has none."""
        return np.zeros(self.shown.trials) if self.rule.test is None else self.value(self.rule.test.measure)

    def foreseen(self) -> FloatArray:
        """Return the predictive probability of success at the final look."""
        assert self.shown.posterior is not None
        mean, sd = self.shown.posterior.mean, self.shown.posterior.sd
        return predictive_success(self.rule, self.plan, self.look, mean, sd, self.log_rank())


def shown(design: TrialDesign, criteria: Criteria, look: Evidence, *, borrows: bool = False) -> Shown:
    """Return the posterior, with or without borrowed controls, beside the measures."""
    found = marginal_of(design, criteria, look, borrows=borrows) if borrows in criteria.posteriors else None
    return Shown(criteria.log_ratios, found, look.values, look.events.size)


def marginal_of(design: TrialDesign, criteria: Criteria, look: Evidence, *, borrows: bool) -> Marginal:
    """Return the posterior of every trial at a look."""
    prior, data = design.analysis_prior, look.data
    if borrows:
        assert design.borrowing is not None
        data = design.borrowing.borrowed(data.data, prior.baseline, prior.mixture)
    return posterior(data, prior.mixture, prior.baseline, criteria.log_ratios)


def verdicts(design: TrialDesign, criteria: Criteria, looks: list[Evidence], *, first: int = 0) -> list[Verdicts]:
    """Decide every rule at every look; a trial ends at its first success or futility, or at the last look.

    ``first``: place in the design of the first of ``looks``.
    """
    needed = {rule.borrows for rule in design.rules}
    found = {borrows: [shown(design, criteria, look, borrows=borrows) for look in looks] for borrows in needed}
    return [
        ended(rule, plan.since(first), found[rule.borrows])
        for rule, plan in zip(design.rules, criteria.plans, strict=True)
    ]


def ended(rule: DecisionRule, plan: RulePlan, looks: list[Shown]) -> Verdicts:
    """Return how every trial ends under one rule."""
    trials, last = looks[0].trials, len(looks) - 1
    success, futile = np.zeros(trials, dtype=np.bool_), np.zeros(trials, dtype=np.bool_)
    at = np.full(trials, last)
    for k, seen in enumerate(looks):
        going = ~(success | futile)
        won = going & succeeds(rule, plan, seen, k, final=k == last)
        lost = np.zeros_like(won)
        if plan.acting[k] and k < last:
            lost = going & ~won & is_futile(rule, plan, seen, k)
        success |= won
        futile |= lost
        at[won | lost] = k
    return Verdicts(success, futile, at)


def succeeds(rule: DecisionRule, plan: RulePlan, shown: Shown, look: int, *, final: bool) -> BoolArray:
    """Return whether all criteria of success hold at a look, (n,)."""
    if rule.only_final and not final:
        return np.zeros(shown.trials, dtype=np.bool_)
    return all_hold(rule.success, RuleSeen(rule, plan, shown, look))


def is_futile(rule: DecisionRule, plan: RulePlan, shown: Shown, look: int) -> BoolArray:
    """Return whether all criteria of futility hold at an interim look, (n,)."""
    return all_hold(rule.futility, RuleSeen(rule, plan, shown, look))


def all_hold(criteria: Iterable[Criterion | FutilityCriterion], seen: RuleSeen) -> BoolArray:
    """Return whether all criteria hold, (n,)."""
    every = np.ones(seen.shown.trials, dtype=np.bool_)
    for criterion in criteria:
        every &= criterion.holds(seen)
    return every
