"""A single-arm design and what it does, in words."""

from collections.abc import Iterator

from escc_bayes.foundation.sentence import counted
from escc_bayes.trial.design.design_words import accrual_sentence
from escc_bayes.trial.design.sensitivity_grid import Arms, SensitivityGrid, timing_over
from escc_bayes.trial.simulation.decide import BELIEVED, NULL, TRUTH
from escc_bayes.trial.simulation.rounded import rounded
from escc_bayes.trial.simulation.told import FILL, ToFill, Words, origin_sentence
from escc_bayes.trial.simulation.truth_words import origin_of_hazard, survival_words
from escc_bayes.trial.single_arm.design import SingleArmDesign
from escc_bayes.trial.single_arm.rules import Milestone
from escc_bayes.trial.single_arm.simulate import DRIFTS, SingleArmResult, drift_name, null_words
from escc_bayes.trial.truth.expected_events import expected_events, month_of_events

HEADINGS = ("rule", "power", "type I", "assurance", "events", "patients", "months")


def heading(design: SingleArmDesign) -> str:
    """Say what is planned."""
    return (
        f"{design.name}: {design.arm} ({counted(design.patients, 'patient')}), one arm against a reference that is not "
        f"randomised; true hazard ratio over the reference {design.effect.words()}, analysed at {design.look.words()}. "
        "SIMULATED trials."
    )


def design_sentences(design: SingleArmDesign) -> Iterator[str]:
    """Yield what is taken as true."""
    origin = f", {design.effect_origin}" if design.effect_origin else ""
    yield f"{design.patients} patients enter one arm, {design.arm}."
    yield accrual_sentence(design.accrual)
    yield f"The reference has {survival_words(design.reference, 12.0, 24.0)}."
    yield from origin_of_hazard(design.origin)
    yield f"The planned effect is a hazard ratio over the reference of {design.effect.words()}{origin}."
    if design.dropout > 0.0:
        yield "Patients are lost at a constant rate, independent of the event."
    if design.follow_up is not None:
        yield f"Every patient is followed for {counted(design.follow_up, 'month')} and no longer."
    if design.lag:
        yield f"What happens is known {counted(design.lag, 'month')} later."


def rule_sentences(design: SingleArmDesign) -> Iterator[str]:
    """Yield when it is analysed; every rule, and the level that whole numbers leave to a milestone."""
    yield f"One analysis, at {design.look.words()}."
    for rule in design.rules:
        yield rule.sentence()
        if isinstance(rule.criterion, Milestone):
            lost = " Losses before then count as events." if design.dropout > 0.0 else ""
            yield f"{rule.name}: type I error {rule.criterion.level:.4f} without losses (exact).{lost}"


def found_sentences(found: SingleArmResult) -> Iterator[str]:
    """Yield what the rules do, and what rests on the reference."""
    for rule in found.design.rules:
        power, error = found.of(TRUTH, rule.name, "power"), found.of(NULL, rule.name, "type_one_error")
        beside = f" ({power.closed_form:.3f} in closed form)" if power.closed_form is not None else ""
        yield f"{rule.name}: power {power.value:.3f}{beside}; type I error {error.value:.4f} at {error.null}."
        drifted = "; ".join(
            f"{one.value:.3f} where their hazard is {factor:g} times the reference's"
            for factor in DRIFTS
            if (one := found.find(drift_name(factor), rule.name, "type_one_error")) is not None
        )
        yield f"{rule.name}: succeeds with an arm no better than concurrent controls in {drifted}."
    yield (
        "Without randomisation success cannot tell a better treatment from better patients or better care: every "
        "number above takes the reference as the hazard that these patients would have had."
    )


def small_table(found: SingleArmResult) -> tuple[tuple[str, ...], ...]:
    """Return the table of rules, its headings first."""
    columns = (
        (TRUTH, "power", 3),
        (NULL, "type_one_error", 4),
        (BELIEVED, "assurance", 3),
        (TRUTH, "expected_events", 0),
        (TRUTH, "expected_patients", 0),
        (TRUTH, "expected_months", 1),
    )
    rows: list[tuple[str, ...]] = [HEADINGS]
    for rule in found.design.rules:
        numbers = [(found.find(scenario, rule.name, name), digits) for scenario, name, digits in columns]
        rows.append((rule.name, *("-" if one is None else f"{one.value:.{digits}f}" for one, digits in numbers)))
    return tuple(rows)


def timing(design: SingleArmDesign) -> SensitivityGrid:
    """Return the month of the analysis, or its events where the calendar sets it, over hazard and dropout."""
    look, arms = design.look, ((design.accrual, design.hazard(design.effect), design.dropout),)
    name = "month of the analysis" if look.events is not None else "events at the analysis"
    data = design.data_month(design.effect)

    def value(arms: Arms) -> float:
        if look.events is None:
            return sum(expected_events(data, *arm) for arm in arms)
        return look.due(month_of_events(look.events, arms), design.accrual.duration, design.lag) + design.lag

    return timing_over(name, "hazard of the arm", arms, value)


def protocol_sentences(found: SingleArmResult) -> Iterator[str]:
    """Yield three sentences on the first rule."""
    design, rule = found.design, found.design.rules[0]
    power, error = found.of(TRUTH, rule.name, "power"), found.of(NULL, rule.name, "type_one_error")
    yield (
        f"{counted(design.patients, 'patient')} in one arm, analysed at {design.look.words()}, give the "
        f"{rule.criterion.words()} "
        f"a power of {rounded(power)} under a hazard ratio over the reference of {design.effect.words()} and a type I "
        f"error of {rounded(error)} at {null_words(rule.criterion.null)}."
    )
    assurance = found.find(BELIEVED, rule.name, "assurance")
    if assurance is not None:
        yield (
            f"Averaged over what is believed of the effect the probability of success is {rounded(assurance)}. "
            "Without randomisation all of it rests on the reference."
        )
    else:
        yield "No design prior is stated. Without randomisation every number rests on the reference."
    yield origin_sentence(found.record, power.trials)


def left_to_say(design: SingleArmDesign) -> ToFill:
    """Return what the design does not know."""
    reasons = [f"Reference: why these patients would have had its hazard, and what if not: {FILL}"]
    if design.believed is not None:
        reasons.append(f"Design prior: evidence, its bias, who judged it: {FILL}")
    if design.prior is not None:
        reasons.append(f"Analysis prior and drift of concurrent controls (SD {design.drift:g}): why: {FILL}")
    reasons += [f"{rule.name}: {rule.criterion.words()}. Why this threshold: {FILL}" for rule in design.rules]
    return ToFill(
        estimand=(
            f"Treatment: {design.arm}, in all patients who enter. Doses, duration, what else is allowed: {FILL}",
            f"Population, and how it compares with the reference's: {FILL}",
            f"Variable: time from entry to {FILL}",
            f"Further treatment, stopping treatment, loss of patients: strategy of each: {FILL}",
            f"Summary measure: hazard ratio over the reference, or survival at a month. Which is primary: {FILL}",
        ),
        reasons=tuple(reasons),
        adaptive=("None: one arm, one analysis, size fixed.",),
    )


WORDS = Words(
    heading=heading,
    design=design_sentences,
    rules=rule_sentences,
    found=found_sentences,
    table=small_table,
    caption="Means under the planned effect; type I error at each rule's own null.",
    timing=timing,
    sentences=protocol_sentences,
    to_fill=left_to_say,
)
