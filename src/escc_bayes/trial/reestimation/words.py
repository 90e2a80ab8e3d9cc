"""A design that re-estimates its events and what it does, in words."""

from collections.abc import Iterator
from functools import partial

from escc_bayes.foundation.sentence import capital, counted
from escc_bayes.trial.design.design_words import accrual_sentence
from escc_bayes.trial.design.sensitivity_grid import SensitivityGrid, timing_over
from escc_bayes.trial.reestimation.design import ReestimationDesign
from escc_bayes.trial.reestimation.power import PLANNED, UNWEIGHTED, WEIGHTED
from escc_bayes.trial.reestimation.simulate import TESTS, ZONES, ReestimationResult
from escc_bayes.trial.simulation.decide import NULL, TRUTH
from escc_bayes.trial.simulation.rounded import rounded
from escc_bayes.trial.simulation.told import FILL, ToFill, Words, origin_sentence
from escc_bayes.trial.simulation.truth_words import origin_of_hazard, survival_words
from escc_bayes.trial.truth.expected_events import month_of_events

NAMES = {
    WEIGHTED: "events re-estimated, weighted",
    UNWEIGHTED: "events re-estimated, unweighted",
    PLANNED: "events as planned",
}
HEADINGS = ("test", "power", "type I error", "events", "months")


def heading(design: ReestimationDesign) -> str:
    """Say what is planned."""
    (control, treatment), (controls, treated), rule = design.arms, design.patients, design.rule
    return (
        f"{design.name}: {treatment} ({counted(treated, 'patient')}) v {control} ({controls}), true hazard ratio "
        f"{design.effect.words()}, an interim look at {counted(rule.interim, 'event')} that may raise those of the "
        f"end from {rule.planned} to {rule.most}. SIMULATED trials."
    )


def design_sentences(design: ReestimationDesign) -> Iterator[str]:
    """Yield what is taken as true."""
    yield (
        f"{sum(design.patients)} patients are randomised {design.allocation[0]:g}:{design.allocation[1]:g}; only "
        "follow-up grows with the events, no more patients enter."
    )
    yield accrual_sentence(design.accrual)
    yield f"{design.arms[0]} has {survival_words(design.control, 12.0)}."
    yield from origin_of_hazard(design.origin)
    origin = f", {design.effect_origin}" if design.effect_origin else ""
    yield f"The planned effect is a hazard ratio of {design.effect.words()}{origin}."
    if max(design.dropout) > 0.0:
        yield "Patients are lost at constant rates, independent of the event."


def rule_sentences(design: ReestimationDesign) -> Iterator[str]:
    """Yield the looks, the rule for events, and the tests."""
    rule = design.rule
    yield (
        f"Log-rank test one-sided {design.alpha:g} over two looks ({design.spending.words()}): Z above "
        f"{rule.first:.3f} at {counted(rule.interim, 'event')}, above {rule.last:.3f} at the end."
    )
    yield (
        f"Conditional power under the trend seen, with {counted(rule.planned, 'event')}: below {rule.low:g} "
        "unfavourable, events "
        f"stay; from {rule.low:g} to {rule.wanted:g} promising, events rise to what gives {rule.wanted:g}, {rule.most} "
        "at most; above favourable, events stay."
    )
    yield (
        f"Weighted test: the two stages enter with squared weights {rule.fraction:.3g} and {1.0 - rule.fraction:.3g}, "
        "fixed in advance, so that alpha holds whatever the events. Unweighted: the log-rank test of all events, which "
        f"keeps alpha where events rise only at a conditional power of {rule.lowest_safe():.3f} or more."
    )
    yield f"The {design.test} test decides."


