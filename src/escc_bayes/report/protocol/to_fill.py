"""What a protocol must say and a design file does not know: headings for the statistician to fill, with what is known.

ADEMP: Morris, White & Crowther 2019, Stat Med 38:2074. Estimand: ICH E9(R1). Adaptive features: ICH E20.
"""

from collections.abc import Iterator, Sequence

from escc_bayes.report.document.document import Block, Heading, Items, Paragraph
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.simulation.operating_characteristics import OperatingCharacteristics
from escc_bayes.trial.simulation.quantity import Quantity
from escc_bayes.trial.simulation.told import FILL, ToFill

# A prior so wide on the log hazard ratio has limits that nobody reads.
FLAT = 4.0


def blocks_to_fill(found: OperatingCharacteristics) -> Iterator[Block]:
    """Yield the headings, each with what the design knows and what is left to say."""
    design = found.design
    known = ToFill(tuple(estimand_items(design)), tuple(reason_items(design)), tuple(adaptive_items(design)))
    yield from headings_to_fill(known, design.name, found.quantities)


def headings_to_fill(known: ToFill, name: str, quantities: Sequence[Quantity]) -> Iterator[Block]:
    """Yield the headings of a design of any kind."""
    yield Heading("To be completed by the statistician")
    yield Paragraph(f"What follows is not in the design's file. Replace every {FILL}; delete what does not apply.")
    yield Heading("Estimand (ICH E9 R1)", 3)
    yield Items(known.estimand)
    yield Heading("Reasons for priors and thresholds", 3)
    yield Items(known.reasons)
    yield Heading("Adaptive features (ICH E20)", 3)
    yield Items(known.adaptive)
    yield Heading("The simulation study (ADEMP)", 3)
    yield Items(tuple(ademp_items(name, quantities)))


def estimand_items(design: TrialDesign) -> Iterator[str]:
    """Yield the attributes of the estimand."""
    control, treatment = design.arms
    yield f"Treatments: {treatment} v {control}, as randomised. Doses, duration, what else is allowed: {FILL}"
    yield f"Population: {FILL}"
    yield f"Variable: time from randomisation to {FILL}"
    if design.switching is not None:
        yield f"Switching: {design.switching.words()}. Strategy (treatment policy, hypothetical), and why: {FILL}"
    else:
        yield f"Switching to the other arm's treatment: taken to be none. Strategy if there is some: {FILL}"
    yield (
        "Death before progression, if the event is progression: as an event (progression-free survival), as a "
        f"competing event, or otherwise: {FILL}"
    )
    yield f"Further treatment, stopping treatment, loss of patients: strategy of each: {FILL}"
    yield f"Summary measure: {' and '.join(measures_of(design))}. Which of them is primary: {FILL}"


def measures_of(design: TrialDesign) -> tuple[str, ...]:
    """Return the summary measures that the rules go by."""
    kinds = {null.kind for rule in design.rules for null in rule.nulls}
    names = {
        "hazard_ratio": "hazard ratio",
        "rmst": "difference of restricted means",
        "survival": "difference of survival at a month",
    }
    return tuple(name for kind, name in names.items() if kind in kinds)


def reason_items(design: TrialDesign) -> Iterator[str]:
    """Yield what must be argued: each prior and each threshold."""
    if design.design_prior is not None:
        yield f"Design prior: {design.design_prior.hazard_ratio_words()}. Evidence, its bias, who judged it: {FILL}"
    prior = design.analysis_prior
    wide = prior.mixture.sd >= FLAT
    said = (
        f"practically flat (SD {prior.mixture.sd:.3g} on the log scale)" if wide else prior.log_hr.hazard_ratio_words()
    )
    yield f"Analysis prior: {said}. Why this one: {FILL}"
    for rule in design.rules:
        asked = " and ".join(criterion.words() for criterion in rule.success)
        yield f"{rule.name}: {asked}. Why this threshold: {FILL}"
    if design.borrowing is not None:
        yield f"Borrowed controls: {design.borrowing.words()} Why they are exchangeable, and what if not: {FILL}"


def adaptive_items(design: TrialDesign) -> Iterator[str]:
    """Yield what the looks may change, and what must be kept."""
    if len(design.looks) == 1:
        yield "None: one analysis, size and allocation fixed."
        return
    yield f"Looks at {'; '.join(look.words() for look in design.looks)}; size and allocation are fixed."
    stops = [rule.name for rule in design.rules if any(rule.futility_acts(len(design.looks)))]
    if stops:
        binding = [rule.name for rule in design.rules if rule.binding]
        kind = f"binding for {', '.join(binding)}" if binding else "not binding"
        yield f"Futility may stop the trial by {', '.join(stops)}; it is {kind}."
    yield f"Why looks are worth it, who sees unblinded data, how integrity is kept: {FILL}"
    yield f"What is estimated after an early stop, and how (monitor prints estimates adjusted for the looks): {FILL}"


def ademp_items(name: str, quantities: Sequence[Quantity]) -> Iterator[str]:
    """Yield aims, data-generating mechanisms, estimands, methods and performance measures."""
    scenarios = dict.fromkeys(number.scenario for number in quantities)
    trials = quantities[0].trials
    yield f"Aims: power, type I error and size of {name} under every rule. Further aims: {FILL}"
    yield (
        f"Data-generating mechanisms: {len(scenarios)} scenarios ({', '.join(scenarios)}), as under Design. Left out, "
        f"and why: {FILL}"
    )
    yield "Estimands: success of each rule, months, patients and events until it stops."
    yield f"Methods: the rules above, all on the same trials. Missing data, deviations: {FILL}"
    yield (
        f"Performance measures: shares and means over {trials:,} trials of each scenario, each with its Monte Carlo "
        "standard error."
    )
