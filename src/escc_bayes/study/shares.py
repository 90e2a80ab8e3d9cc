"""A share of patients as a row of a file and as cells of a table."""

from escc_bayes.classical.proportions import Share
from escc_bayes.plots.words import percent


def share_head(level: float) -> tuple[str, str, str]:
    """Return the headings of a share's cells."""
    name = f"{100 * level:g} %"
    return ("n", f"% (exact {name} confidence interval)", f"Posterior, % ({name} credible interval)")


def share_cells(found: Share) -> tuple[str, str, str]:
    """Return count, exact interval and posterior as printed.

    Examples
    --------
    >>> from escc_bayes.classical.proportions import share
    >>> share_cells(share(4, 79, level=0.95))
    ('4 of 79', '5.1 (1.4 to 12.5)', '5.8 (2.1 to 12.3)')
    """
    exact = f"{percent(found.value)} ({percent(found.lower)} to {percent(found.upper)})"
    return (
        f"{found.events} of {found.n}",
        exact,
        f"{percent(found.median)} ({percent(found.low)} to {percent(found.high)})",
    )


def share_row(found: Share, level: float) -> dict[str, object]:
    """Return the numbers of a share; both intervals at one level."""
    return {
        "events": found.events,
        "n": found.n,
        "share": found.value,
        "lower_exact": found.lower,
        "upper_exact": found.upper,
        "posterior_median": found.median,
        "lower_credible": found.low,
        "upper_credible": found.high,
        "level": level,
    }
