"""Operating characteristics of a design: power, type I error, assurance and its limit, expected size, early stopping.

Every rule is judged on the same simulated trials; each number carries its Monte Carlo standard error.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from escc_bayes.estimand.aligned import plain_table
from escc_bayes.foundation.careful import careful, careful_class
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.choose_scheduler import scheduler_for
from escc_bayes.foundation.chunks import Progress
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.kinds import SEED
from escc_bayes.foundation.notebook import few, shown
from escc_bayes.foundation.record import Record, seed_label, versions
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.normal_power import assurance_limit
from escc_bayes.trial.design.null import Null
from escc_bayes.trial.design.null_truth import null_effect
from escc_bayes.trial.design.plan_words import PlanInWords, plan_in_words
from escc_bayes.trial.design.trial_plan import TrialPlan, planned
from escc_bayes.trial.simulation.decide import BELIEVED, NULL, TRUTH, Scenario, nulls_to_simulate, scenarios
from escc_bayes.trial.simulation.quantity import OverTrials, Quantity
from escc_bayes.trial.simulation.tally import FIELDS, fields_of
from escc_bayes.trial.truth.cure import CuredControl

COLUMNS = ("scenario", "rule", "quantity", "value", "mc_error", "trials", "closed_form", "null")
SUCCESS = {TRUTH: "power", NULL: "type_one_error", BELIEVED: "assurance"}


@careful_class
@dataclass(frozen=True, repr=False)
class OperatingCharacteristics:
    """What a design does: its plan, its quantities, and the record of the run."""

    plan: TrialPlan
    quantities: tuple[Quantity, ...]
    record: Record

    @property
    def design(self) -> TrialDesign:
        """The design."""
        return self.plan.design

    @cached_property
    def words(self) -> PlanInWords:
        """The plan in words, said when first asked for."""
        return plan_in_words(self.plan)

    def __repr__(self) -> str:
        columns = ("scenario", "rule", "quantity", "value", "MC error", "trials")
        body = [
            (q.scenario, q.rule, q.quantity, f"{q.value:.4g}", f"{q.mc_error:.2g}", f"{q.trials:,}")
            for q in possible(self)
        ]
        return plain_table(self.words.heading, columns, body)

    def _repr_html_(self) -> str:
        return shown([self.words.heading], few(table(self), COLUMNS[:6]))

    @careful
    def of(self, scenario: str, rule: str, quantity: str) -> Quantity:
        """Return one quantity; raise ``InputError`` with the known names where there is none."""
        for found in self.quantities:
            if (found.scenario, found.rule, found.quantity) == (scenario, rule, quantity):
                return found
        named = dict(zip(("scenario", "rule", "quantity"), (scenario, rule, quantity), strict=True))
        for key, word in named.items():
            known = dict.fromkeys(str(getattr(found, key)) for found in self.quantities)
            if word not in known:
                raise InputError(f"OperatingCharacteristics: no {key} '{word}'; {suggestion(word, known)}")
        raise InputError(f"OperatingCharacteristics: rule '{rule}' has no '{quantity}' under scenario '{scenario}'")


@careful
def operating_characteristics(
    design: TrialDesign,
    *,
    trials: int,
    seed: Seed = SEED,
    workers: int = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> OperatingCharacteristics:
    """Simulate a design under its effect, under the null of each rule, and under the design prior.

    Parameters
    ----------
    trials : of each scenario; the same patients live through all of them.
    seed : with the number of the block it gives every stream.
    workers : processes; the result is the same for any number.
    scheduler : address of a Dask scheduler, ``tcp://HOST:PORT``, instead of processes of this machine.
    progress : called with the bundles of trials done and to do.

    Raises
    ------
    InputError : the Dask scheduler cannot be used.
    """
    from escc_bayes.trial.simulation.workers import tallies

    plan = planned(design)
    chunks = tallies(plan, trials, seed, scheduler_for(workers, scheduler), progress=progress)
    return summarised(plan, total_of(chunks), trials=trials, seed=seed)


def total_of(found: Iterable[FloatArray]) -> FloatArray:
    """Add chunks up in order, so that rounding is the same however they were computed."""
    total: FloatArray | None = None
    for tally in found:
        total = tally if total is None else total + tally
    assert total is not None
    return total


def summarised(plan: TrialPlan, total: FloatArray, *, trials: int, seed: Seed) -> OperatingCharacteristics:
    """Return the quantities from sums (scenarios, rules, fields)."""
    design = plan.design
    wanted: list[tuple[Scenario, ...]] = [(TRUTH, *nulls_to_simulate(design, rule), BELIEVED) for rule in design.rules]
    quantities = [
        quantity
        for scenario, of_scenario in zip(scenarios(design), total, strict=True)
        for place, sums in enumerate(of_scenario)
        for null in wanted[place]
        if scenario == (null.truth if isinstance(null, Null) else null)
        for quantity in quantities_of(plan, null, place, sums, trials)
    ]
    record = Record(
        spec_digest=design.digest,
        data_digest="",
        seed=seed_label(seed),
        provenance="simulated",
        engine="exact posterior, baseline integrated out",
        settings=(("trials", trials), ("patients", sum(design.patients))),
        versions=versions(),
    )
    return OperatingCharacteristics(plan, tuple(quantities), record)


def quantities_of(plan: TrialPlan, scenario: Scenario, place: int, sums: FloatArray, trials: int) -> list[Quantity]:
    """Return the quantities of one rule under one scenario; under its own null success is its type I error."""
    design = plan.design
    rule, sum_of = design.rules[place], dict(zip(fields_of(len(design.looks)), sums.tolist(), strict=True))
    name, null = name_of(plan, scenario, place), scenario.words if isinstance(scenario, Null) else ""
    seen = OverTrials(name, trials, null)

    def share(quantity: str, field: str, closed_form: float | None = None) -> Quantity:
        return seen.share(rule.name, quantity, sum_of[field], closed_form)

    def mean(quantity: str, field: str) -> Quantity:
        return seen.mean(rule.name, quantity, sum_of[field], sum_of[f"{field}_squared"])

    found = [share(SUCCESS.get(name, "power"), "success", closed_form_of(plan, scenario, place))]
    if scenario == BELIEVED:
        found += [seen.share(rule.name, "assurance_correct", sum_of["success"] - sum_of["lucky_success"])]
        found += [share("assurance_lucky", "lucky_success")]
    limit = assurance_limit(design, rule) if scenario == BELIEVED else None
    if limit is not None:
        found.append(Quantity(name, rule.name, "assurance_limit", limit, 0.0, 0, limit))
    found += [mean(f"expected_{field}", field) for field in ("events", "patients", "months")]
    found += [share("stop_early_success", "early_success"), share("stop_early_futility", "early_futility")]
    if design.looks[-1].awaited is not None:
        found.append(share("short_of_events", "short"))
    if len(design.looks) > 1:
        found += [share(field, field) for field in fields_of(len(design.looks))[len(FIELDS) :]]
    return found


def name_of(plan: TrialPlan, scenario: Scenario, place: int) -> str:
    """Return how a scenario is called beside one rule: its own null is "null", another one goes by its words."""
    if not isinstance(scenario, Null):
        return scenario
    return NULL if scenario == plan.rules[place].null else scenario.words


def closed_form_of(plan: TrialPlan, scenario: Scenario, place: int) -> float | None:
    """Return the normal approximation of a rule's probability of success."""
    if scenario == BELIEVED:
        return plan.rules[place].assurance
    effect = null_effect(scenario, plan.design) if isinstance(scenario, Null) else plan.design.effect
    return plan.rules[place].power(effect)


