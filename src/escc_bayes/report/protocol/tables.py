"""The tables of a protocol: truth, priors with their worth in events, boundaries, operating characteristics, grids."""

import math
from collections.abc import Iterator

import numpy as np

from escc_bayes.foundation.sentence import capital
from escc_bayes.report.document.document import Table
from escc_bayes.spec.effective_events import effective_events
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.sensitivity_grid import SensitivityGrid
from escc_bayes.trial.design.trial_plan import TrialPlan
from escc_bayes.trial.significance.boundaries import spent_by_look
from escc_bayes.trial.simulation.decide import BELIEVED, NULL, TRUTH
from escc_bayes.trial.simulation.expected_course import MONTHS, arm_truths
from escc_bayes.trial.simulation.interim_table import InterimRow, interim_table
from escc_bayes.trial.simulation.operating_characteristics import OperatingCharacteristics, constant_by_design
from escc_bayes.trial.simulation.quantity import Quantity

SCENARIOS = {TRUTH: "the planned effect", NULL: "the null of each rule", BELIEVED: "the design prior"}
NONE = "-"


def truth_table(design: TrialDesign) -> Table:
    """Return what is taken as true of each arm."""
    head = ("arm", "patients", "median, months", *(f"survival at {month:g}" for month in MONTHS), "lost in a year")
    rows = tuple(
        (
            arm.name,
            f"{arm.patients}",
            f"{arm.median:.1f}" if math.isfinite(arm.median) else "not reached",
            *(f"{100.0 * share:.1f} %" for share in arm.survival),
            f"{100.0 * arm.yearly_dropout:.1f} %",
        )
        for arm in arm_truths(design)
    )
    of = ", in a stratum of hazard 1" if design.strata else ""
    return Table(f"What is taken as true of the arms{of}.", head, rows)


# Limits that many times apart say nothing that a reader could use.
FLAT = 1e6


def prior_table(design: TrialDesign) -> Table:
    """Return every prior on the hazard ratio; worth in events of a 1:1 trial."""
    priors: list[tuple[str, NormalMixture]] = []
    if design.believed is not None:
        priors.append(("design prior" + (", bias included" if design.bias is not None else ""), design.believed))
    priors.append(("analysis prior", design.analysis_prior.mixture))
    rows = tuple(prior_row(name, prior) for name, prior in priors)
    caption = (
        "Priors on the hazard ratio. Effective events: of a 1:1 trial that says as much (expected local information "
        "ratio; by variance in brackets). The design prior gives assurance, the analysis prior enters the posterior."
    )
    return Table(caption, ("prior", "median", "95 % interval", "P(HR < 1)", "effective events"), rows)


def prior_row(name: str, prior: NormalMixture) -> tuple[str, ...]:
    """Return one prior."""
    low, high = (math.exp(end) for end in prior.interval(0.95))
    worth = effective_events(prior)
    flat = f"practically flat (SD {prior.sd:g} on the log scale)"
    return (
        name,
        f"{math.exp(prior.quantile(0.5)):.2f}",
        flat if high > FLAT * low else f"{low:.3g} to {high:.3g}",
        f"{prior.cdf(0.0):.3f}",
        f"{worth.elir:.1f} ({worth.moment:.1f})",
    )


def boundary_table(plan: TrialPlan) -> Table | None:
    """Return the boundaries of each rule over several looks; None with one look, or where no rule has any on Z."""
    if len(plan.looks) == 1:
        return None
    rows = []
    for planned in plan.rules:
        normal = planned.on_z
        if normal is None:
            continue
        away = math.log(planned.null_effect.hr[0]) * np.sqrt(normal.information)
        binding = normal.lower + away if planned.rule.binding else None
        spent = spent_by_look(plan.fractions, normal.upper + away, binding)
        for k, count in enumerate(plan.events):
            upper, lower = float(normal.upper[k]), float(normal.lower[k])
            ratio = math.exp(-upper / math.sqrt(float(normal.information[k])))
            futile = f"{lower:z.3f}" if math.isfinite(lower) else NONE
            numbers = (f"{count:.0f}", f"{upper:.3f}", f"{ratio:.3f}", f"{spent[k]:.5f}", futile)
            rows.append((planned.rule.name, f"{k + 1}", *numbers))
    head = ("rule", "look", "events", "Z for success", "about hazard ratio", "type I error spent", "futile below Z")
    caption = (
        "Boundaries on Z against a hazard ratio of 1 (normal approximation; a posterior rule as the Z at which its "
        "probability crosses). Type I error spent by a look, at the rule's own null, counts success alone, as if "
        "futility were not acted upon unless it is binding."
    )
    return Table(caption, head, tuple(rows)) if rows else None


