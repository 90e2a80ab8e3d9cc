"""Reverse-Bayes of a fitted model in a sentence a contrast; every number is one of the row's."""

import math

from escc_bayes.sensitivity.part import Row, Rows, number
from escc_bayes.sensitivity.reverse_words import from_one


def fitted_words(rows: Rows) -> tuple[str, ...]:
    """Return a sentence for each contrast."""
    return tuple(row_words(row) for row in rows)


def row_words(row: Row) -> str:
    """Say what would take a conclusion away, or make one."""
    head = f"{row['term']} {row['contrast']}: P(HR > 1) = {number(row, 'prob_gt_1'):.3f}; "
    return head + "; ".join([*tipping_words(row), confounder_words(row)]) + "."


def tipping_words(row: Row) -> list[str]:
    """Say which priors take P on the posterior's side of 1 to 0.95."""
    side = ">" if number(row, "hr") > 1.0 else "<"
    sd, mean, width = (number(row, name) for name in ("tipping_sd", "tipping_mean", "tipping_prior_sd"))
    found = []
    if math.isnan(sd):
        found.append(f"no prior around HR 1 takes P(HR {side} 1) to 0.95")
    else:
        found.append(f"P(HR {side} 1) is 0.95 with a prior around HR 1 of SD {sd:.2f} (the model's is {width:.2f})")
    if not math.isnan(mean):
        found.append(f"or with the model's prior moved to HR {math.exp(mean):.2f}")
    if not math.isnan(number(row, "scepticism_limit")):
        limit = number(row, "scepticism_limit")
        found.append(f"a sceptic between {1.0 / limit:.2f} and {limit:.2f} is not convinced")
    if not math.isnan(number(row, "advocacy_limit")):
        low, high = from_one(number(row, "advocacy_limit"))
        found.append(f"an advocate needs {low} to {high} as a prior interval to be convinced")
    return found


def confounder_words(row: Row) -> str:
    """Say what confounding could explain."""
    limit = number(row, "e_value_limit")
    at = f", {limit:.2f} for the interval" if limit > 1.0 else ""
    return f"E-value {number(row, 'e_value'):.2f}{at} ({row['outcome']} outcome)"
