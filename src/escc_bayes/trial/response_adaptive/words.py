"""A response-adaptive design and what it does, in words."""

from collections.abc import Iterator
from functools import partial

from escc_bayes.foundation.sentence import capital, counted
from escc_bayes.trial.design.design_words import accrual_sentence
from escc_bayes.trial.design.sensitivity_grid import SensitivityGrid, timing_over
from escc_bayes.trial.response_adaptive.design import AdaptiveDesign
from escc_bayes.trial.response_adaptive.simulate import (
    EQUAL,
    PLAIN,
    STRATIFIED,
    TESTS,
    AdaptiveResult,
    scenario_name,
)
from escc_bayes.trial.simulation.rounded import rounded
from escc_bayes.trial.simulation.told import FILL, ToFill, Words, origin_sentence
from escc_bayes.trial.simulation.truth_words import origin_of_hazard, survival_words
from escc_bayes.trial.truth.expected_events import month_of_events

NAMES = {
    PLAIN: "adaptive, one log-rank test",
    STRATIFIED: "adaptive, stratified by period",
    EQUAL: "one to one, one log-rank test",
}


def heading(design: AdaptiveDesign) -> str:
    """Say what is planned."""
    return (
        f"{design.name}: {design.arms[1]} v {design.arms[0]}, {counted(design.patients, 'patient')} with "
        "response-adaptive "
        f"allocation, true hazard ratio {design.ratio:g}, analysed at {counted(design.events, 'event')}. SIMULATED "
        "trials."
    )


def design_sentences(design: AdaptiveDesign) -> Iterator[str]:
    """Yield what is taken as true."""
    yield f"{design.patients} patients enter, one to one to {design.arms[0]} and {design.arms[1]} at first."
    yield accrual_sentence(design.accrual)
    yield f"{design.arms[0]}, without a trend, has {survival_words(design.control, 12.0)}."
    yield from origin_of_hazard(design.origin)
    if max(design.dropout) > 0.0:
        yield "Patients are lost at constant rates, independent of the event."
    factors = ", ".join(f"{trend:g}" for trend in design.trends)
    yield f"Trends: the hazard of both arms is multiplied by {factors} with each year of entry, one scenario each."


def rule_sentences(design: AdaptiveDesign) -> Iterator[str]:
    """Yield the rule of allocation and the tests."""
    said = design.adaptation.words()
    yield f"{capital(said)} (exponential working model)."
    yield (
        f"Log-rank test one-sided {design.alpha:g} at {counted(design.events, 'event')}, of all patients, and "
        "stratified by the period of entry between two updates, in which all were randomised by one share."
    )


def found_sentences(found: AdaptiveResult) -> Iterator[str]:
    """Yield what the design does under each trend, and what repairs it."""
    for trend in found.design.trends:
        yield trend_sentence(found, trend)
    planned = scenario_name(1.0, works=True)
    share = found.of(planned, PLAIN, "share_on_treatment").value
    fewer = found.of(planned, PLAIN, "fewer_than_half_on_treatment").value
    months = [found.of(planned, rule, "expected_months").value for rule in (PLAIN, EQUAL)]
    yield (
        f"Under the planned effect {share:.3f} of patients are on treatment on average, fewer than half in "
        f"{fewer:.3f} of trials; the analysis comes in month {months[0]:.1f}, one to one in month {months[1]:.1f}."
    )
    yield (
        "Patients of late periods are more often on the arm that did better early. Where the hazard changes with time "
        "of entry, for whatever reason, the test of all patients takes that change for an effect. Strata by period "
        "compare patients who entered together, at the price of some power; what error they leave above the level "
        "stands above (later periods tell less where early ones were favourable, and small arms are skewed)."
    )


