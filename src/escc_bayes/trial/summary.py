"""What a design does, in sentences and a small table for the terminal."""

from escc_bayes.trial.decide import BELIEVED, NULL, TRUTH
from escc_bayes.trial.design import TrialDesign
from escc_bayes.trial.operating_characteristics import OperatingCharacteristics, Quantity
from escc_bayes.trial.planned import planning_sentences
from escc_bayes.trial.prior_events import prior_event_sentences, prior_events

HEADINGS = ("rule", "power", "type I", "assurance", "ceiling", "events", "patients", "months")
MISSING = "-"


def summary(found: OperatingCharacteristics) -> tuple[str, ...]:
    """Return what is printed: the design, its rules, one plain sentence for each, and the table."""
    design = found.design
    said = [
        heading(design),
        *origin_sentences(design),
        *rule_sentences(design),
        *borrowing_sentence(design),
        *planning_sentences(design),
        "",
    ]
    said += [plain_sentence(found, rule.name) for rule in design.rules]
    said += [*unequal_sentences(found), *short_sentence(found)]
    return (*said, "", *small_table(found))


def heading(design: TrialDesign) -> str:
    """Say what is planned."""
    control, treated = design.patients
    looks = "; ".join(look.words() for look in design.looks)
    prior = design.design_prior
    believed = f"believed: {prior.hazard_ratio_words()}" if prior is not None else "no design prior"
    if design.bias is not None:
        believed += f", evidence biased by {design.bias.mean:g} (SD {design.bias.sd:g}) on the log scale"
    if design.switching is not None:
        believed = f"{design.switching.words()}; {believed}"
    hr = design.effect.words()
    return (
        f"{design.name}: {design.arms[1]} ({treated} patients) v {design.arms[0]} ({control}), true hazard ratio {hr}, "
        f"analysed at {looks}; {believed}. SIMULATED trials."
    )


def origin_sentences(design: TrialDesign) -> tuple[str, ...]:
    """Say what the control hazard rests on, and that the stated effect is a harm where it is one."""
    said = [f"{design.control_origin[0].upper()}{design.control_origin[1:]}"] if design.control_origin else []
    if min(design.effect.hr) > 1.0:
        said.append(
            f"The stated hazard ratio is above 1: {design.arms[1]} does worse, and success is then an error, not "
            "power. Hazard ratios are of treatment over control."
        )
    return tuple(said)


def rule_sentences(design: TrialDesign) -> tuple[str, ...]:
    """Say the rules."""
    control, treatment = design.arms
    return tuple(rule.sentence(treatment, control, len(design.looks)) for rule in design.rules)


def borrowing_sentence(design: TrialDesign) -> tuple[str, ...]:
    """Say what is borrowed and what that is worth; nothing where nothing is."""
    if design.borrowing is None:
        return ()
    return (design.borrowing.words(), *prior_event_sentences(prior_events(design)))


def plain_sentence(found: OperatingCharacteristics, rule: str) -> str:
    """Return the sentence that a clinician needs, with the normal approximation beside it.

    Such as "bayes: power at the point estimate 0.80, assurance 0.61, ceiling 0.84 (normal approximation: 0.800,
    0.611, 0.840)".
    """
    asked = (
        ("power at the point estimate", TRUTH, "power"),
        ("assurance", BELIEVED, "assurance"),
        ("ceiling", BELIEVED, "assurance_limit"),
    )
    shown = [
        (words, number)
        for words, scenario, name in asked
        if (number := quantity(found, scenario, rule, name)) is not None
    ]
    said = ", ".join(f"{words} {number.value:.2f}" for words, number in shown)
    closed = [number.closed_form for _, number in shown]
    beside = ", ".join(f"{form:.3f}" for form in closed if form is not None)
    return f"{rule}: {said}" + (f" (normal approximation: {beside})" if None not in closed else "") + luck(found, rule)


def unequal_sentences(found: OperatingCharacteristics) -> list[str]:
    """Say what unequal arms do to the type I error of each log-rank rule; nothing at 1:1.

    The score is skewed towards the larger arm: with more patients on treatment a one-sided test finds benefit a little
    too often, with fewer a little too rarely, by a share that falls with the square root of the events.
    """
    control, treated = found.design.allocation
    said = []
    for rule in found.design.rules if control != treated else ():
        error = quantity(found, NULL, rule.name, "type_one_error")
        if not (rule.alphas and error is not None and len(rule.success) == 1):
            continue
        side = "above" if treated > control else "below"
        said.append(
            f"{rule.name}: at {control:g}:{treated:g} the type I error of a one-sided log-rank test lies a little "
            f"{side} its level {rule.alphas[0]:g}, whatever the software, since unequal arms skew its score; these "
            f"trials show {error.value:.4f} (Monte Carlo error {error.mc_error:.4f}). Schoenfeld's events and power do "
            "not know of it."
        )
    return said


def short_sentence(found: OperatingCharacteristics) -> list[str]:
    """Say how many trials never reach their events; nothing where that rounds to 0.000."""
    wanted = found.design.looks[-1].events
    short = quantity(found, TRUTH, found.design.rules[0].name, "short_of_events")
    if wanted is None or short is None or short.value < 0.0005:
        return []
    return [
        f"In {short.value:.3f} of the trials under the stated effect the {wanted} events never come: they are analysed "
        "when all follow-up has ended, and the mean months count them."
    ]


def luck(found: OperatingCharacteristics, rule: str) -> str:
    """Say how much of the assurance is success of a treatment that is no better; nothing where that rounds to 0.00."""
    lucky = quantity(found, BELIEVED, rule, "assurance_lucky")
    return "" if lucky is None or lucky.value < 0.005 else f"; of the assurance {lucky.value:.2f} is luck"


def quantity(found: OperatingCharacteristics, scenario: str, rule: str, name: str) -> Quantity | None:
    """Return one quantity; None where the run has none of that name."""
    try:
        return found.of(scenario, rule, name)
    except KeyError:
        return None


def value(found: OperatingCharacteristics, scenario: str, rule: str, name: str, digits: int) -> str:
    """Return one number as text; a dash where there is none."""
    number = quantity(found, scenario, rule, name)
    return MISSING if number is None else f"{number.value:.{digits}f}"


def small_table(found: OperatingCharacteristics) -> tuple[str, ...]:
    """Return one line for each rule: probabilities, and the size expected under the stated effect."""
    columns = (
        (TRUTH, "power", 3),
        (NULL, "type_one_error", 4),
        (BELIEVED, "assurance", 3),
        (BELIEVED, "assurance_limit", 3),
        (TRUTH, "expected_events", 0),
        (TRUTH, "expected_patients", 0),
        (TRUTH, "expected_months", 1),
    )
    rows = [HEADINGS] + [
        (rule.name, *(value(found, scenario, rule.name, name, digits) for scenario, name, digits in columns))
        for rule in found.design.rules
    ]
    widths = [max(len(row[k]) for row in rows) for k in range(len(HEADINGS))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    trials = found.quantities[0].trials
    return (
        *lines,
        f"{trials:,} trials of each scenario; a probability of 0.5 is then exact to {0.5 / trials**0.5:.4f}.",
    )
