"""What a design does, in sentences and a small table for the terminal."""

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.design.null import Null
from escc_bayes.trial.design.null_truth import null_effect
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.simulation.decide import BELIEVED, NULL, TRUTH
from escc_bayes.trial.simulation.operating_characteristics import OperatingCharacteristics
from escc_bayes.trial.simulation.quantity import Quantity

# Assurance that no number of events can exceed.
UNLIMITED = "with unlimited events"
HEADINGS = ("rule", "power", "type I", "assurance", UNLIMITED, "events", "patients", "months")
MISSING = "-"
USUAL_ERROR = 0.05


def summary(found: OperatingCharacteristics) -> tuple[str, ...]:
    """Return what is printed: the design, its rules, one plain sentence for each, and the table."""
    design, words = found.design, found.words
    said = [words.heading, *words.origin, *words.rules, *words.borrowing, *words.planning, ""]
    said += [plain_sentence(found, rule.name) for rule in design.rules]
    said += null_sentences(found)
    said += [*unequal_sentences(found), *short_sentence(found)]
    return (*said, "", *small_table(found))


def plain_sentence(found: OperatingCharacteristics, rule: str) -> str:
    """Return the sentence that a clinician needs, with the normal approximation beside it.

    Such as "bayes: power at the point estimate 0.80, assurance 0.61, with unlimited events 0.84 (normal
    approximation: 0.800, 0.611, 0.840)".
    """
    asked = (
        ("power at the point estimate", TRUTH, "power"),
        ("assurance", BELIEVED, "assurance"),
        (UNLIMITED, BELIEVED, "assurance_limit"),
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


def null_sentences(found: OperatingCharacteristics) -> list[str]:
    """Say each rule's type I error with the null at which it is made, and its success at its other criteria's nulls."""
    return [null_sentence(found, rule) for rule in found.design.rules]


def null_sentence(found: OperatingCharacteristics, rule: DecisionRule) -> str:
    """Say one rule's type I error, at which null, by which criterion; a warning above 0.05."""
    error, own = found.of(NULL, rule.name, "type_one_error"), found.plan.of(rule.name).null
    mine = [criterion for criterion in rule.success if criterion.null == own]
    by = f", that of {' and '.join(c.words() for c in mine)}" if len(rule.nulls) > 1 else ""
    value = f"{error.value:.4f} (Monte Carlo error {error.mc_error:.4f})"
    said = f"{rule.name}: type I error {value} at its null, {own.words}{by}"
    for criterion in rule.success:
        share = success_at(found, rule, criterion.null) if criterion.null != own else None
        if share is not None:
            said += f"; at {criterion.null.words}, the null of {criterion.words()}, it succeeds in {share}"
    if error.value - error.mc_error > USUAL_ERROR:
        said += (
            f". WARNING: this exceeds {USUAL_ERROR:g}: a claim of {own.claim} by this rule is weaker than a usual test"
        )
        if any(criterion.hazard_ratios for criterion in rule.success):
            said += "; [threshold] finds the threshold that holds an error"
    return f"{said}."


def success_at(found: OperatingCharacteristics, rule: DecisionRule, null: Null) -> str | None:
    """Return a rule's share of success at another null: simulated, else by the normal approximation; None without."""
    simulated = quantity(found, null.words, rule.name, "power")
    if simulated is not None:
        return f"{simulated.value:.3f} of trials"
    closed = found.plan.of(rule.name).power(null_effect(null, found.design))
    return None if closed is None else f"{closed:.3f} of trials (normal approximation)"


def unequal_sentences(found: OperatingCharacteristics) -> list[str]:
    """Say what unequal arms do to the type I error of each log-rank rule; nothing at 1:1.

    The score is skewed towards the larger arm: with more patients on treatment a one-sided test finds benefit a little
    too often, with fewer a little too rarely, by a share that falls with the square root of the events.
    """
    control, treated = found.design.allocation
    said = []
    for rule in found.design.rules if control != treated else ():
        error = quantity(found, NULL, rule.name, "type_one_error")
        test = rule.test
        if test is None or error is None or len(rule.success) > 1 or test.margin != 1.0 or test.cox:
            continue
        side = "above" if treated > control else "below"
        said.append(
            f"{rule.name}: at {control:g}:{treated:g} the type I error of a one-sided log-rank test lies a little "
            f"{side} its level {test.alpha:g}, whatever the software, since unequal arms skew its score; these "
            f"trials show {error.value:.4f} (Monte Carlo error {error.mc_error:.4f}). Schoenfeld's events and power do "
            "not know of it."
        )
    return said


def short_sentence(found: OperatingCharacteristics) -> list[str]:
    """Say how many trials never reach their events; nothing where that rounds to 0.000."""
    wanted = found.design.looks[-1].awaited
    short = quantity(found, TRUTH, found.design.rules[0].name, "short_of_events")
    if wanted is None or short is None or short.value < 0.0005:
        return []
    return [
        f"In {short.value:.3f} of the trials under the stated effect the {wanted} events never come: they are analysed "
        "when all follow-up has ended, and the mean months count them."
    ]


def luck(found: OperatingCharacteristics, rule: str) -> str:
    """Say how much of the assurance is success at or beyond the rule's null; nothing where that rounds to 0.00."""
    lucky = quantity(found, BELIEVED, rule, "assurance_lucky")
    if lucky is None or lucky.value < 0.005:
        return ""
    null = found.plan.of(rule).null
    return f"; of the assurance {lucky.value:.2f} is luck ({null.words} or {null.beyond})"


def quantity(found: OperatingCharacteristics, scenario: str, rule: str, name: str) -> Quantity | None:
    """Return one quantity; None where the run has none of that name."""
    try:
        return found.of(scenario, rule, name)
    except InputError:
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
