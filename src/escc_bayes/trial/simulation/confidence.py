"""Exact confidence limits of a share of trials. Clopper & Pearson 1934, Biometrika 26:404."""

from scipy.special import betaincinv


def upper_limit(count: int, trials: int, level: float = 0.95) -> float:
    """Return the one-sided upper limit of a probability after ``count`` successes of ``trials``.

    Examples
    --------
    >>> round(upper_limit(0, 100), 5)
    0.02951
    """
    return 1.0 if count >= trials else float(betaincinv(count + 1.0, trials - count, level))


def lower_limit(count: int, trials: int, level: float = 0.95) -> float:
    """Return the one-sided lower limit."""
    return 0.0 if count <= 0 else float(betaincinv(count, trials - count + 1.0, 1.0 - level))


def most_allowed(trials: int, error: float, level: float = 0.95) -> int:
    """Return the largest count whose upper limit does not pass ``error``; -1 where none is that small.

    Examples
    --------
    >>> most_allowed(10_000, 0.025)
    224
    """
    low, high = -1, trials
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if upper_limit(middle, trials, level) <= error else (low, middle)
    return low