def found_sentences(found: ReestimationResult) -> Iterator[str]:
    """Yield what the design does, in all and by zone."""
    design = found.design
    for test in TESTS:
        power, error = found.of(TRUTH, test, "power"), found.of(NULL, test, "type_one_error")
        beside = f" ({power.closed_form:.3f} in closed form)" if power.closed_form is not None else ""
        first = capital(NAMES[test])
        yield (
            f"{first}: power {power.value:.3f}{beside}; type I error {error.value:.4f} (Monte Carlo error "
            f"{error.mc_error:.4f}, {error.closed_form:.4f} in closed form)."
        )
    for zone in ZONES[:3]:
        share = found.of(TRUTH, zone, "share").value
        powers = [found.of(TRUTH, test, f"power_if_{zone}").value for test in (design.test, PLANNED)]
        yield (
            f"{zone.capitalize()} in {share:.3f} of trials under the planned effect; power there {powers[0]:.3f}, "
            f"{powers[1]:.3f} with events as planned."
        )
    short = found.of(TRUTH, WEIGHTED, "short_of_events").value
    if short > 0.0:
        yield f"{short:.3f} of trials never reach their events and end with their follow-up."
    yield (
        "The chance of the promising zone is small by itself: what re-estimation buys is power where it is entered, at "
        "the price of more events there. Who knows the rule reads the interim estimate from the new number of events."
    )


def small_table(found: ReestimationResult) -> tuple[tuple[str, ...], ...]:
    """Return the table, its headings first."""
    rows: list[tuple[str, ...]] = [HEADINGS]
    for test in TESTS:
        power, error = found.of(TRUTH, test, "power"), found.of(NULL, test, "type_one_error")
        events, months = (found.of(TRUTH, test, f"expected_{size}").value for size in ("events", "months"))
        rows.append((NAMES[test], f"{power.value:.3f}", f"{error.value:.4f}", f"{events:.0f}", f"{months:.1f}"))
    return tuple(rows)


def timing(design: ReestimationDesign) -> SensitivityGrid:
    """Return the expected month of the largest number of events over hazard and dropout."""
    name = f"month of {design.rule.most} events, the most"
    month = partial(month_of_events, design.rule.most)
    return timing_over(name, "hazard of both arms", design.arms_under(design.effect), month)


def protocol_sentences(found: ReestimationResult) -> Iterator[str]:
    """Yield three sentences: size and power, type I error, how the numbers were found."""
    design, rule = found.design, found.design.rule
    power, planned = (found.of(TRUTH, test, "power") for test in (design.test, PLANNED))
    error = found.of(NULL, design.test, "type_one_error")
    yield (
        f"{sum(design.patients)} patients, randomised {design.allocation[0]:g}:{design.allocation[1]:g}: "
        f"{counted(rule.planned, 'event')}, raised to {rule.most} at most where conditional power at "
        f"{counted(rule.interim, 'event')} lies "
        f"between {rule.low:g} and {rule.wanted:g}, give a power of {rounded(power)} under a hazard ratio of "
        f"{design.effect.words()}; without raising it is {rounded(planned)}."
    )
    why = "weights fixed in advance" if design.test == WEIGHTED else "events rise in the promising zone alone"
    yield (
        f"The one-sided type I error is at most {design.alpha:g} ({why}); simulated {rounded(error)} (Monte Carlo "
        f"error {error.mc_error:.2g})."
    )
    yield origin_sentence(found.record, error.trials)


def left_to_say(design: ReestimationDesign) -> ToFill:
    """Return what the design does not know."""
    control, treatment = design.arms
    return ToFill(
        estimand=(
            f"Treatments: {treatment} v {control}, as randomised. Doses, duration, what else is allowed: {FILL}",
            f"Population: {FILL}",
            f"Variable: time from randomisation to {FILL}",
            f"Further treatment, stopping treatment, loss of patients: strategy of each: {FILL}",
            f"Summary measure: hazard ratio. How it is estimated after re-estimation: {FILL}",
        ),
        reasons=(
            f"One-sided alpha {design.alpha:g}; conditional power {design.rule.wanted:g} wanted. Why: {FILL}",
            f"At most {counted(design.rule.most, 'event')}. The smallest effect that would then still matter: {FILL}",
        ),
        adaptive=(
            f"Events are set anew at {counted(design.rule.interim, 'event')} by the rule above; patients stay as "
            "they are.",
            f"Who computes conditional power, who learns the new number, how integrity is kept: {FILL}",
        ),
    )


WORDS = Words(
    heading=heading,
    design=design_sentences,
    rules=rule_sentences,
    found=found_sentences,
    table=small_table,
    caption="Events and months: means under the planned effect.",
    timing=timing,
    sentences=protocol_sentences,
    to_fill=left_to_say,
)