def trend_sentence(found: AdaptiveResult, trend: float) -> str:
    """Say type I error and power of all tests under one trend."""
    errors = [found.of(scenario_name(trend, works=False), test, "type_one_error") for test in TESTS]
    powers = [found.of(scenario_name(trend, works=True), test, "power") for test in TESTS]
    said = "Without a trend" if trend == 1.0 else f"With a hazard {trend:g} times as high for each year of entry"
    rows = [
        f"{NAMES[test]} {error.value:.4f} (power {power.value:.3f})"
        for test, error, power in zip(TESTS, errors, powers, strict=True)
    ]
    return f"{said}, type I error by test: {'; '.join(rows)}. Monte Carlo error {errors[0].mc_error:.4f} of the first."


def small_table(found: AdaptiveResult) -> tuple[tuple[str, ...], ...]:
    """Return the table, its headings first: each trend by test."""
    rows: list[tuple[str, ...]] = [("trend a year", "test", "power", "type I error")]
    for trend in found.design.trends:
        for test in TESTS:
            power = found.of(scenario_name(trend, works=True), test, "power")
            error = found.of(scenario_name(trend, works=False), test, "type_one_error")
            rows.append((f"{trend:g} x", NAMES[test], f"{power.value:.3f}", f"{error.value:.4f}"))
    return tuple(rows)


def timing(design: AdaptiveDesign) -> SensitivityGrid:
    """Return the expected month of the analysis over hazard and dropout, one to one."""
    month = partial(month_of_events, design.events)
    return timing_over(
        "month of the analysis, one to one", "hazard of both arms", design.arms_under(design.ratio), month
    )


def protocol_sentences(found: AdaptiveResult) -> Iterator[str]:
    """Yield three sentences: size, rule and power; type I error with trends; how the numbers were found."""
    design = found.design
    power = found.of(scenario_name(1.0, works=True), STRATIFIED, "power")
    yield (
        f"{counted(design.patients, 'patient')} with response-adaptive allocation ({design.adaptation.words()}), "
        "analysed at "
        f"{counted(design.events, 'event')} by a log-rank test stratified by period of entry, give a power of "
        f"{rounded(power)} under a hazard ratio of {design.ratio:g}."
    )
    names = [scenario_name(trend, works=False) for trend in design.trends]
    worst, plain = (
        max((found.of(name, test, "type_one_error") for name in names), key=lambda one: one.value)
        for test in (STRATIFIED, PLAIN)
    )
    yield (
        f"Over trends of {', '.join(f'{trend:g}' for trend in design.trends)} a year its one-sided type I error is at "
        f"most {rounded(worst)} (Monte Carlo error {worst.mc_error:.2g}); one test of all patients would reach "
        f"{rounded(plain)}."
    )
    yield origin_sentence(found.record, power.trials)


def left_to_say(design: AdaptiveDesign) -> ToFill:
    """Return what the design does not know."""
    (control, treatment), said = design.arms, design.adaptation.words()
    return ToFill(
        estimand=(
            f"Treatments: {treatment} v {control}, as randomised. Doses, duration, what else is allowed: {FILL}",
            f"Population, and whether it may change while patients enter: {FILL}",
            f"Variable: time from randomisation to {FILL}",
            f"Further treatment, stopping treatment, loss of patients: strategy of each: {FILL}",
            f"Summary measure: hazard ratio, by period of entry. How it is estimated: {FILL}",
        ),
        reasons=(
            f"Why allocation follows the data, and not one to one with an interim look: {FILL}",
            f"Updates, power and bounds of the rule. Why these: {FILL}",
        ),
        adaptive=(
            f"{capital(said)}.",
            f"Who computes allocation, how current the data are then, who learns the share: {FILL}",
        ),
    )


WORDS = Words(
    heading=heading,
    design=design_sentences,
    rules=rule_sentences,
    found=found_sentences,
    table=small_table,
    caption="Trend: factor of both arms' hazard for each year of entry.",
    timing=timing,
    sentences=protocol_sentences,
    to_fill=left_to_say,
)
