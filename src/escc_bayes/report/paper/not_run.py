"""What the cohorts' own ratios rest on: parts that this page does not run, each with why and with the command."""

import shlex
from collections.abc import Iterator, Sequence

from escc_bayes.report.document.document import Block, Heading, Items, Paragraph
from escc_bayes.report.paper.part import Part
from escc_bayes.sensitivity.parts import PARTS

NAME, TITLE = "cohort_sensitivity", "What the cohorts' own hazard ratios rest on: not run here"
WHY = (
    "left to `sensitivity`, which refits every model of every cohort hundreds of times (a model of 3 cohorts of 79 "
    "patients: 57 s of CPU, all parts together)"
)
OWN = ("PATIENTS.csv", "SCHEMA.toml", "MODEL.toml")
"""Where nothing was fitted: patients of one's own, or those of the authors."""


def not_run(fit: Part) -> tuple[Part, ...]:
    """Return every part of a sensitivity analysis of the fitted cohorts, as skipped.

    Parameters
    ----------
    fit : the models that were fitted, or why none was.

    Examples
    --------
    >>> left = not_run(Part("fit", "", skipped="there are no cohorts to fit"))
    >>> left[3].name, left[3].skipped
    ('cohort_sensitivity/priors', 'no model was fitted: there are no cohorts to fit')
    >>> left[3].command
    'escc-bayes sensitivity --cohort PATIENTS.csv --schema SCHEMA.toml --model MODEL.toml --out ../sensitivity_of_fit'
    """
    why = f"no model was fitted: {fit.skipped}" if fit.skipped else WHY
    command = command_for(fit)
    return tuple(Part(f"{NAME}/{one.name}", one.title, skipped=why, command=command) for one in PARTS)


def command_for(fit: Part) -> str:
    """Return the command that runs all parts, typed in the folder of the page; it writes beside it."""
    models = [path for path, _ in fit.files if path.endswith(".toml")]
    cohort, schema, model = OWN
    if models:
        cohort, schema = "reconstruct/cohorts", "reconstruct/schema.toml"
    words = ["escc-bayes", "sensitivity", "--cohort", cohort, "--schema", schema]
    for path in models or [model]:
        words += ["--model", path]
    return shlex.join([*words, "--out", "../sensitivity_of_fit"])


def section(left: Sequence[Part]) -> Iterator[Block]:
    """Yield the section of the parts that were not run."""
    where = "with patients of your own or of the authors" if OWN[0] in left[0].command else "in the folder of this page"
    yield Heading(TITLE, 2)
    yield Paragraph(f"Skipped: {left[0].skipped}. One command runs them all, {where}: {left[0].command}")
    yield Items(tuple(f"{one.name.partition('/')[2]}, {one.title}: skipped" for one in left))
