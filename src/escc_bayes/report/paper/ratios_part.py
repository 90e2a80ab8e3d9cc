"""What would overturn the printed hazard ratios? Sceptical priors, intrinsic P and E-values of each."""

import math
from pathlib import Path

from escc_bayes.foundation.errors import InputError
from escc_bayes.report.document.document import Items, Paragraph, Table
from escc_bayes.report.paper.part import Part
from escc_bayes.report.paper.request import PaperRequest
from escc_bayes.report.verbs.published import write_published_files
from escc_bayes.sensitivity.read_ratios import of_study
from escc_bayes.sensitivity.reverse_table import reverse_row

NAME, TITLE = "sensitivity", "What would overturn the printed hazard ratios?"
READING = (
    "Sceptic: a prior as strong as one whose 95 % interval ends at this hazard ratio makes the "
    "result no longer convincing; none where it is not convincing by itself. E-value: how strongly an unmeasured "
    "confounder would have to go with group and outcome (risk ratios) to explain the ratio, and its limit nearer to 1."
)


def ratios_part(asked: PaperRequest, folder: Path) -> Part:
    """Write ``reverse_bayes.csv``.

    Raises
    ------
    InputError : the paper prints no hazard ratio with an interval or an exact P.
    """
    ratios, left_out = of_study(asked.study, asked.level)
    if not ratios:
        why = f" ({'; '.join(left_out)})" if left_out else ""
        raise InputError(f"the paper prints no hazard ratio with an interval or an exact P{why}")
    rows = [reverse_row(ratio) for ratio in ratios]
    below = folder / NAME
    below.mkdir()
    settings: dict[str, float | str] = {"level": asked.level, "outcome": "common", "prior_sd": "standard error"}
    write_published_files(below, rows, settings)
    head = ("endpoint", "term", "HR (confidence)", "P", "intrinsic P", "sceptic", "E-value; of the limit")
    table = Table("Printed hazard ratios.", head, tuple(line(row) for row in rows))
    short = (
        f"{len(rows)} printed hazard ratios; {sum(scepticism(row) != 'none' for row in rows)} convincing by themselves"
    )
    rest = (Paragraph("Left out:"), Items(left_out)) if left_out else ()
    files = (
        (f"{NAME}/reverse_bayes.csv", "sceptical priors, tipping points, intrinsic P, E-values, Bayes factor bounds"),
    )
    return Part(NAME, TITLE, short, (table, Paragraph(READING), *rest), files)


def line(row: dict[str, object]) -> tuple[str, ...]:
    """Return one ratio as cells."""
    whose = f"{row['term']}{f', {row["contrast"]}' if row['contrast'] else ''}"
    interval = (
        f"{number(row['hr'])} ({number(row['lower'])} to {number(row['upper'])}, {100 * float(str(row['level'])):g} %)"
    )
    e_values = f"{number(row['e_value'])}; {number(row['e_value_limit'])}"
    intrinsic = p_words(row["intrinsic_p"])
    return (str(row["endpoint"]), whose, interval, p_words(row["p_value"]), intrinsic, scepticism(row), e_values)


def p_words(value: object) -> str:
    """Return a P value to two digits, as a bound where it is tiny.

    Examples
    --------
    >>> p_words(0.0312), p_words(2.1e-5)
    ('0.031', '< 0.0001')
    """
    p = float(str(value))
    return f"{p:.2g}" if p >= 1e-4 else "< 0.0001"


def scepticism(row: dict[str, object]) -> str:
    """Return the limit of the sceptical prior."""
    return number(row["scepticism_limit"]) if math.isfinite(float(str(row["scepticism_limit"]))) else "none"


def number(value: object) -> str:
    """Return a number to two decimals; a dash where there is none."""
    found = float(str(value))
    return f"{found:.2f}" if math.isfinite(found) else "-"
