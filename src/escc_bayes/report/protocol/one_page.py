"""``summary.docx``: a design on one page, numbers rounded to their Monte Carlo error.

The design in a sentence, a table of rules, one figure, how the months move with what is assumed, three sentences for
the protocol.
"""

from collections.abc import Iterator
from pathlib import Path

from escc_bayes.report.document.document import Block, Heading, Items, Paragraph, Picture, Table
from escc_bayes.report.document.figure_files import FOLDER
from escc_bayes.report.protocol.tables import grid_table
from escc_bayes.trial.design.sensitivity_grid import timing_grid
from escc_bayes.trial.simulation.decide import BELIEVED, NULL, TRUTH
from escc_bayes.trial.simulation.operating_characteristics import OperatingCharacteristics
from escc_bayes.trial.simulation.rounded import rounded
from escc_bayes.trial.simulation.summary import UNLIMITED, quantity
from escc_bayes.trial.simulation.told import origin_sentence

HEADINGS = ("rule", "null", "power", "type I error", "assurance", "events", "months")
FIGURES = {
    "power": "Power against the number of events.",
    "expected_course": "SIMULATED: patients and events to expect over calendar time.",
}


def one_page(folder: Path, found: OperatingCharacteristics) -> Iterator[Block]:
    """Yield the page; its figure is the first that the run has written."""
    design = found.design
    yield Heading(f"{design.name}: the design on a page", 1)
    yield Paragraph(found.words.heading)
    yield rule_table(found)
    for name, caption in FIGURES.items():
        if (folder / FOLDER / f"{name}.png").exists():
            yield Picture(name, caption)
            break
    yield grid_table(timing_grid(found.plan))
    yield Heading("For the protocol", 2)
    yield Items(tuple(protocol_sentences(found)))


def rule_table(found: OperatingCharacteristics) -> Table:
    """Return the rules and what they do."""
    columns = (
        (TRUTH, "power"),
        (NULL, "type_one_error"),
        (BELIEVED, "assurance"),
        (TRUTH, "expected_events"),
        (TRUTH, "expected_months"),
    )
    rows = tuple(
        (
            planned.rule.name,
            planned.null.words,
            *(rounded(quantity(found, scenario, planned.rule.name, name)) for scenario, name in columns),
        )
        for planned in found.plan.rules
    )
    trials = found.quantities[0].trials
    caption = (
        f"{trials:,} SIMULATED trials of each scenario; digits end at the Monte Carlo error. Events and months: means "
        "under the planned effect, where the rule stops."
    )
    return Table(caption, HEADINGS, rows)


def protocol_sentences(found: OperatingCharacteristics) -> Iterator[str]:
    """Yield three sentences on the first rule: size and power, assurance, how the numbers were found."""
    design, plan = found.design, found.plan
    rule, null = design.rules[0], plan.rules[0].null
    control, treated = design.patients
    power, error = found.of(TRUTH, rule.name, "power"), found.of(NULL, rule.name, "type_one_error")
    looks = "; ".join(look.words() for look in design.looks)
    yield (
        f"{control + treated} patients, randomised {design.allocation[0]:g}:{design.allocation[1]:g} and analysed at "
        f"{looks} (the last expected in month {plan.looks[-1].month:.0f}), give the rule "
        f"{' and '.join(criterion.words() for criterion in rule.success)} a power of {rounded(power)} under a hazard "
        f"ratio of {design.effect.words()} and a type I error of {rounded(error)} at {null.words}."
    )
    assurance = quantity(found, BELIEVED, rule.name, "assurance")
    limit = quantity(found, BELIEVED, rule.name, "assurance_limit")
    if assurance is not None and design.design_prior is not None:
        most = f"; {UNLIMITED} it would be {limit.value:.2f}" if limit is not None else ""
        yield (
            f"Averaged over what is believed of the effect ({design.design_prior.hazard_ratio_words()}) the "
            f"probability of success is {rounded(assurance)}{most}."
        )
    else:
        yield "No design prior is stated, so power is known at the planned effect alone and there is no assurance."
    yield origin_sentence(found.record, power.trials)
