"""A design of several treatments and what it does, in words."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from escc_bayes.foundation.sentence import capital, counted
from escc_bayes.trial.design.design_words import accrual_sentence
from escc_bayes.trial.design.sensitivity_grid import SensitivityGrid, timing_over
from escc_bayes.trial.multi_arm.design import ALL, ANY, MultiArmDesign
from escc_bayes.trial.multi_arm.dunnett import critical_value
from escc_bayes.trial.multi_arm.simulate import MultiArmResult, null_of
from escc_bayes.trial.simulation.decide import NULL, TRUTH
from escc_bayes.trial.simulation.rounded import rounded
from escc_bayes.trial.simulation.told import FILL, ToFill, Words, origin_sentence
from escc_bayes.trial.simulation.truth_words import origin_of_hazard, survival_words
from escc_bayes.trial.truth.expected_events import month_of_events

NAMES = {ANY: "any of them", ALL: "all of them"}


def heading(design: MultiArmDesign) -> str:
    """Say what is planned."""
    arms = [f"{arm} ({count})" for arm, count in zip(design.arms, design.patients, strict=True)]
    looks = ", ".join(str(events) for events in design.looks)
    return (
        f"{design.name}: {', '.join(arms[1:])} v a common control, {arms[0]} (patients if none is dropped), analysed "
        f"at {counted(looks, 'event')}. SIMULATED trials."
    )


def design_sentences(design: MultiArmDesign) -> Iterator[str]:
    """Yield what is taken as true."""
    parts = ":".join(f"{part:g}" for part in design.allocation)
    yield f"{sum(design.patients)} patients are randomised {parts} to {', '.join(design.arms)}."
    yield accrual_sentence(design.accrual)
    yield f"The control has {survival_words(design.control, 12.0)}."
    yield from origin_of_hazard(design.origin)
    pairs = zip(design.treatments, design.ratios, strict=True)
    yield f"Planned hazard ratios over the control: {', '.join(f'{arm} {hr:g}' for arm, hr in pairs)}."
    if max(design.dropout) > 0.0:
        yield "Patients are lost at constant rates, independent of the event."
    if design.selection is not None:
        yield (
            f"{capital(design.selection.words())}. Patients of a dropped treatment are followed no longer and "
            "their events count until then; those who enter later go to the arms that stay, by the same parts."
        )


def rule_sentences(design: MultiArmDesign) -> Iterator[str]:
    """Yield the test, the boundaries and when the trial stops."""
    yield (
        f"Closed test at one-sided {design.alpha:g} for the whole family: each set of treatments by Dunnett's test of "
        "their log-rank statistics, which share the control; a treatment succeeds where every set with it is rejected."
    )
    if len(design.looks) == 1:
        yield f"All treatments together: the largest Z above {critical_value(design.alpha, design.loads):.3f}."
        return
    bounds = ", ".join(f"{bound:.3f}" for bound in design.boundaries)
    weights = ", ".join(f"{share:.3g}" for share in np.diff([0.0, *design.fractions]))
    yield (
        f"Stages, each of the events since the look before, are combined by the inverse normal method with squared "
        f"weights {weights}, fixed in advance; combined Z above {bounds} ({design.spending.words()})."
    )
    end = "the first treatment" if design.stop == ANY else "the last treatment still in it"
    yield f"The trial ends with the success of {end}, or where none is left."


def found_sentences(found: MultiArmResult) -> Iterator[str]:
    """Yield what the design does."""
    design = found.design
    error, power = found.of(NULL, ANY, "type_one_error"), found.of(TRUTH, ANY, "power")
    beside = f", {power.closed_form:.3f} in closed form" if power.closed_form is not None else ""
    yield (
        f"Any treatment succeeds in {power.value:.3f} of trials under the planned ratios{beside}; where none works, in "
        f"{error.value:.4f} (Monte Carlo error {error.mc_error:.4f}; at most {design.alpha:g} by the procedure)."
    )
    for arm in design.treatments:
        alone = found.of(null_of(arm), arm, "type_one_error")
        said = f"{arm}: power {found.of(TRUTH, arm, 'power').value:.3f}; succeeds in {alone.value:.4f} where it alone "
        said += "does not work"
        if design.selection is not None:
            said += f"; goes on in {found.of(TRUTH, arm, 'kept').value:.3f}"
        yield f"{said}."
    months, events = (found.of(TRUTH, ANY, f"expected_{name}").value for name in ("months", "events"))
    stop = found.of(TRUTH, ANY, "stop_early").value
    early = f"; {stop:.3f} of trials end at an interim look" if len(design.looks) > 1 else ""
    yield f"Under the planned ratios a trial takes {months:.1f} months and {events:.0f} events on average{early}."
    short = found.of(TRUTH, ANY, "short_of_events").value
    if short > 0.0:
        yield f"{short:.3f} of trials never reach the final events and end with their follow-up."
    if design.selection is not None:
        yield (
            "The level holds whatever the reason for dropping a treatment, provided that it is no knowledge of "
            "patients still at risk beyond their log-rank statistics (such as progression for survival)."
        )


def small_table(found: MultiArmResult) -> tuple[tuple[str, ...], ...]:
    """Return the table, its headings first."""
    design, selects = found.design, found.design.selection is not None
    head = ("treatment", "hazard ratio", "power", "type I error", *(["goes on"] if selects else []))
    rows: list[tuple[str, ...]] = [head]
    for arm, hr in zip(design.treatments, design.ratios, strict=True):
        power, error = found.of(TRUTH, arm, "power"), found.of(null_of(arm), arm, "type_one_error")
        kept = [f"{found.of(TRUTH, arm, 'kept').value:.3f}"] if selects else []
        rows.append((arm, f"{hr:g}", f"{power.value:.3f}", f"{error.value:.4f}", *kept))
    for of in (ANY, ALL):
        power, error = found.of(TRUTH, of, "power"), found.of(NULL, of, "type_one_error")
        rows.append((NAMES[of], "", f"{power.value:.3f}", f"{error.value:.4f}", *([""] if selects else [])))
    return tuple(rows)


def timing(design: MultiArmDesign) -> SensitivityGrid:
    """Return the expected month of the last look for which all arms are in, over hazard and dropout."""
    place = len(design.looks) - 1 if design.selection is None else design.selection.look
    name = f"month of look {place + 1}, with all arms"
    arms = design.arms_under(design.ratios)
    return timing_over(name, "hazard of all arms", arms, partial(month_of_events, design.looks[place]))


def protocol_sentences(found: MultiArmResult) -> Iterator[str]:
    """Yield three sentences: size and power, type I error, how the numbers were found."""
    design = found.design
    power, error = found.of(TRUTH, ANY, "power"), found.of(NULL, ANY, "type_one_error")
    pairs = [f"{arm} {hr:g}" for arm, hr in zip(design.treatments, design.ratios, strict=True)]
    dropping = "" if design.selection is None else f"; {design.selection.words()}"
    yield (
        f"{sum(design.patients)} patients, randomised {':'.join(f'{part:g}' for part in design.allocation)} and "
        f"analysed at {', '.join(map(str, design.looks))} events{dropping}, give a power of {rounded(power)} that "
        f"any treatment succeeds under hazard ratios of {', '.join(pairs)}."
    )
    yield (
        f"The family-wise one-sided type I error is at most {design.alpha:g} (closed test, Dunnett); where no "
        f"treatment works it is {rounded(error)} (Monte Carlo error {error.mc_error:.2g})."
    )
    yield origin_sentence(found.record, error.trials)


def left_to_say(design: MultiArmDesign) -> ToFill:
    """Return what the design does not know."""
    adaptive = [f"Looks at {', '.join(map(str, design.looks))} events of all patients."]
    if design.selection is not None:
        adaptive.append(f"{capital(design.selection.words())}. Who decides, and when the rule may be left: {FILL}")
    adaptive.append(f"What is estimated for a treatment that was selected, and how its bias is told: {FILL}")
    return ToFill(
        estimand=(
            f"Treatments: {', '.join(design.treatments)}, each v {design.arms[0]}, as randomised. Doses: {FILL}",
            f"Population: {FILL}",
            f"Variable: time from randomisation to {FILL}",
            f"Further treatment, stopping treatment, loss of patients: strategy of each: {FILL}",
            f"Summary measure: hazard ratio of each treatment over the control. Which is primary: {FILL}",
        ),
        reasons=(f"One-sided alpha {design.alpha:g} for the family. Why the family is one: {FILL}",),
        adaptive=tuple(adaptive),
    )


WORDS = Words(
    heading=heading,
    design=design_sentences,
    rules=rule_sentences,
    found=found_sentences,
    table=small_table,
    caption="Type I error: of a treatment where it alone does not work, of any and all where none does.",
    timing=timing,
    sentences=protocol_sentences,
    to_fill=left_to_say,
)