def constant_by_design(design: TrialDesign, place: int, quantity: str) -> bool:
    """Return whether a quantity of a rule can have one value only: a stop where none can be, events that are set."""
    rule, last = design.rules[place], len(design.looks)
    how, _, look = quantity.partition("_at_look_")
    if look:
        early = int(look) < last
        return not rule.futility_acts(last)[int(look) - 1] if how == "futility" else early and rule.only_final
    if quantity == "stop_early_success":
        return last == 1 or rule.only_final
    if quantity == "stop_early_futility":
        return not any(rule.futility_acts(last))
    if quantity == "short_of_events":
        return (
            not max(design.dropout) > 0.0 and design.follow_up is None and not isinstance(design.control, CuredControl)
        )
    only = design.looks[-1]
    by_events = only.events is not None and only.month is None and only.follow_up is None
    return quantity == "expected_events" and by_events and (last == 1 or (rule.only_final and not rule.futility))


def impossible_by_design(design: TrialDesign, place: int, quantity: str) -> bool:
    """Return whether a quantity of a rule is the share of something that cannot happen: 0 in every trial.

    Expected events that are set are constant as well, but a reader needs their number.
    """
    return quantity != "expected_events" and constant_by_design(design, place, quantity)


def table(found: OperatingCharacteristics) -> list[dict[str, object]]:
    """Return the rows of ``operating_characteristics.csv``."""
    return [{column: getattr(row, column) for column in COLUMNS} for row in possible(found)]


def possible(found: OperatingCharacteristics) -> list[Quantity]:
    """Return the quantities without shares of what cannot happen."""
    places = {rule.name: place for place, rule in enumerate(found.design.rules)}
    return [q for q in found.quantities if not impossible_by_design(found.design, places[q.rule], q.quantity)]