def null_words(plan: TrialPlan) -> str:
    """Say the nulls of the rules: the one that all share, or each with its rules."""
    rules: dict[str, list[str]] = {}
    for planned in plan.rules:
        rules.setdefault(planned.null.words, []).append(planned.rule.name)
    if len(rules) == 1:
        return f"{SCENARIOS[NULL]}, {next(iter(rules))}"
    return f"{SCENARIOS[NULL]} ({'; '.join(f'{words}: {", ".join(names)}' for words, names in rules.items())})"


def scenario_words(found: OperatingCharacteristics) -> dict[str, str]:
    """Return every scenario in words, in the order of the tables; those of further nulls go by their own."""
    more = {number.scenario: number.scenario for number in found.quantities if number.scenario not in SCENARIOS}
    return SCENARIOS | {NULL: null_words(found.plan)} | more


def interim_tables(found: OperatingCharacteristics) -> Iterator[Table]:
    """Yield one table for each scenario: when each look comes and how many trials it ends; none with one look."""
    head = ("rule", "look", "expected month", "expected events", "ends in success", "ends for futility")
    looks = interim_table(found)
    names = {rule.name: place for place, rule in enumerate(found.design.rules)}

    def ends(row: InterimRow, how: str, value: float, error: float) -> str:
        impossible = constant_by_design(found.design, names[row.rule], f"{how}_at_look_{row.look}")
        return NONE if impossible else f"{value:.4f} ({error:.4f})"

    for scenario, words in scenario_words(found).items():
        rows = tuple(
            (
                row.rule,
                f"{row.look}: {row.when}",
                NONE if row.month is None else f"{row.month:.1f}",
                NONE if row.events is None else f"{row.events:.0f}",
                ends(row, "success", row.success, row.success_mc_error),
                ends(row, "futility", row.futility, row.futility_mc_error),
            )
            for row in looks
            if row.scenario == scenario
        )
        if rows:
            caption = f"Looks under {words}, SIMULATED trials: shares of all trials that end there (Monte Carlo error)."
            yield Table(caption, head, rows)


def operating_tables(found: OperatingCharacteristics) -> Iterator[Table]:
    """Yield one table for each scenario: value, Monte Carlo standard error, normal approximation."""
    head = ("rule", "quantity", "value", "Monte Carlo error", "normal approximation")
    names = {rule.name: place for place, rule in enumerate(found.design.rules)}
    for scenario, words in scenario_words(found).items():
        rows = tuple(
            operating_row(number)
            for number in found.quantities
            if number.scenario == scenario
            and "_at_look_" not in number.quantity
            and not constant_by_design(found.design, names[number.rule], number.quantity)
        )
        if rows:
            yield Table(f"SIMULATED trials under {words}.", head, rows)


def operating_row(number: Quantity) -> tuple[str, ...]:
    """Return one quantity as text; sizes with one decimal, probabilities with four."""
    digits = 1 if number.quantity.startswith("expected_") else 4
    return (
        number.rule,
        number.quantity.replace("_", " "),
        f"{number.value:.{digits}f}",
        f"{number.mc_error:.{digits + 1}f}" if number.trials else NONE,
        NONE if number.closed_form is None else f"{number.closed_form:.{digits}f}",
    )


def grid_table(grid: SensitivityGrid) -> Table:
    """Return a sensitivity grid as text; shares with three decimals, months and events with one."""
    rule = f", rule {grid.rule}" if grid.rule else ""
    caption = f"{capital(grid.name)}{rule}: {grid.row_name} (down) by {grid.column_name} (across)."
    digits = 3 if grid.rule else 1
    rows = tuple(
        (row, *(f"{value:.{digits}f}" if math.isfinite(value) else "never" for value in values))
        for row, values in zip(grid.rows, grid.values, strict=True)
    )
    return Table(caption, (grid.row_name, *grid.columns), rows)
