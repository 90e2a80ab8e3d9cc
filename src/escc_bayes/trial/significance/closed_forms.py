"""How many events, and what power: closed forms for a two-arm log-rank comparison.

Symbols: ``hr`` hazard ratio of treatment over control; ``allocation`` (control, treatment); r = treatment / control;
z = z_(1 - alpha) + z_power, alpha one-sided. ``docs/methods/trial_design.md``.
"""

import math
from dataclasses import dataclass
from typing import Literal

from scipy.special import ndtr, ndtri

from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import Exponential
from escc_bayes.trial.truth.expected_events import expected_events

type Allocation = tuple[float, float]

ONE_TO_ONE: Allocation = (1.0, 1.0)


def information_per_event(allocation: Allocation) -> float:
    """Return p (1 - p), p the share of patients on treatment: information on the log hazard ratio of one event.

    Examples
    --------
    >>> information_per_event((1.0, 1.0))
    0.25
    """
    share = allocation[1] / (allocation[0] + allocation[1])
    return share * (1.0 - share)


def sum_of_quantiles(alpha: float, power: float) -> float:
    """Return z_(1 - alpha) + z_power."""
    return float(ndtri(1.0 - alpha) + ndtri(power))


def schoenfeld_events(
    hr: float, *, alpha: float, power: float, allocation: Allocation = ONE_TO_ONE, null_hr: float = 1.0
) -> float:
    """Return d = z^2 / (p (1 - p) log(hr / null_hr)^2). Schoenfeld 1981, Biometrika 68:316.

    Parameters
    ----------
    hr : hazard ratio, not ``null_hr``.
    alpha : one-sided type I error.
    null_hr : the hazard ratio to be excluded; above 1 for non-inferiority.

    Examples
    --------
    >>> round(schoenfeld_events(0.7, alpha=0.025, power=0.8), 3)
    246.787
    """
    return sum_of_quantiles(alpha, power) ** 2 / (information_per_event(allocation) * math.log(hr / null_hr) ** 2)


def schoenfeld_power(
    hr: float, events: float, *, alpha: float, allocation: Allocation = ONE_TO_ONE, null_hr: float = 1.0
) -> float:
    """Return Phi(-log(hr / null_hr) sqrt(d p (1 - p)) - z_(1 - alpha)): probability to find treatment better.

    Examples
    --------
    >>> round(schoenfeld_power(0.7, 100.0, alpha=0.025), 8)
    0.42991551
    """
    drift = -math.log(hr / null_hr) * math.sqrt(events * information_per_event(allocation))
    return float(ndtr(drift - ndtri(1.0 - alpha)))


def freedman_events(hr: float, *, alpha: float, power: float, allocation: Allocation = ONE_TO_ONE) -> float:
    """Return d = z^2 (1 + r hr)^2 / (r (1 - hr)^2). Freedman 1982, Stat Med 1:121."""
    ratio = allocation[1] / allocation[0]
    return sum_of_quantiles(alpha, power) ** 2 * (1.0 + ratio * hr) ** 2 / (ratio * (1.0 - hr) ** 2)


def hsieh_freedman_events(hr: float, *, alpha: float, power: float, allocation: Allocation = ONE_TO_ONE) -> float:
    """Return d = z^2 ((1 + hr) / (1 - hr))^2 (1 + r)^2 / (4 r). Hsieh 1992, Stat Med 11:847.

    Examples
    --------
    >>> round(hsieh_freedman_events(0.7, alpha=0.025, power=0.8, allocation=(1.0, 2.0)), 3)
    283.541
    """
    unequal = 1.0 / (4.0 * information_per_event(allocation))
    return sum_of_quantiles(alpha, power) ** 2 * ((1.0 + hr) / (1.0 - hr)) ** 2 * unequal


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Patients to enter and events to expect of them."""

    patients: float
    events: float


def lachin_foulkes(
    control_rate: float,
    hr: float,
    *,
    alpha: float,
    power: float,
    accrual_months: float,
    minimum_follow_up: float,
    dropout_rate: float,
    allocation: Allocation = ONE_TO_ONE,
    null: Literal["average", "control"] = "average",
) -> SampleSize:
    """Return the size of a trial with exponential times, uniform accrual and exponential dropout.

    With q the shares of the arms, P(rate) the probability that a patient's event is seen, and the null
    hypothesis giving both arms the rate q_0 rate_0 + q_1 rate_1 (``null`` "control": rate_0),

    N = (z_(1-alpha) sqrt(sum 1/(q P_null)) + z_power sqrt(sum 1/(q P_arm)))^2 / log(hr)^2,

    on the log hazard ratio. Lachin & Foulkes 1986, Biometrics 42:507; with the control's rate under the null
    Bernstein & Lagakos 1978, J Stat Comput Simul 8:65.

    Parameters
    ----------
    control_rate, dropout_rate : per month.
    minimum_follow_up : months from the last entry to the analysis.

    Examples
    --------
    >>> size = lachin_foulkes(math.log(2.0) / 8.0, 0.7, alpha=0.025, power=0.9, accrual_months=12.0,
    ...                       minimum_follow_up=16.0, dropout_rate=0.001)
    >>> round(size.patients, 5), round(size.events, 5)
    (421.17453, 329.07298)
    """
    total = sum(allocation)
    shares = [part / total for part in allocation]
    rates = [control_rate, control_rate * hr]
    accrual = Accrual.uniform(1.0, accrual_months)

    def seen(rate: float) -> float:
        return float(expected_events(accrual_months + minimum_follow_up, accrual, Exponential(rate), dropout_rate))

    probabilities = [seen(rate) for rate in rates]
    average = sum(share * rate for share, rate in zip(shares, rates, strict=True))
    under_null = seen(average if null == "average" else control_rate)
    null_sd = math.sqrt(sum(1.0 / (share * under_null) for share in shares))
    true_sd = math.sqrt(sum(1.0 / (share * p) for share, p in zip(shares, probabilities, strict=True)))
    spread = float(ndtri(1.0 - alpha)) * null_sd + float(ndtri(power)) * true_sd
    patients = (spread / math.log(hr)) ** 2
    return SampleSize(patients, patients * sum(q * p for q, p in zip(shares, probabilities, strict=True)))
