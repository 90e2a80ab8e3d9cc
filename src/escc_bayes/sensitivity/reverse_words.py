"""A row of ``reverse_bayes.csv`` in sentences; every number is one of the row's."""

import math
from collections.abc import Mapping

type Cells = Mapping[str, object]


def reverse_sentences(row: Cells) -> list[str]:
    """Return what a row says: the ratio, doubt or support, credibility, confounding, weight of evidence."""
    percent = f"{100 * number(row, 'level'):g} %"
    said = (
        f"{heading(row)}{given_words(row, percent)}",
        scepticism_words(row, percent),
        tipping_words(row),
        advocacy_words(row, percent),
        intrinsic_words(row),
        e_value_words(row),
        bound_words(row),
        f"Beware: {row['note']}." if row["note"] else "",
    )
    return [sentence for sentence in said if sentence]


def number(row: Cells, name: str) -> float:
    """Return a cell as a number; NaN where it is empty."""
    value = row[name]
    assert isinstance(value, float)
    return value


def absent(row: Cells, name: str) -> bool:
    """Return whether a cell is empty."""
    return math.isnan(number(row, name))


def heading(row: Cells) -> str:
    """Return study, endpoint, term and contrast, as far as known."""
    known = [str(row[name]) for name in ("study", "endpoint", "term", "contrast") if row[name]]
    return f"PUBLISHED {' '.join(known)}: " if known else "PUBLISHED: "


def given_words(row: Cells, percent: str) -> str:
    """Return what is known of the ratio itself."""
    if absent(row, "hr"):
        return f"{row['source']}, no hazard ratio: intrinsic P and bounds alone."
    limits = f"{percent} confidence interval {row['lower']:.3g} to {row['upper']:.3g}"
    printed = "interval" in str(row["source"])
    how = f"{limits}; two-sided P = {row['p_value']:.2g}" if printed else f"{limits}, implied by its {row['source']}"
    return f"HR {row['hr']:.3g} ({how}); with a flat prior P(HR > 1 | data) = {row['prob_gt_1']:.3f}."


def scepticism_words(row: Cells, percent: str) -> str:
    """Say which doubt takes the conclusion away."""
    if absent(row, "scepticism_limit"):
        return ""
    limit = number(row, "scepticism_limit")
    return (
        f"A sceptic who puts {percent} on hazard ratios between {1.0 / limit:.2f} and {limit:.2f}, or on a narrower "
        "range around 1, is not convinced (scepticism limit)."
    )


def tipping_words(row: Cells) -> str:
    """Say which priors take P on the estimate's side of 1 to 0.95."""
    if absent(row, "tipping_sd"):
        return ""
    side = ">" if number(row, "prob_gt_1") > 0.5 else "<"
    sd, mean, width = (number(row, name) for name in ("tipping_sd", "tipping_mean", "tipping_prior_sd"))
    return (
        f"P(HR {side} 1) falls to 0.95 with a prior around HR 1 of SD {sd:.2f} on the log HR, or if earlier evidence "
        f"worth SD {width:.2f} had found HR {math.exp(mean):.2f}."
    )


def advocacy_words(row: Cells, percent: str) -> str:
    """Say how much support an interval that holds 1 would need."""
    if absent(row, "advocacy_limit"):
        return ""
    low, high = from_one(number(row, "advocacy_limit"))
    return (
        f"The {percent} interval holds 1: it convinces only an advocate who already puts {percent} on hazard ratios "
        f"between {low} and {high} or further (advocacy limit)."
    )


def from_one(limit: float) -> tuple[str, str]:
    """Return 1 and a limit on either side of it, the lower first.

    Examples
    --------
    >>> from_one(0.4761), from_one(60.2)
    (('0.476', '1'), ('1', '60.2'))
    """
    low, high = sorted((1.0, limit))
    return f"{low:.3g}", f"{high:.3g}"


def intrinsic_words(row: Cells) -> str:
    """Say whether the finding is intrinsically credible."""
    alpha = 1.0 - number(row, "level")
    p = number(row, "intrinsic_p")
    verdict = "intrinsically credible" if p <= alpha else "NOT intrinsically credible"
    return f"P for intrinsic credibility (Held) {p:.3f}: {verdict} at the {100 * alpha:.3g} % level."


def e_value_words(row: Cells) -> str:
    """Say what confounding could explain."""
    if absent(row, "e_value"):
        return ""
    at_limit = number(row, "e_value_limit")
    limit = f"by {at_limit:.2f} move the interval to 1" if at_limit > 1.0 else "the interval holds 1 without one"
    return (
        "An unmeasured confounder associated with exposure and outcome by a risk ratio of "
        f"{row['e_value']:.2f} each could explain the estimate away, and {limit} (E-values, {row['outcome']} outcome)."
    )


def bound_words(row: Cells) -> str:
    """Say how much the data can weigh against HR 1 at most."""
    return (
        f"Evidence against HR 1 is at most {row['bayes_factor_bound']:.3g} to 1 (1 / (-e P ln P)), among normal priors "
        f"around HR 1 at most {row['bayes_factor_bound_normal']:.3g} to 1."
    )
