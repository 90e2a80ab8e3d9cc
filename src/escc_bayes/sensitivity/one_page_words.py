"""The sentences of the first page: one paragraph a hazard ratio, every number from its row of ``one_page.csv``."""

import math

from escc_bayes.foundation.sentence import about
from escc_bayes.sensitivity.part import Row, Rows, number

CONVINCED = 0.95


def one_page_words(rows: Rows) -> tuple[str, ...]:
    """Return a paragraph for each hazard ratio.

    Examples
    --------
    >>> cells = dict.fromkeys(("cox_hr", "tipping_sd", "priors", "patients_to_overturn", "confounder_hr",
    ...     "specifications", "patients_at_least"), float("nan"))
    >>> row = {**cells, "term": "arm", "contrast": "B vs A", "hr": 2.0, "lower": 1.1, "upper": 3.6, "level": 0.95,
    ...     "prob_gt_1": 0.98, "events": 9, "versus_events": 4, "data_share": 0.7, "prior_events": 8.0, "warning": "",
    ...     "cox_of": "", "overturn": ""}
    >>> one_page_words([row])[0].partition(".")[0]
    'arm B vs A: HR 2'
    """
    return tuple(" ".join(part for part in paragraph(row) if part) for row in rows)


def paragraph(row: Row) -> tuple[str, ...]:
    """Return the sentences of one hazard ratio."""
    return (
        f"{row['term']} {row['contrast']}: HR {interval(row, '', 'credible')}, P(HR > 1) = "
        f"{number(row, 'prob_gt_1'):.3f}.",
        data_words(row),
        prior_words(row),
        overturn_words(row),
        specification_words(row),
    )


def interval(row: Row, head: str, kind: str) -> str:
    """Return a hazard ratio of a row with its interval."""
    hr, lower, upper = (number(row, f"{head}{name}") for name in ("hr", "lower", "upper"))
    return f"{hr:.2f} ({100 * number(row, 'level'):g} % {kind} interval {lower:.2f} to {upper:.2f})"


def data_words(row: Row) -> str:
    """Say what the data say alone."""
    versus = "" if math.isnan(number(row, "versus_events")) else f" v {number(row, 'versus_events'):.3g}"
    events = f"{number(row, 'events'):.3g}{versus} events"
    warning = f" Beware: {row['warning']}." if row["warning"] else ""
    if math.isnan(number(row, "cox_hr")):
        return f"The data alone ({events}) have no finite estimate.{warning}"
    of = f" ({row['cox_of']})" if row["cox_of"] else ""
    return f"The data alone ({events}) say HR {interval(row, 'cox_', 'confidence')}, by Cox{of}.{warning}"


def prior_words(row: Row) -> str:
    """Say what the prior adds."""
    share = f"{100 * (1.0 - number(row, 'data_share')):.0f} % of the precision"
    return f"The prior is worth {about(number(row, 'prior_events'), 'event')}, {share}."


def overturn_words(row: Row) -> str:
    """Say what it would take to overturn the conclusion, or to reach one."""
    probability = max(number(row, "prob_gt_1"), 1.0 - number(row, "prob_gt_1"))
    if probability < CONVINCED:
        return f"No conclusion to overturn: the larger probability of a side of 1 is {probability:.3f}."
    found = []
    if not math.isnan(number(row, "tipping_sd")):
        found.append(f"a sceptic with SD {number(row, 'tipping_sd'):.2f} around HR 1")
    patients, least = number(row, "patients_to_overturn"), number(row, "patients_at_least")
    if not math.isnan(patients):
        found.append(f"the loss of {patients:.3g} patient{'s' if patients > 1 else ''}")
    elif not math.isnan(least):
        found.append(f"the loss of more than {least - 1:.0f} patient{'s' if least > 2 else ''}")
    if not math.isnan(number(row, "confounder_hr")):
        here, there = (100 * number(row, name) for name in ("prevalence", "versus_prevalence"))
        found.append(f"a confounder of HR {number(row, 'confounder_hr'):.2f} in {here:.0f} % against {there:.0f} %")
    if row["overturn"] == "not looked at":
        return "No part looked at what would overturn it."
    if not found:
        return "Nothing that was looked at takes the conclusion below probability 0.95."
    listed = found[0] if len(found) == 1 else f"{', '.join(found[:-1])}, or {found[-1]}"
    return f"To overturn it (probability below 0.95) it takes {listed}."


def specification_words(row: Row) -> str:
    """Say how many other priors and other analyses agree."""
    found = []
    if not math.isnan(number(row, "priors")):
        held, every = number(row, "priors_held"), number(row, "priors")
        found.append(f"Probability 0.95 for this side of 1 is reached under {held:.0f} of {every:.0f} other priors.")
    if not math.isnan(number(row, "specifications")):
        alike, every = number(row, "specifications_alike"), number(row, "specifications")
        low, high = number(row, "specifications_low"), number(row, "specifications_high")
        found.append(f"{alike:.0f} of {every:.0f} analyses lie on the same side of 1 (HR {low:.2f} to {high:.2f}).")
    return " ".join(found)
