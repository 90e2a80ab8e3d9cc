"""How much of the type I error is spent by an information fraction t. Lan & DeMets 1983, Biometrika 70:659."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from scipy.special import ndtr, ndtri

type Spending = Callable[[float, float], float]


def obrien_fleming(alpha: float, fraction: float) -> float:
    """Return 2 - 2 Phi(z_(1 - alpha/2) / sqrt(t)), which spends little early.

    Examples
    --------
    >>> round(obrien_fleming(0.025, 0.5), 8)
    0.00152532
    """
    return float(2.0 * ndtr(ndtri(alpha / 2.0) / math.sqrt(min(fraction, 1.0))))


def pocock(alpha: float, fraction: float) -> float:
    """Return alpha log(1 + (e - 1) t), which spends almost evenly."""
    return alpha * math.log1p((math.e - 1.0) * min(fraction, 1.0))


def hwang_shih_decani(gamma: float) -> Spending:
    """Return alpha (1 - exp(-gamma t)) / (1 - exp(-gamma)), gamma not 0. Hwang, Shih & DeCani 1990, Stat Med 9:1439."""

    def spent(alpha: float, fraction: float) -> float:
        return alpha * math.expm1(-gamma * min(fraction, 1.0)) / math.expm1(-gamma)

    return spent


def kim_demets(rho: float) -> Spending:
    """Return alpha t^rho, rho above 0. Kim & DeMets 1987, Biometrika 74:149."""

    def spent(alpha: float, fraction: float) -> float:
        return float(alpha * min(fraction, 1.0) ** rho)

    return spent


SPENDING: Mapping[str, Spending] = MappingProxyType({"obrien_fleming": obrien_fleming, "pocock": pocock})
